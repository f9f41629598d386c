/** A still picture: what of the figure, how wide, in which colours; with a preview. */
import { html, nothing, type TemplateResult } from "lit";
import { PARTS, STANDARD_WIDTH, type Options, type Part } from "../export/copy.ts";
import { png, svg, themeOf } from "../export/picture.ts";
import type { Host } from "./parts.ts";

export class PictureTab {
  readonly #host: Host;
  #part: Part = "picture";
  #theme: "light" | "dark";
  #width = STANDARD_WIDTH;
  #whole = false;
  #scale = 2;
  #drawn: { svg: string; address: string } | null = null;
  #problem = "";

  constructor(host: Host) {
    this.#host = host;
    this.#theme = themeOf(host.shared.figure);
  }

  get options(): Partial<Options> {
    const [part, theme, width, whole] = [this.#part, this.#theme, this.#width, this.#whole];
    return { part, theme, width, whole };
  }

  /** Of files, without their kind. */
  get name(): string {
    const { figure, method } = this.#host.shared;
    const what = this.#part === "picture" ? (figure.openView?.id ?? "picture") : this.#part;
    return `${method}-${what}-${figure.index}`;
  }

  async draw(): Promise<void> {
    this.#problem = "";
    try {
      const drawn = await svg(this.#host.shared.figure, this.options);
      if (this.#drawn) URL.revokeObjectURL(this.#drawn.address);
      const address = URL.createObjectURL(new Blob([drawn], { type: "image/svg+xml" }));
      this.#drawn = { svg: drawn, address };
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
    }
    this.#host.requestUpdate();
  }

  /** Fields that a film shares. */
  fields(): TemplateResult {
    return html`
      <label>
        What
        <select data-testid="part" @change=${this.#set((it) => (this.#part = it.value as Part))}>
          ${Object.entries(PARTS).map(
            ([id, name]) =>
              html`<option value=${id} ?selected=${id === this.#part}>${name}</option>`,
          )}
        </select>
      </label>
      <label>
        Colours
        <select
          data-testid="colours"
          @change=${this.#set((it) => (this.#theme = it.value as "light" | "dark"))}
        >
          <option value="light" ?selected=${this.#theme === "light"}>light</option>
          <option value="dark" ?selected=${this.#theme === "dark"}>dark</option>
        </select>
      </label>
      <label>
        Width in pixels
        <input
          type="number"
          data-testid="width"
          min="300"
          max="4000"
          step="10"
          .value=${String(this.#width)}
          @change=${this.#set((it) => {
            const typed = Math.round(Number(it.value));
            this.#width = Math.min(4000, Math.max(300, typed || STANDARD_WIDTH));
            it.value = String(this.#width);
          })}
        />
      </label>
    `;
  }

  #set(change: (field: HTMLInputElement) => void) {
    return (event: Event) => {
      change(event.target as HTMLInputElement);
      void this.draw();
    };
  }

  render(): TemplateResult {
    const drawn = this.#drawn;
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(drawn?.svg ?? "") ?? [];
    return html`
      <div class="fields">
        ${this.fields()}
        <label class="check">
          <input
            type="checkbox"
            data-testid="whole"
            .checked=${this.#whole}
            @change=${this.#set((it) => (this.#whole = it.checked))}
          />
          Also what has to be scrolled to
        </label>
      </div>
      <div class="preview">
        ${
          this.#problem
            ? html`<p class="problem">${this.#problem}</p>`
            : drawn
              ? html`<img src=${drawn.address} alt="The picture as it will be saved" />`
              : html`<p class="help">Drawing …</p>`
        }
      </div>
      <div class="row">
        <button
          type="button"
          class="primary"
          data-testid="save-svg"
          ?disabled=${!drawn}
          @click=${() => this.#host.save(drawn!.svg, `${this.name}.svg`, "image/svg+xml")}
        >
          Save SVG
        </button>
        <button type="button" data-testid="save-png" ?disabled=${!drawn} @click=${this.#savePng}>
          Save PNG
        </button>
        <label class="beside">
          at
          <select
            data-testid="scale"
            @change=${(event: Event) => (this.#scale = Number((event.target as HTMLSelectElement).value))}
          >
            ${[1, 2, 3].map(
              (it) => html`<option value=${it} ?selected=${it === this.#scale}>${it}×</option>`,
            )}
          </select>
        </label>
        ${width ? html`<span class="help">${width} × ${height} pixels</span>` : nothing}
      </div>
    `;
  }

  readonly #savePng = async (): Promise<void> => {
    try {
      const blob = await png(this.#host.shared.figure, this.options, this.#scale);
      const fine = this.#scale === 1 ? "" : `@${this.#scale}x`;
      this.#host.save(blob, `${this.name}${fine}.png`);
    } catch (error) {
      this.#host.say(error instanceof Error ? error.message : String(error));
    }
  };
}

/** A range of the run as a GIF or a WebM video. */
import { html, type TemplateResult } from "lit";
import type { Range } from "../export/film.ts";
import type { Host } from "./parts.ts";
import type { PictureTab } from "./picture-tab.ts";

export class FilmTab {
  readonly #host: Host;
  readonly #picture: PictureTab;
  readonly #range: Range;
  #done = 0;
  #making: AbortController | null = null;

  constructor(host: Host, picture: PictureTab) {
    this.#host = host;
    this.#picture = picture;
    const { length } = host.shared.figure;
    this.#range = { from: 0, to: length, unit: "round", ms: 800, scale: 1 };
  }

  stop(): void {
    this.#making?.abort();
  }

  render(): TemplateResult {
    const range = this.#range;
    const { length } = this.#host.shared.figure;
    const number = (id: "from" | "to", label: string) =>
      html`<label>
        ${label}
        <input
          type="number"
          data-testid=${id}
          min="0"
          max=${length}
          .value=${String(range[id])}
          @change=${(event: Event) => {
            const field = event.target as HTMLInputElement;
            const typed = Math.round(Number(field.value)) || 0;
            range[id] = Math.min(length, Math.max(0, typed));
            field.value = String(range[id]);
          }}
        />
      </label>`;
    const choice = (
      id: "unit" | "ms" | "scale",
      label: string,
      values: readonly (readonly [string | number, string])[],
    ) =>
      html`<label>
        ${label}
        <select
          data-testid=${id}
          @change=${(event: Event) => {
            const { value } = event.target as HTMLSelectElement;
            Object.assign(range, { [id]: id === "unit" ? value : Number(value) });
          }}
        >
          ${values.map(
            ([value, name]) =>
              html`<option value=${value} ?selected=${value === range[id]}>${name}</option>`,
          )}
        </select>
      </label>`;
    return html`
      <div class="fields">
        ${number("from", "From step")} ${number("to", `To step, of ${length}`)}
        ${choice("unit", "A picture for every", [
          ["round", "round"],
          ["event", "step"],
        ])}
        ${choice("ms", "Seconds for each", [
          [200, "0.2"],
          [400, "0.4"],
          [800, "0.8"],
          [1500, "1.5"],
          [3000, "3"],
        ])}
        ${this.#picture.fields()}
        ${choice("scale", "Fineness", [
          [1, "1×"],
          [2, "2×"],
        ])}
      </div>
      <div class="row">
        ${
          this.#making
            ? html`<progress max="1" .value=${this.#done} aria-label="Pictures drawn"></progress>
                <button type="button" data-testid="stop-film" @click=${() => this.stop()}>
                  Stop
                </button>`
            : html`<button
                  type="button"
                  class="primary"
                  data-testid="save-gif"
                  @click=${() => this.#make("gif")}
                >
                  Save GIF
                </button>
                <button type="button" data-testid="save-webm" @click=${() => this.#make("webm")}>
                  Save WebM
                </button>`
        }
      </div>
      <p class="help">
        A GIF plays anywhere, also in a README; a WebM is smaller and has all colours. Steps that
        change nothing in the picture make the one before them last longer.
      </p>
    `;
  }

  async #make(kind: "gif" | "webm"): Promise<void> {
    const { figure, method } = this.#host.shared;
    const making = new AbortController();
    this.#making = making;
    this.#done = 0;
    this.#host.say("");
    this.#host.requestUpdate();
    try {
      const { frames, gif } = await import("../export/film.ts");
      const pictures = await frames(figure, this.#picture.options, this.#range, {
        signal: making.signal,
        progress: (share) => {
          this.#done = share;
          this.#host.requestUpdate();
        },
      });
      const film =
        kind === "gif"
          ? await gif(pictures)
          : await (await import("../export/webm.ts")).webm(pictures, making.signal);
      this.#host.save(film, `${method}-${this.#range.from}-${this.#range.to}.${kind}`);
    } catch (error) {
      const called = making.signal.aborted;
      const said = error instanceof Error ? error.message : String(error);
      this.#host.say(called ? "Stopped: no film was saved." : said);
    } finally {
      this.#making = null;
      this.#host.requestUpdate();
    }
  }
}

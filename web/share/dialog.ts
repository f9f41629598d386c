/** The dialog that shares and exports a run: links, embed code, pictures, films, tables, citations. */
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Shared } from "../app/share.ts";
import { citeTab } from "./cite-tab.ts";
import { CompareTab } from "./compare-tab.ts";
import { dataTab } from "./data-tab.ts";
import "./dialog.css";
import { embedTab } from "./embed-tab.ts";
import { FilmTab } from "./film-tab.ts";
import { LinkTab } from "./link-tab.ts";
import type { Host } from "./parts.ts";
import { PictureTab } from "./picture-tab.ts";

const TABS = {
  link: "Link",
  embed: "Embed",
  picture: "Picture",
  film: "Film",
  data: "Data",
  cite: "Cite",
  compare: "Compare",
} as const;
type Tab = keyof typeof TABS;

@customElement("decodescope-share-dialog")
export class ShareDialog extends LitElement implements Host {
  shared!: Shared;
  @state() private tab: Tab = "link";
  @state() private said = "";
  #link!: LinkTab;
  #picture!: PictureTab;
  #film!: FilmTab;
  #compare!: CompareTab;

  static open(shared: Shared): void {
    const dialog = new ShareDialog();
    dialog.shared = shared;
    dialog.#link = new LinkTab(dialog);
    dialog.#picture = new PictureTab(dialog);
    dialog.#film = new FilmTab(dialog, dialog.#picture);
    dialog.#compare = new CompareTab(dialog);
    document.body.append(dialog);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    this.querySelector("dialog")!.showModal();
  }

  say(words: string): void {
    this.said = words;
  }

  async copy(text: string, said: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.say(said);
    } catch {
      // No clipboard on addresses that are not secure.
      const field = [...this.querySelectorAll<HTMLInputElement>("[readonly]")];
      field.find((it) => it.value === text)?.select();
      this.say("This browser does not let the page copy: the text is selected, copy it by hand.");
    }
  }

  save(content: Blob | string, name: string, type = "text/plain"): void {
    const blob = typeof content === "string" ? new Blob([content], { type }) : content;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    this.say(`${name}: ${(blob.size / 1000).toFixed(1)} kB saved.`);
  }

  protected override render(): TemplateResult {
    return html`<dialog
      class="share-dialog"
      aria-labelledby="share-title"
      @close=${() => {
        this.#film.stop();
        this.remove();
      }}
    >
      <header>
        <h2 id="share-title">Share, export or compare</h2>
        <button type="button" class="close" aria-label="Close" @click=${() => this.close()}>
          ×
        </button>
      </header>
      <div role="tablist" aria-label="What to share" @keydown=${this.#pressed}>
        ${(Object.keys(TABS) as Tab[]).map(
          (id) =>
            html`<button
              type="button"
              role="tab"
              id="share-${id}"
              data-testid="tab-${id}"
              aria-selected=${id === this.tab}
              aria-controls="share-panel"
              tabindex=${id === this.tab ? 0 : -1}
              @click=${() => this.#show(id)}
            >
              ${TABS[id]}
            </button>`,
        )}
      </div>
      <div
        role="tabpanel"
        id="share-panel"
        class="share-panel"
        aria-labelledby="share-${this.tab}"
        tabindex="0"
      >
        ${this.#panel()}
      </div>
      <p role="status" class="help" data-testid="share-said">${this.said || nothing}</p>
    </dialog>`;
  }

  #panel(): TemplateResult {
    switch (this.tab) {
      case "link":
        return this.#link.render();
      case "embed":
        return embedTab(this, this.#picture);
      case "picture":
        return this.#picture.render();
      case "film":
        return this.#film.render();
      case "data":
        return dataTab(this);
      case "cite":
        return citeTab(this);
      case "compare":
        return this.#compare.render();
    }
  }

  #show(tab: Tab): void {
    this.tab = tab;
    this.said = "";
    if (tab === "picture") void this.#picture.draw();
  }

  close(): void {
    this.querySelector("dialog")!.close();
  }

  /** Arrows, Home and End move between tabs, as everywhere. */
  readonly #pressed = (event: KeyboardEvent): void => {
    const all = Object.keys(TABS) as Tab[];
    const at = all.indexOf(this.tab);
    const next = {
      ArrowRight: (at + 1) % all.length,
      ArrowLeft: (at + all.length - 1) % all.length,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.#show(all[next]!);
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(`#share-${this.tab}`)!.focus(),
    );
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "decodescope-share-dialog": ShareDialog;
  }
}

/**
 * The page of a method, or of an analysis that the address asks for: its Markdown, with formulas.
 * Everything it needs is loaded on demand.
 */
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { ANALYSES, addressOf, analysisIn, type Analysis } from "./analyses.ts";
import { t } from "../language/t.ts";

/** Below this analysis stands a table of all recorded runs. */
const PRICES = "hades-cost-panel";

@customElement("decodescope-method-page")
export class MethodPage extends LitElement {
  /** Empty while there is no page to load yet. */
  @property() method = "";
  /** Stands in the place of the method's page. */
  @state() private analysis: Analysis | null = analysisIn(location.hash) ?? null;
  @state() private text = "";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.#asked);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#asked);
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    // Another method: its page comes back.
    if (changed.get("method")) this.analysis = null;
    if (this.method && (changed.has("method") || changed.has("analysis"))) void this.#load();
  }

  get #page(): string {
    return this.analysis?.id ?? this.method;
  }

  readonly #asked = (): void => {
    const analysis = analysisIn(location.hash);
    if (analysis === undefined) return;
    this.analysis = analysis;
    void this.updateComplete.then(() => this.scrollIntoView({ block: "start" }));
  };

  readonly #back = (): void => {
    history.replaceState(null, "", location.pathname + location.search);
    this.analysis = null;
  };

  /** The element draws itself as soon as its script is there. */
  #prices(): TemplateResult {
    void import("./cost-table.ts");
    return html`<decodescope-cost-table></decodescope-cost-table>`;
  }

  async #load(): Promise<void> {
    const page = this.#page;
    const { dress, render } = await import("./markdown.ts");
    const text = await render(page);
    // The reader may have gone on to another page meanwhile.
    if (page !== this.#page) return;
    this.text = text;
    await this.updateComplete;
    dress(this);
  }

  protected override render(): TemplateResult {
    const { analysis } = this;
    return html`${
        analysis === null
          ? nothing
          : html`<button type="button" class="link" data-testid="back" @click=${this.#back}>
              Back to the page of the method
            </button>`
      }
      <article class="method-page" data-testid="method-page">${unsafeHTML(this.text)}</article>
      ${analysis?.id === PRICES ? this.#prices() : nothing}
      <nav class="analyses" aria-label=${t`About any run`}>
        <span>${t`About any run:`}</span>
        ${ANALYSES.map(
          (it) =>
            html`<a href=${addressOf(it)} aria-current=${it === analysis ? "page" : nothing}
              >${it.title}</a
            >`,
        )}
      </nav>`;
  }
}

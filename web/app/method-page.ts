/** The page of a method: its Markdown, with formulas. Everything it needs is loaded on demand. */
import { LitElement, html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { unsafeHTML } from "lit/directives/unsafe-html.js";

@customElement("decodescope-method-page")
export class MethodPage extends LitElement {
  /** Empty while there is no page to load yet. */
  @property() method = "";
  @state() private text = "";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("method") && this.method) void this.#load(this.method);
  }

  async #load(method: string): Promise<void> {
    const { render } = await import("./markdown.ts");
    const text = await render(method);
    // The reader may have gone on to another method meanwhile.
    if (method === this.method) this.text = text;
  }

  protected override render(): TemplateResult {
    return html`<article class="method-page" data-testid="method-page">
      ${unsafeHTML(this.text)}
    </article>`;
  }
}

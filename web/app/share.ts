/** The button that opens what shares and exports; the rest is loaded when it is pressed. */
import { LitElement, html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import type { Trace } from "../generated/Trace.ts";
import type { Origin } from "./panel.ts";
import { t } from "../language/t.ts";

/** The run that is shared, and the links to it, without a whole trace in them. */
export interface Shared {
  figure: DecodescopeFigure;
  method: string;
  trace: Trace;
  origin: Origin;
  /** Id of the example, or the address, that the run came from. */
  from: string | null;
  settings: string;
  moment: string;
}

@customElement("decodescope-share")
export class Share extends LitElement {
  /** Asked when the button is pressed. */
  @property({ attribute: false }) shared: () => Shared | null = () => null;
  @property({ type: Boolean }) disabled = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    return html`<button
      type="button"
      data-testid="share"
      aria-haspopup="dialog"
      title="Links, embed code, pictures, films, tables, citations"
      ?disabled=${this.disabled}
      @click=${this.#open}
    >
      ${t`Share`}
    </button>`;
  }

  readonly #open = async (): Promise<void> => {
    const { ShareDialog } = await import("../share/dialog.ts");
    const shared = this.shared();
    if (shared) ShareDialog.open(shared);
  };
}

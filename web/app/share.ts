/** Links to what is on the page: settings, this moment, the whole trace; and the trace as a file. */
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Trace } from "../generated/Trace.ts";
import { MAX_PACKED, pack } from "./packed.ts";

/** Addresses that `share` offers, without the hash. */
export interface Links {
  settings: string;
  moment: string;
}

@customElement("decodescope-share")
export class Share extends LitElement {
  @property({ attribute: false }) trace: Trace | null = null;
  @property({ attribute: false }) links: () => Links = () => ({ settings: "", moment: "" });
  @state() private said = "";
  @state() private packed = "";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const tooLong = this.packed.length > MAX_PACKED;
    const size = (this.packed.length / 1000).toFixed(1);
    return html`
      <details class="share" @toggle=${this.#measure}>
        <summary data-testid="share">Share</summary>
        <div class="share-body">
          <button
            type="button"
            data-testid="copy-settings"
            @click=${() => this.#copy(this.links().settings, "Link to these settings copied.")}
          >
            Copy link to these settings
          </button>
          <button
            type="button"
            data-testid="copy-moment"
            ?disabled=${!this.trace}
            @click=${() => this.#copy(this.links().moment, "Link to this moment copied.")}
          >
            Copy link to this moment
          </button>
          <button
            type="button"
            data-testid="copy-trace"
            ?disabled=${!this.packed || tooLong}
            @click=${() => this.#copy(this.links().moment + this.packed, "Link with the whole run copied.")}
          >
            Copy link with the whole run
          </button>
          <button
            type="button"
            data-testid="save-trace"
            ?disabled=${!this.trace}
            @click=${this.#save}
          >
            Save the run as a file
          </button>
          ${
            tooLong
              ? html`<p class="help" data-testid="too-long">
                  The whole run takes ${size} kB in a link, more than the ${MAX_PACKED / 1000} kB
                  that links carry safely. Save it as a file, or share a link to this moment.
                </p>`
              : nothing
          }
          <p role="status" class="help">${this.said}</p>
        </div>
      </details>
    `;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("trace")) {
      this.packed = "";
      if (this.querySelector("details")?.open) this.#measure();
    }
  }

  readonly #measure = (): void => {
    const { trace } = this;
    if (!trace || this.packed) return;
    void pack(JSON.stringify(trace)).then((packed) => {
      if (trace === this.trace) this.packed = packed;
    });
  };

  async #copy(text: string, said: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.said = said;
    } catch {
      // No clipboard on addresses that are not secure: the address bar can be copied by hand.
      history.replaceState(null, "", text);
      this.said = "The link stands in the address bar now: copy it from there.";
    }
  }

  readonly #save = (): void => {
    if (!this.trace) return;
    const link = document.createElement("a");
    const blob = new Blob([JSON.stringify(this.trace)], { type: "application/json" });
    link.href = URL.createObjectURL(blob);
    link.download = `${this.trace.method}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
}

/** What this browser keeps of the models, and a button that deletes it. Loaded after the picture. */
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { AssetFile } from "../engine/protocol.ts";
import { forgetModels, keptBytes } from "../engine/weights.ts";
import { megabytes } from "./status.ts";

/** Set while models are kept: if they are gone then, the browser has deleted them. */
const MARK = "decodescope-kept";

/** Storage may be refused altogether; then there is nothing to remember. */
function remember(kept: boolean): void {
  try {
    if (kept) localStorage.setItem(MARK, "1");
    else localStorage.removeItem(MARK);
  } catch {
    return;
  }
}

function remembered(): boolean {
  try {
    return localStorage.getItem(MARK) !== null;
  } catch {
    return false;
  }
}

/** Whether the browser has deleted models that were kept; asked before they are loaded anew. */
export async function wasEvicted(files: readonly AssetFile[]): Promise<boolean> {
  return remembered() && (await keptBytes(files)) === 0;
}

@customElement("decodescope-kept-model")
export class KeptModel extends LitElement {
  @property({ attribute: false }) files: readonly AssetFile[] = [];
  @property({ attribute: false }) evicted = false;
  /** Bytes that are kept; `null` where nothing may be, `undefined` before that is known. */
  @state() private bytes: number | null | undefined;
  @state() private deleted = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("files") && this.files.length > 0) void this.#measure();
  }

  async #measure(): Promise<void> {
    this.bytes = await keptBytes(this.files);
    if (this.bytes) remember(true);
  }

  async #forget(): Promise<void> {
    await forgetModels();
    remember(false);
    this.deleted = true;
    await this.#measure();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { bytes } = this;
    if (bytes === undefined) return nothing;
    const button = html`<button
      type="button"
      data-testid="delete-model"
      @click=${() => void this.#forget()}
    >
      Delete the downloaded model (${megabytes(bytes ?? 0)})
    </button>`;
    return html`<p role="status" class="help" data-testid="kept-model">${this.#sentence(bytes)}</p>
      ${bytes ? button : nothing}`;
  }

  #sentence(bytes: number | null): string {
    if (bytes === null)
      return "This browser keeps no files for this page: every visit downloads the model again.";
    if (this.deleted && bytes === 0)
      return "The model is deleted from this browser. This page still has it until it is closed.";
    if (bytes === 0)
      return "This browser had no room to keep the model: the next visit downloads it again.";
    const again = "The browser had deleted the model to make room, so it was downloaded again. ";
    return `${this.evicted ? again : ""}The model is kept in this browser for the next visit.`;
  }
}

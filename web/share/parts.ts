/** What the tabs of the dialog share. */
import { html, type TemplateResult } from "lit";
import type { Shared } from "../app/share.ts";

/** What a tab may ask of the dialog. */
export interface Host {
  readonly shared: Shared;
  requestUpdate(): void;
  /** Says what happened, to eyes and ears. */
  say(words: string): void;
  copy(text: string, said: string): Promise<void>;
  close(): void;
  save(content: Blob | string, name: string, type?: string): void;
}

/** A text to be copied, and the button that does it. */
export function copied(
  host: Host,
  id: string,
  label: string,
  text: string,
  rows = 0,
): TemplateResult {
  return html`<div class="copied">
    <label for="share-${id}-text">${label}</label>
    ${
      rows > 0
        ? html`<textarea id="share-${id}-text" readonly rows=${rows} .value=${text}></textarea>`
        : html`<input id="share-${id}-text" readonly .value=${text} />`
    }
    <button
      type="button"
      data-testid="copy-${id}"
      aria-label="Copy: ${label}"
      @click=${() => host.copy(text, `Copied: ${label.toLowerCase()}.`)}
    >
      Copy
    </button>
  </div>`;
}

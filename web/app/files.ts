/** The button that opens a file of the reader's own. What reads files is loaded when it is needed. */
import { html, type TemplateResult } from "lit";
import type { PageState } from "./page-state.ts";
import { t } from "../language/t.ts";

export function fileButton(page: PageState): TemplateResult {
  return html`<label
    class="file"
    title="Open a file: a trace, a log with log-probabilities, or metrics; or drop it on the page"
  >
    ${t`Open…`}
    <input
      type="file"
      accept=".json,.jsonl,.ndjson,.sse,.log,.txt,.prom,application/json,text/plain"
      data-testid="open-file"
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== "Enter") return;
        // In a form, the key would run it.
        event.preventDefault();
        (event.target as HTMLInputElement).click();
      }}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const file = input.files?.[0];
        import("./drops.ts").then(
          ({ openFile }) => openFile(page, file),
          (thrown: unknown) => page.set({ problem: String(thrown) }),
        );
        // The same file may be chosen again, mended.
        input.value = "";
      }}
    />
  </label>`;
}

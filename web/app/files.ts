/** A file of the reader's own: chosen with a button, or dropped anywhere on the page. */
import { html, type TemplateResult } from "lit";
import { openFile } from "./opening.ts";
import type { PageState } from "./page-state.ts";

export function fileButton(page: PageState): TemplateResult {
  return html`<label
    class="file"
    title="Open a file: a trace, a log with log-probabilities, or metrics; or drop it on the page"
  >
    Open…
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
        void openFile(page, input.files?.[0]);
        // The same file may be chosen again, mended.
        input.value = "";
      }}
    />
  </label>`;
}

/** Takes files that are dropped on the page; while one is held over it, the page says so. */
export function takeDrops(page: PageState): void {
  const root = document.documentElement;
  const holds = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  const mark = (on: boolean) => root.toggleAttribute("data-dropping", on);
  window.addEventListener("dragover", (event) => {
    if (!holds(event)) return;
    event.preventDefault();
    mark(true);
  });
  window.addEventListener("dragleave", (event) => {
    // Leaving one element for another inside the page is no leaving.
    if (event.relatedTarget === null) mark(false);
  });
  window.addEventListener("drop", (event) => {
    mark(false);
    if (!holds(event)) return;
    event.preventDefault();
    void openFile(page, event.dataTransfer?.files[0]);
  });
}

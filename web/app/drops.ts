/** Files of the reader's own: read by what they hold, and dropped anywhere on the page. */
import { failureOf } from "../engine/failure.ts";
import { MAX_BYTES } from "../import/imported.ts";
import { read } from "../import/read.ts";
import type { PageState } from "./page-state.ts";

/** Takes files that are dropped on the page; while one is held over it, the page says so. */
export function takeDrops(page: PageState): void {
  const root = document.documentElement;
  root.toggleAttribute("data-takes-files", true);
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

/** Shows what a file holds. What is on the page stays when it cannot be opened. */
export async function openFile(page: PageState, file: File | undefined): Promise<void> {
  if (!file) return;
  page.set({ problem: "" });
  try {
    if (file.size > MAX_BYTES)
      throw new Error(
        `it has ${Math.round(file.size / 1e6)} MB, and at most ${MAX_BYTES / 1e6} MB are read.`,
      );
    const found = read(await file.text());
    if (found.kind === "aggregates") {
      await import("../import/aggregates.ts");
      page.set({ aggregates: { name: file.name, list: found.aggregates } });
      return;
    }
    page.set({ example: null, trace: null, aggregates: null });
    page.adopt(found.trace, "file");
    page.writeAddress();
  } catch (thrown) {
    page.set({ problem: `“${file.name}” cannot be opened: ${failureOf(thrown).message}` });
  }
}

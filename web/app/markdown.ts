/** The pages of the methods, as HTML. Loaded on demand. */
import "katex/dist/katex.min.css";
import pages from "virtual:pages";
import { pageRenderer } from "./page-renderer.ts";

const html = pageRenderer("html");

/** Strict pages forbid style attributes, not styles that a script sets: see `dress`. */
const undressed = (page: string): string =>
  page.replaceAll(/ style="([^"]*)"/g, ' data-style="$1"');

/** Gives the formulas in `page` the styles that were taken from them. */
export function dress(page: HTMLElement): void {
  for (const it of page.querySelectorAll<HTMLElement>("[data-style]")) {
    it.style.cssText = it.dataset.style ?? "";
    it.removeAttribute("data-style");
  }
}

/** The HTML of a method's page. */
export async function render(method: string): Promise<string> {
  return undressed(html(pages[method] ?? ""));
}

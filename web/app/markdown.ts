/** The pages of the methods, as HTML. Loaded on demand. */
import "katex/dist/katex.min.css";
import pages from "virtual:pages";
import { pageRenderer } from "./page-renderer.ts";

const html = pageRenderer("html");

/** The HTML of a method's page. */
export async function render(method: string): Promise<string> {
  return html(pages[method] ?? "");
}

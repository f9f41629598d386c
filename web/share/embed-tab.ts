/** Lines that put the figure into another page. */
import { html, type TemplateResult } from "lit";
import { elementCode, frameCode, type Embedded } from "../export/embed-code.ts";
import { promptOf } from "../trace/text-of.ts";
import { copied, type Host } from "./parts.ts";
import type { PictureTab } from "./picture-tab.ts";

export function embedTab(host: Host, picture: PictureTab): TemplateResult {
  const { figure, method, trace, origin, from } = host.shared;
  const base = new URL(".", document.baseURI).href;
  const given = {
    example: () => new URL(`traces/${from}.json`, base).href,
    address: () => from!,
    run: () => `${method}.json`,
    file: () => `${method}.json`,
    link: () => `${method}.json`,
  };
  const src = given[origin]();
  const name = figure.method?.title ?? method;
  const embedded: Embedded = {
    base,
    src,
    picture: `${picture.name}.svg`,
    title: `${name}, ${figure.openView?.title.toLowerCase() ?? "a run"}`,
    caption: `${name} goes on from “${promptOf(trace)}”.`,
    view: figure.openView?.id ?? null,
    at: figure.index,
    theme: null,
  };
  const hosted = src.includes("://");
  return html`
    ${copied(host, "element", "As an element, with a script", elementCode(embedded), 8)}
    ${copied(host, "frame", "As a frame, where scripts are not allowed", frameCode(embedded), 3)}
    <p class="help">
      ${hosted ? "" : html`Save the run (under Data) as <code>${src}</code> beside your page. `}
      <code>${embedded.picture}</code> stands in where scripts do not run, in feeds and in print:
      save it (under Picture) beside your page.
    </p>
  `;
}

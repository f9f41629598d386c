/** BibTeX of the method's papers and of Decodescope. */
import { html, type TemplateResult } from "lit";
import { until } from "lit/directives/until.js";
import { version } from "../../package.json";
import { bibtex } from "../export/cite.ts";
import { copied, type Host } from "./parts.ts";

const pages = () => import("virtual:pages").then((it) => it.default);

export function citeTab(host: Host): TemplateResult {
  const { method, settings } = host.shared;
  const software = { version, address: settings.split("?")[0]! };
  const written = pages().then((all) =>
    copied(host, "cite", "BibTeX", bibtex(all[method] ?? "", software), 16),
  );
  return html`${until(written, html`<p class="help">Loading the method's page …</p>`)}`;
}

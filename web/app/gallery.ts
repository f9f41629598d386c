/** The recorded examples. */
import { html, nothing, type TemplateResult } from "lit";
import examples from "virtual:examples";
import methods from "virtual:methods";
import type { Example } from "./examples.ts";
import { openExample } from "./opening.ts";
import type { PageState } from "./page-state.ts";
import { t } from "../language/t.ts";

export function gallery(page: PageState): TemplateResult {
  // In the order of the list of methods, which is that of their families.
  const order = (method: string) => methods.findIndex((it) => it.id === method);
  const sorted = [...examples].sort((a, b) => order(a.method) - order(b.method));
  return html`<aside class="gallery" aria-labelledby="gallery">
    <h2 id="gallery">${t`Recorded examples`}</h2>
    <p class="help">${t`They play at once, without a model.`}</p>
    <ul>
      ${sorted.map((example) => exampleLink(page, example))}
    </ul>
  </aside>`;
}

function exampleLink(page: PageState, { id, method, prompt }: Example): TemplateResult {
  return html`<li>
    <a
      href="?example=${id}"
      data-testid="example"
      data-example=${id}
      aria-current=${id === page.example ? "true" : nothing}
      @click=${(event: MouseEvent) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        void openExample(page, id).then(() => page.writeAddress());
      }}
    >
      ${methods.find((it) => it.id === method)?.title ?? method}
    </a>
    <q>${shortened(prompt)}</q>
  </li>`;
}

/** A prompt for a list: its beginning. */
function shortened(text: string): string {
  const LONGEST = 60;
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1).trimEnd()}…`;
}

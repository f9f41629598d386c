/** Beginnings of texts to choose from: a plain one, and some where copying pays. */
import { html, type TemplateResult } from "lit";
import all from "./beginnings.json";
import type { PageState } from "./page-state.ts";

/** One line under the field of the prompt. */
export function beginnings(page: PageState): TemplateResult {
  const offer = ({ name, text }: { name: string; text: string }) =>
    html`<button
      type="button"
      class="link"
      data-testid="beginning"
      aria-pressed=${page.settings.prompt === text}
      @click=${() => {
        page.typed = true;
        page.choose({ prompt: text });
      }}
    >
      ${name}
    </button>`;
  const [plain, copies] = [false, true].map((it) => all.filter(({ copies }) => copies === it));
  return html`<p class="help">
    Take ${listed(plain!.map(offer))}; or, where a text says things twice and copying pays,
    ${listed(copies!.map(offer))}.
  </p>`;
}

/** "a", "a or b", "a, b or c". */
const listed = (items: readonly TemplateResult[]): TemplateResult[] =>
  items.map((it, i) => {
    if (i === 0) return it;
    return i === items.length - 1 ? html` or ${it}` : html`, ${it}`;
  });

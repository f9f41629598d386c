// The pseudo-code of the method, with the line that runs now.

import { html, nothing, type TemplateResult } from "lit";
import { pseudoLines } from "../trace/pseudo.ts";

/** What the figure needs of a method's page. */
export interface MethodPage {
  readonly title: string;
  /** Markdown with a ```pseudo block. */
  readonly page: string;
}

/** `current` is the line that runs now, from 1. */
export function renderPseudo(
  method: MethodPage | null,
  current: number | null,
): TemplateResult | typeof nothing {
  const lines = pseudoLines(method?.page ?? "");
  if (lines.length === 0) return nothing;
  return html`<section class="pseudo" lang="en">
    <h3>${method!.title}</h3>
    <ol>
      ${lines.map((line, i) => {
        const now = i + 1 === current;
        const [code, comment] = line.split(/(?=\/\/)/, 2);
        return html`<li class=${now ? "now" : ""} aria-current=${now ? "step" : nothing}>
          <code>${code?.trim() && comment ? html`${code}<i>${comment}</i>` : line}</code>
        </li>`;
      })}
    </ol>
  </section>`;
}

/** The run and what happened in it, as files for other programs. */
import { html, type TemplateResult } from "lit";
import { soFar } from "../trace/so-far.ts";
import type { Host } from "./parts.ts";

interface Kind {
  id: string;
  title: string;
  help: string;
  /** File name after the method's. */
  ending: string;
  type: string;
  make: () => Promise<string>;
}

function kinds({ shared: { trace, figure } }: Host): Kind[] {
  const events = () => import("../export/events.ts");
  const rounds = () => import("../export/rounds.ts");
  return [
    {
      id: "trace",
      title: "The run",
      help: "Plays again on this page and in embeds.",
      ending: ".json",
      type: "application/json",
      make: () => Promise.resolve(JSON.stringify(soFar(trace))),
    },
    {
      id: "events-json",
      title: "Events as JSON",
      help: "A list, with rounds and the text of tokens.",
      ending: "-events.json",
      type: "application/json",
      make: async () => (await events()).json(trace),
    },
    {
      id: "events-csv",
      title: "Events as CSV",
      help: "A line an event: node, token, p, q, u, kept or not.",
      ending: "-events.csv",
      type: "text/csv",
      make: async () => (await events()).csv(trace),
    },
    {
      id: "rounds-markdown",
      title: "Rounds as a Markdown table",
      help: "Passes, guesses, what was kept, the text.",
      ending: "-rounds.md",
      type: "text/markdown",
      make: async () => (await rounds()).markdown(trace),
    },
    {
      id: "rounds-latex",
      title: "Rounds as a LaTeX table",
      help: "The same, as a tabular.",
      ending: "-rounds.tex",
      type: "application/x-tex",
      make: async () => (await rounds()).latex(trace),
    },
    {
      id: "tree-tikz",
      title: "This round's tree for LaTeX (TikZ)",
      help: "Its tokens, what became of them, q and p.",
      ending: "-tree.tex",
      type: "application/x-tex",
      make: async () => (await import("../export/tikz.ts")).tikz(trace, figure.index),
    },
  ];
}

export function dataTab(host: Host): TemplateResult {
  const { method } = host.shared;
  return html`<ul class="kinds">
    ${kinds(host).map(
      ({ id, title, help, ending, type, make }) =>
        html`<li>
          <span>${title}<br /><span class="help">${help}</span></span>
          <button
            type="button"
            data-testid="save-${id}"
            aria-label="Save: ${title}"
            @click=${async () => host.save(await make(), `${method}${ending}`, type)}
          >
            Save
          </button>
          <button
            type="button"
            data-testid="copy-${id}"
            aria-label="Copy: ${title}"
            @click=${async () => host.copy(await make(), `Copied: ${title.toLowerCase()}.`)}
          >
            Copy
          </button>
        </li>`,
    )}
  </ul>`;
}

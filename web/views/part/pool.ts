/**
 * Phrases by the token they follow: one line a token, newest phrase first. For any table with one
 * column of tokens and one of token lists. Leaves out: where the phrases came from.
 */
import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Cell } from "../../generated/Cell.ts";
import {
  currentRound,
  nodesOf,
  type NodeState,
  type State,
  type TableState,
} from "../../trace/state.ts";
import { tokenName } from "../../trace/words.ts";
import { grownOf, headOf } from "../layout/in-use.ts";
import { columnAt, groupedBy, seenRows, type SeenRow } from "../layout/table.ts";
import type { Scene } from "../view.ts";
import type { Spot } from "./follow.ts";
import { readable } from "./number.ts";
import { roving, step } from "./roving.ts";

/** Heights in CSS pixels. */
const CAPTION = 26;
const LINE = 26.2;

/** Columns of the key and of what follows it; `null` when the table is no pool. */
export function poolColumns(table: TableState): { key: number; phrase: number } | null {
  const kinds = table.columns.map((it) => it.kind);
  const [key, phrase] = [kinds.indexOf("token"), kinds.indexOf("tokens")];
  return kinds.filter((it) => it.startsWith("token")).join() === "token,tokens"
    ? { key, phrase }
    : null;
}

const SIGN: Readonly<Record<string, [sign: string, words: string]>> = {
  new: ["+", "new in this pass"],
  changed: ["~", "changed in this pass"],
  hit: ["✓", "its tokens were accepted in this pass"],
  rewritten: ["↻", "rewritten in this pass as the target would have said it"],
  evicted: ["×", "leaves the table"],
  kept: ["", "as before"],
};

/** What happened to a row: the method's own word, else what the fold saw. */
function wordFor(table: TableState, { row, freshness }: SeenRow): string {
  const said = row.cells[columnAt(table, "state")];
  if (freshness === "evicted") return "evicted";
  // The table's own word is about the step that wrote it.
  if (typeof said === "string" && (freshness !== "old" || said === "evicted")) return said;
  return { inserted: "new", changed: "changed", old: "kept" }[freshness];
}

/**
 * The last node of the path that spells `tokens` below the head of the running round, or below one
 * of its guesses, as far as this round grew it; `null` unless all of it was.
 */
export function nodeOfPhrase(state: State, key: Cell, tokens: readonly number[]): number | null {
  const round = currentRound(state);
  for (const from of [headOf(state), ...nodesOf(state, round?.nodes ?? [])]) {
    if (from?.token !== key || from.by === "window") continue;
    let at: NodeState | undefined = from;
    for (const token of tokens) at &&= grownOf(state, at, token);
    if (at && at !== from) return at.id;
  }
  return null;
}

/** Where the line of the running round's last token stands in a box that holds the pool alone. */
export function spotInPool({ state }: Scene, table: TableState): Spot {
  const { key } = poolColumns(table)!;
  const head = headOf(state)?.token ?? null;
  const line = groupedBy(seenRows(table, state), key).findIndex((it) => it.cell === head);
  if (line < 0) return { left: 0, right: 0 };
  const top = CAPTION + (line - 1) * LINE;
  return { left: 0, right: 0, top, bottom: top + 3 * LINE };
}

/** `link`: the node that a row stands for, when the view knows one. */
export function renderPool(
  scene: Scene,
  table: TableState,
  link: (seen: SeenRow) => number | null = () => null,
): TemplateResult {
  const { state, vocabulary } = scene;
  const { key, phrase } = poolColumns(table)!;
  const groups = groupedBy(seenRows(table, state), key);
  const head = headOf(state)?.token ?? null;
  const name = (token: number) => tokenName(vocabulary, token);
  const chip = (seen: SeenRow): TemplateResult => {
    const word = wordFor(table, seen);
    const [sign, words] = SIGN[word] ?? ["", word];
    const tokens = (seen.row.cells[phrase] as number[] | null) ?? [];
    const more = table.columns.flatMap(({ name, kind }, i) => {
      const cell = seen.row.cells[i];
      return kind === "number" && i > 0 && typeof cell === "number"
        ? [`${name} ${readable(cell)}`]
        : [];
    });
    const node = link(seen) ?? nodeOfPhrase(state, seen.row.cells[key] ?? null, tokens);
    const used = node === null ? [] : ["tried in this pass"];
    const said = [tokens.map(name).join(""), words, ...used, ...more].join(", ");
    return html`<span
      class="phrase code ${word} ${node === null ? "" : "used"}"
      title=${said}
      role="img"
      aria-label=${said}
      data-node=${node ?? nothing}
      >${tokens.map((token) => html`<span>${name(token)}</span>`)}${
        sign ? html`<sup>${sign}</sup>` : nothing
      }</span
    >`;
  };

  const stops = groups.map((it) => it.key);
  const first = groups.find((it) => it.cell === head) ?? groups[0];
  return html`<table
    class="listing pool"
    @keydown=${roving((stop, arrow) => step(stops, stop, arrow))}
  >
    <caption>
      ${table.name}
      <span>${table.rows.size}</span>
    </caption>
    <tbody>
      ${repeat(
        groups,
        (it) => it.key,
        (it) =>
          html`<tr
            class=${it.cell === head ? "head" : ""}
            data-stop=${it.key}
            tabindex=${it === first ? 0 : -1}
          >
            <th scope="row"><span class="code">${name(Number(it.cell))}</span></th>
            <td>${repeat(it.rows, (it) => it.row.key, chip)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

export const poolStyles = css`
  .listing {
    border-collapse: collapse;
    font: var(--size-2) / 1.4 var(--font-label);
  }
  .listing caption {
    text-align: start;
    font-weight: 600;
    padding-block-end: var(--space-1);
  }
  .listing caption span {
    font-weight: 400;
    color: var(--ink-3);
  }
  .listing td {
    padding: 3px 10px;
    white-space: nowrap;
  }
  .listing tr:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
  .listing .code > span + span {
    border-inline-start: 1px dotted var(--rule-strong);
    margin-inline-start: 3px;
    padding-inline-start: 3px;
  }
  .pool th {
    text-align: end;
    font-weight: 400;
    padding: 3px 10px 3px 4px;
    border-inline-end: 1.5px solid var(--rule-strong);
    vertical-align: top;
  }
  .pool tr.head {
    background: var(--paper-3);
  }
  .pool tr.head th {
    font-weight: 700;
    box-shadow: inset 3px 0 var(--accent);
  }
  .phrase {
    display: inline-block;
    margin-inline-end: 8px;
    padding: 0 5px;
    border: 1.5px solid var(--rule);
    border-radius: var(--radius);
  }
  .phrase sup {
    font: 700 0.8em/0 var(--font-label);
    margin-inline-start: 3px;
  }
  .phrase.new,
  .phrase.changed {
    border-color: var(--rule-strong);
    background: var(--paper-2);
  }
  .phrase.hit {
    border: 3px double var(--state-pool-ink);
    padding: 0 3.5px;
    font-weight: 700;
    animation: hit var(--move) ease-out;
  }
  .phrase.hit sup {
    color: var(--state-pool-ink);
  }
  .phrase.rewritten {
    border-color: var(--state-recovered-ink);
    background: color-mix(in srgb, var(--state-recovered) 16%, transparent);
  }
  .phrase.used {
    box-shadow: inset 0 -3px var(--state-pool-ink);
  }
  .phrase.evicted {
    color: var(--ink-3);
    border-style: dashed;
    text-decoration: line-through;
  }
  .phrase[marked] {
    background: var(--mark);
    outline: 1.5px solid var(--ink);
  }
  @keyframes hit {
    from {
      background: var(--state-pool);
    }
  }
`;

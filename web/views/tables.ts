// The method's own tables, each by the kinds of its columns. Shows `table` events: what is there
// now, and what the newest step wrote, changed and took away. Grids have a picture of their own.

import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Cell } from "../generated/Cell.ts";
import type { Column } from "../generated/Column.ts";
import type { State, TableState } from "../trace/state.ts";
import { tokenName } from "../trace/words.ts";
import { isCopies } from "./layout/copies.ts";
import { contextAt, rowsInUse } from "./layout/in-use.ts";
import { seenRows, type SeenRow } from "./layout/table.ts";
import { isGrid } from "./part/guesses.ts";
import { readable } from "./part/number.ts";
import { follow } from "./part/follow.ts";
import { percent, spaced } from "./parts.ts";
import { poolColumns, poolStyles, renderPool, spotInPool } from "./part/pool.ts";
import { roving, step } from "./part/roving.ts";
import { boxStyles } from "./part/styles.ts";
import type { Scene, View } from "./view.ts";
import { inline } from "./part/inline.ts";

const TALLEST = 400;
/** A longer table shows the rows that were written last. */
const MOST = 80;

/** Tables without a better picture. */
function listed(state: State): TableState[] {
  return [...state.tables.values()].filter((it) => !isGrid(it) && !isCopies(it));
}

function render(scene: Scene): TemplateResult {
  const tables = listed(scene.state);
  const first = tables.length === 1 && poolColumns(tables[0]!) ? tables[0]! : null;
  const spot = first ? spotInPool(scene, first) : { left: 0, right: 0 };
  return html`<div
    class="box tables"
    style=${inline(`height: ${tall(scene.end)}px`)}
    ${follow(spot, scene.motion)}
  >
    ${
      tables.length === 0
        ? html`<p class="empty">No table has been written yet.</p>`
        : repeat(
            tables,
            (it) => it.name,
            (it) =>
              html`<section data-table=${it.name}>
                ${poolColumns(it) ? renderPool(scene, it) : renderTable(scene, it)}
              </section>`,
          )
    }
  </div>`;
}

const FRESH: Readonly<Record<SeenRow["freshness"], string>> = {
  old: "",
  inserted: "+",
  changed: "~",
  evicted: "×",
};

function renderTable(scene: Scene, table: TableState): TemplateResult {
  const { state } = scene;
  const all = seenRows(table, state);
  const used = rowsInUse(table, state);
  const isUsed = (it: SeenRow) => used.has(it.row.key) && it.freshness !== "evicted";
  // What this round reads stands on top, in the order in which it is read.
  const reading = all
    .filter(isUsed)
    .sort((a, b) => used.get(a.row.key)!.ahead - used.get(b.row.key)!.ahead);
  const others = all.filter((it) => !isUsed(it));
  const room = MOST - reading.length;
  const latest =
    others.length <= room
      ? others
      : [...others].sort((a, b) => b.row.since - a.row.since).slice(0, room);
  const rows = [...reading, ...latest];
  // Where one column repeats, its own words say more than the fold's.
  const keyed = table.columns[0]?.name === "key" ? 1 : 0;
  const columns = table.columns.slice(keyed);
  const stops = rows.map((it) => it.row.key);
  const contexts = contextAt(table) >= 0;
  const nodeColumn = table.columns.findIndex((it) => it.kind === "node");
  return html`<table
    class="listing plain"
    @keydown=${roving((stop, arrow) => step(stops, stop, arrow))}
  >
    <caption>
      ${spaced(table.name)}
      <span
        >${table.rows.size}${rows.length < all.length ? `, the latest ${rows.length} shown` : ""}</span
      >
    </caption>
    <thead>
      <tr>
        <td></td>
        ${contexts ? html`<td></td>` : nothing}
        ${columns.map((it) => html`<th scope="col" class="of-${it.kind}">${spaced(it.name)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${repeat(
        rows,
        (it) => it.row.key,
        ({ row, freshness }, index) => {
          const use = used.get(row.key);
          const node = use ? use.guess : row.cells[nodeColumn];
          const reads = index < reading.length;
          const [sign, words] = !reads
            ? ["", nothing]
            : use!.guess === null
              ? ["=", "matches the end of the text"]
              : ["→", "became a guess"];
          return html`<tr
            class="${freshness} ${reads ? "reads" : ""} ${index === reading.length - 1 ? "last" : ""}"
            data-stop=${row.key}
            tabindex=${index === 0 ? 0 : -1}
            data-node=${typeof node === "number" ? node : nothing}
          >
            ${contexts ? html`<td class="use" title=${words}>${sign}</td>` : nothing}
            <td class="fresh" title=${freshness === "old" ? nothing : freshness}>
              ${FRESH[freshness]}
            </td>
            ${columns.map(
              (it, i) =>
                html`<td class="of-${it.kind}">
                  ${cell(scene, it, row.cells[i + keyed] ?? null)}
                </td>`,
            )}
          </tr>`;
        },
      )}
    </tbody>
  </table>`;
}

/** A cell as its column says. */
function cell(scene: Scene, column: Column, value: Cell): TemplateResult | string {
  const name = (token: number) => tokenName(scene.vocabulary, token);
  if (value === null) return "–";
  switch (column.kind) {
    case "number":
      return typeof value === "number" ? readable(value) : String(value);
    case "probability": {
      if (typeof value !== "number") return String(value);
      const share = Math.max(0, Math.min(1, value)) * 100;
      return html`<span class="share"
          ><span class="part" style=${inline(`inline-size: ${share.toFixed(1)}%`)}></span></span
        ><span class="percent">${percent(value)}</span>`;
    }
    case "token":
      return html`<span class="code">${name(Number(value))}</span>`;
    case "tokens":
      return html`<span class="code"
        >${(value as number[]).map((token) => html`<span>${name(token)}</span>`)}</span
      >`;
    case "node": {
      const node = scene.state.nodes[Number(value)];
      const token = node?.token ?? null;
      return html`<span class="code" data-node=${Number(value)}
        >${token === null ? "◌" : name(token)}<sub>${node ? node.depth : ""}</sub></span
      >`;
    }
    case "text":
      return String(value);
  }
}

/** One height for the whole run, whatever the tables hold at a time: nothing below ever moves. */
function tall(end: State): number {
  const single = listed(end).every((it) => it.rows.size <= 1 && it.evicted.length === 0);
  return single ? 120 : TALLEST;
}

export const tables: View = {
  id: "tables",
  title: "Tables",
  applies: (end) => listed(end).length > 0,
  rank: () => 2,
  height: ({ end }) => tall(end),
  render,
  styles: [
    boxStyles,
    poolStyles,
    css`
      .tables {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-4) var(--space-6);
        align-items: flex-start;
        padding-inline: var(--space-4);
      }
      .plain th {
        font-weight: 400;
        color: var(--ink-2);
        text-align: start;
        border-block-end: 1.5px solid var(--rule-strong);
        padding: 2px 10px;
        position: sticky;
        inset-block-start: 0;
        background: var(--paper);
      }
      .plain td {
        border-block-end: 1px solid var(--rule);
      }
      .plain :is(thead td, .fresh, .use) {
        padding: 0 3px;
        border: 0;
        font-weight: 700;
        text-align: center;
      }
      .plain .fresh {
        width: 1em;
      }
      .plain .use {
        color: var(--state-pool-ink);
      }
      .plain tr.reads [class^="of"] {
        background: color-mix(in srgb, var(--state-pool) 14%, transparent);
        font-weight: 600;
      }
      .plain tr.reads.last [class^="of"] {
        border-block-end: 1.5px solid var(--rule-strong);
      }
      .plain :is(.of-number, .of-probability) {
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      .plain sub {
        color: var(--ink-3);
        margin-inline-start: 2px;
      }
      .plain .share {
        display: inline-block;
        inline-size: 5em;
        block-size: 0.6em;
        margin-inline-end: 8px;
        border: 1px solid var(--rule-strong);
        text-align: start;
      }
      /* The bars of a column begin below one another, whatever their figures. */
      .plain .percent {
        display: inline-block;
        min-inline-size: 3.7em;
      }
      .plain .share .part {
        display: block;
        block-size: 100%;
        background: var(--of-target);
        forced-color-adjust: none;
      }
      .plain tr.inserted td.fresh,
      .plain tr.changed td.fresh {
        color: var(--accent);
      }
      .plain tr.inserted [class^="of"] {
        background: var(--paper-2);
      }
      .plain tr.evicted {
        color: var(--ink-3);
        text-decoration: line-through;
      }
      .plain tr[marked] [class^="of"],
      .plain [marked] {
        background: var(--mark);
      }
    `,
  ],
};

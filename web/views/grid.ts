// Guesses that are refined in parallel: rows are iterations (or levels of a window), columns are
// positions in the text. Shows any table with the columns key, row, column, token, state; where it
// says age and odds as well, the reader may colour the places by them.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { State, TableState } from "../trace/state.ts";
import { shortened, tokenName } from "../trace/words.ts";
import { gains, gridOf, type Grid, type Placed } from "./layout/grid.ts";
import { columnAt, type SeenRow } from "./layout/table.ts";
import { follow } from "./part/follow.ts";
import {
  cellsOf,
  finalToken,
  gridTable,
  isStaircase,
  neighbour,
  nodeOf,
  STATES,
  type Cell,
} from "./part/guesses.ts";
import { poolColumns, poolStyles, renderPool, spotInPool } from "./part/pool.ts";
import { roving } from "./part/roving.ts";
import { boxStyles } from "./part/styles.ts";
import { percent, UNPROVED } from "./parts.ts";
import type { Scene, View } from "./view.ts";
import { inline } from "./part/inline.ts";

const COLUMN = 74;
const ROW = 30;
const CHIP = 24;
const LEFT = 40;
const TOP = 24;
const RIGHT = 48;
const LETTERS = 8;
const TALLEST = 460;
/** Height of the pool below a window. */
const POOL = 260;
/** Height of the switches above the grid. */
const SWITCHES = 38;
/** Phrases by the token they follow, if the window fills any. */
const poolTable = (state: State): TableState | undefined =>
  [...state.tables.values()].find((it) => poolColumns(it) && columnAt(it, "from") >= 0);

/**
 * In a window each diagonal is one guess at the text: all its cells stand for the last node that
 * was grown of it. Row 0 is a path below the text's last token, and every other cell hangs below
 * the one that stands before it on its diagonal. By the distance of the column from the row.
 */
function diagonalNodes(state: State, cells: readonly Cell[]): Map<number, number> {
  const nodes = new Map<number, number>();
  const order = [...cells].sort((a, b) => a.row - b.row || a.column - b.column);
  let path: number | null = null;
  for (const cell of order) {
    const apart = cell.column - cell.row;
    if (cell.state === "pending") {
      path = state.rounds[cell.round]?.head ?? null;
      if (path !== null) nodes.set(apart, path);
      continue;
    }
    const above: number | null = cell.row === 0 ? path : (nodes.get(apart) ?? null);
    const twins: number[] = (state.nodes[above ?? -1]?.children ?? []).filter((id) => {
      const node = state.nodes[id]!;
      return node.token === cell.token && node.round === cell.round && node.by === cell.state;
    });
    // The path was grown before what hangs below it.
    const node: number | undefined = cell.row === 0 ? twins[0] : twins.at(-1);
    if (cell.row === 0) path = node ?? null;
    if (node !== undefined) nodes.set(apart, node);
  }
  return nodes;
}

interface Shape {
  grid: Grid;
  cells: (Placed & Cell)[];
  firstColumn: number;
  firstRow: number;
  columns: number;
  rows: number;
  width: number;
  height: number;
  staircase: boolean;
  /** Some cells become text without a proof. */
  unproved: boolean;
}

function shapeOf(scene: Scene): Shape {
  const { state, end } = scene;
  const staircase = isStaircase(end);
  const cells = cellsOf(gridTable(state));
  const grid = gridOf(cells, staircase ? finalToken(state) : () => undefined);
  // A staircase keeps room for all it will be; a window moves on and keeps its size.
  const whole = gridOf(cellsOf(gridTable(end)), () => undefined);
  const room = staircase ? whole : grid;
  const columns = Math.max(0, room.lastColumn - room.firstColumn + 1);
  const levels = staircase ? whole.rows.length : Math.max(grid.rows.length, whole.rows.length);
  const most = staircase ? columns : Math.max(columns, whole.lastColumn - whole.firstColumn + 1);
  return {
    grid,
    cells: grid.cells as (Placed & Cell)[],
    firstColumn: Number.isFinite(room.firstColumn) ? room.firstColumn : 0,
    firstRow: room.rows[0] ?? 0,
    columns,
    rows: levels,
    width: LEFT + most * COLUMN + RIGHT,
    height: TOP + levels * ROW + 6,
    staircase,
    unproved: whole.cells.some((it) => it.state in UNPROVED),
  };
}

/** By what the places may be coloured, where the method tells it. */
const COLOURS = { age: "by age", odds: "by odds of being kept" } as const;
type Colour = keyof typeof COLOURS;

const tellsMore = (state: State): boolean =>
  cellsOf(gridTable(state)).some((it) => it.age !== null);

/** Passes after which a token counts as old. */
const OLD = 6;

/** 0…1: how much of its place a bar fills; `null` where there is nothing to tell. */
function filled(cell: Cell, by: Colour): number | null {
  if (by === "odds") return cell.odds;
  return cell.age === null ? null : Math.min(1, cell.age / OLD);
}

/** Age and odds in words. */
function measured({ age, odds, state }: Cell): string {
  const passes = age === 1 ? "1 pass" : `${age ?? 0} passes`;
  const stood = age ? `, stands for ${passes}` : "";
  if (odds === null) return stood;
  const guess = age === 0 ? "the guess before it" : "the guess";
  const was = state === "fixed" ? "had" : "would have";
  return `${stood}, ${guess} ${was} ${percent(odds)} to be kept`;
}

function colourSwitches(scene: Scene, by: Colour | undefined): TemplateResult {
  return html`<div class="colours" role="group" aria-label="Colour of the places">
    ${(Object.keys(COLOURS) as Colour[]).map(
      (it) =>
        html`<button
          class="switch"
          aria-pressed=${it === by}
          @click=${() => scene.setOption("colour", it === by ? "" : it)}
        >
          ${COLOURS[it]}
        </button>`,
    )}
  </div>`;
}

function render(scene: Scene): TemplateResult {
  const { state, vocabulary } = scene;
  const shape = shapeOf(scene);
  const more = tellsMore(scene.end);
  const chosen = scene.options["colour"];
  const by = more && (chosen === "age" || chosen === "odds") ? chosen : undefined;
  const { grid, cells } = shape;
  const x = (column: number) => LEFT + (column - shape.firstColumn) * COLUMN;
  const y = (row: number) => TOP + (row - shape.firstRow) * ROW;
  const now = state.rounds.length - 1;
  const newest = cells.filter((it) => it.round === now);
  const current = newest.reduce((row, it) => Math.max(row, it.row), grid.rows.at(-1) ?? 0);
  const selected = cells.find((it) => {
    const node = nodeOf(state, it);
    return node !== null && node === scene.selection.node;
  });
  const diagonals = shape.staircase ? new Map<number, number>() : diagonalNodes(state, cells);
  const stop = selected ?? cells.findLast((it) => it.row === current) ?? cells[0];

  const cell = (it: Placed & Cell): SVGTemplateResult => {
    const name = tokenName(vocabulary, it.token);
    const state_ = it.ahead ? "ahead" : it.state;
    const node = shape.staircase ? nodeOf(state, it) : (diagonals.get(it.column - it.row) ?? null);
    const where = shape.staircase ? `iteration ${it.row}` : `level ${it.row}`;
    const what = STATES[it.state] ?? it.state;
    const said = `${where}, position ${it.column}: ${name}, ${what}${
      it.ahead ? ", right already though not yet provable" : ""
    }${measured(it)}`;
    const share = by === undefined ? null : filled(it, by);
    const across = COLUMN - 6;
    return svg`<g
      class="guess-cell ${state_} ${it.round === now && it.row === current ? "now" : ""} ${
        !shape.staircase && (it.column - it.row) % 2 !== 0 ? "odd" : ""
      }"
      transform="translate(${x(it.column)} ${y(it.row)})"
      role="option"
      aria-selected=${it === selected}
      aria-label=${said}
      tabindex=${it === stop ? 0 : -1}
      data-stop="${it.row}:${it.column}"
      data-node=${node ?? nothing}
    >
      <title>${said}</title>
      <rect class="body" x="2" y="3" width=${across} height=${CHIP} rx="3" />
      ${
        share === null
          ? nothing
          : svg`<rect class="tint" x="2" y="3" width=${across} height=${CHIP} rx="3" fill-opacity=${0.45 * share} />
              <rect class="share" x="2" y=${CHIP - 1} width=${share * across} height="4" />`
      }
      ${
        it.state === "changed" || it.state === "new"
          ? svg`<path class="edge-bar" d="M3.5 3v${CHIP}" />`
          : nothing
      }
      <text class="code" x=${COLUMN / 2 - 1} y="19" text-anchor="middle">${shortened(name, LETTERS)}</text>
    </g>`;
  };

  const diagonal = (apart: number): SVGTemplateResult => {
    const on = cells.filter((it) => it.column - it.row === apart);
    const rows = on.map((it) => it.row);
    const [top, low] = [Math.min(...rows), Math.max(...rows)];
    const at = (row: number) => `${x(apart + row) + COLUMN / 2 - 1} ${y(row) + ROW / 2}`;
    return svg`<path class="diagonal" data-node=${diagonals.get(apart)!} d="M${at(top)}L${at(low)}" />`;
  };

  const made = gains(grid);
  const pool = shape.staircase ? undefined : poolTable(state);
  // A phrase remembers the column of the window that it was read from.
  const apartOf = Math.min(...cells.map((it) => it.column - it.row));
  const deposited = ({ row, freshness }: SeenRow): number | null => {
    const from = pool ? row.cells[columnAt(pool, "from")] : null;
    if (typeof from !== "number" || freshness === "old" || freshness === "evicted") return null;
    return diagonals.get(apartOf + from) ?? null;
  };
  const headings = Array.from({ length: shape.columns }, (_, i) => shape.firstColumn + i);
  const key = (it: Placed) => `${it.row}:${it.column}`;
  const inRow = cells.filter((it) => it.row === current);
  const spot = {
    left: Math.min(...inRow.map((it) => x(it.column))) - LEFT,
    right: Math.max(...inRow.map((it) => x(it.column))) + COLUMN + RIGHT,
    top: y(current) - TOP,
    bottom: y(current) + ROW + 6,
  };
  const highlight = grid.rows.includes(current)
    ? svg`<rect class="current" x="0" y=${y(current)} width=${shape.width} height=${ROW} />`
    : nothing;
  return html`
    ${legend(shape)} ${more ? colourSwitches(scene, by) : nothing}
    <div
      class="box grid"
      style=${inline(`max-height: ${TALLEST}px`)}
      ${follow(inRow.length > 0 ? spot : { left: 0, right: 0 }, scene.motion)}
    >
      <svg class="places" width=${shape.width} height=${TOP} aria-hidden="true">
        ${headings.map((at) => svg`<text class="small" x=${x(at) + COLUMN / 2 - 1} y="14" text-anchor="middle">${at}</text>`)}
      </svg>
      <svg class="numbers" width=${LEFT - 2} height=${shape.height} aria-hidden="true">
        ${highlight}
        ${grid.rows.map((row) => svg`<text class="small" x=${LEFT - 8} y=${y(row) + 19} text-anchor="end">${row}</text>`)}
      </svg>
      <svg
        width=${shape.width}
        height=${shape.height}
        viewBox="0 0 ${shape.width} ${shape.height}"
        role="listbox"
        aria-label=${shape.staircase ? "Guesses, one row an iteration" : "Window of guesses, one row a level"}
        @keydown=${roving((stop, arrow) => neighbour(cells, stop, arrow))}
      >
        <g aria-hidden="true">${highlight}</g>
        <g aria-hidden="true">${[...diagonals.keys()].map(diagonal)}</g>
        ${repeat(cells, key, cell)}
        <g aria-hidden="true">
          <path class="stairs" d=${stairs(grid, x, y)} />
          ${grid.stairs.map(({ row, column }, i) =>
            made[i]! > 0
              ? svg`<text class="small gain" x=${Math.max(x(lastIn(cells, row) + 1), x(column)) + 2} y=${y(row) + 19}>+${made[i]!}</text>`
              : nothing,
          )}
        </g>
      </svg>
    </div>
    ${pool ? html`<div class="box window-pool" ${follow(spotInPool(scene, pool), scene.motion)}>${renderPool(scene, pool, deposited)}</div>` : nothing}
    <p class="ears-only">
      ${grid.stairs.map(({ row }, i) => `Iteration ${row} made ${made[i]!} tokens final. `)}
    </p>
  `;
}

const lastIn = (cells: readonly Placed[], row: number): number =>
  cells.reduce((last, it) => (it.row === row ? Math.max(last, it.column) : last), -Infinity);

/** The frontier from the top of the first row to the bottom of the last. */
function stairs(grid: Grid, x: (column: number) => number, y: (row: number) => number): string {
  return grid.stairs
    .map(({ row, column }, i) => {
      const at = x(column) - 2;
      return `${i === 0 ? `M${at} ${y(row)}` : `H${at}`}V${y(row) + ROW}`;
    })
    .join("");
}

function legend(shape: Shape): TemplateResult {
  const entries: [string, string][] = shape.staircase
    ? [
        ["fixed", "final"],
        ["ahead", "right already, not yet provable"],
        ["changed", "changed by this pass"],
        ["same", "as before"],
        ["guess", "first guess"],
        ...(shape.unproved
          ? [
              ["approximate", "taken as it stands"] as [string, string],
              ["given", "written by the method"] as [string, string],
            ]
          : []),
      ]
    : [
        ["pending", "last token of the text"],
        ["window", "window"],
        ["new", "read in this pass; each diagonal goes to the pool"],
      ];
  return html`<ul class="keys">
    ${entries.map(
      ([state, words]) =>
        html`<li>
          <svg width="20" height="14" class="grid-key" aria-hidden="true">
            <g class="guess-cell ${state}">
              <rect class="body" x="1" y="1" width="18" height="12" rx="2" />
              ${state === "changed" || state === "new" ? svg`<path class="edge-bar" d="M2 1v12" />` : nothing}
            </g></svg
          >${words}
        </li>`,
    )}
  </ul>`;
}

export const grid: View = {
  id: "grid",
  title: "Grid",
  applies: (end) => gridTable(end) !== undefined,
  rank: () => 12,
  height: (scene) =>
    Math.min(TALLEST, shapeOf(scene).height) +
    52 +
    (tellsMore(scene.end) ? SWITCHES : 0) +
    (poolTable(scene.end) ? POOL : 0),
  render,
  styles: [
    boxStyles,
    poolStyles,
    css`
      .window-pool {
        height: 244px;
        margin-block-start: var(--space-4);
        padding-inline: var(--space-4);
      }
      .grid.box {
        display: grid;
        justify-content: start;
      }
      .grid.box > svg {
        grid-area: 1 / 1;
      }
      /* Positions stay in sight above, and numbers of rows at the left. */
      .grid.box > .places {
        position: sticky;
        top: 0;
        z-index: 2;
        background: var(--paper);
      }
      .grid.box > .numbers {
        position: sticky;
        left: 0;
        z-index: 1;
        background: var(--paper);
      }
      .grid .diagonal {
        stroke: var(--rule);
        stroke-width: 6;
        stroke-linecap: round;
      }
      .grid .diagonal[marked] {
        stroke: var(--accent);
      }
      .grid .current {
        fill: var(--paper-3);
      }
      .guess-cell .body {
        fill: var(--paper);
        stroke: var(--rule-strong);
      }
      .guess-cell.fixed .body,
      .guess-cell.pending .body {
        fill: var(--paper-2);
        stroke: var(--ink);
        stroke-width: 2;
      }
      .guess-cell.pending .body {
        stroke-width: 1.5;
        fill: var(--paper-3);
      }
      .guess-cell.fixed text {
        font-weight: 700;
      }
      .guess-cell.ahead .body {
        stroke: var(--state-accepted-ink);
        stroke-width: 2;
        stroke-dasharray: 1 4;
        stroke-linecap: round;
      }
      .guess-cell.guess .body {
        stroke: var(--state-draft-ink);
        stroke-dasharray: 4 3;
      }
      .guess-cell.guess text {
        fill: var(--ink-2);
      }
      .guess-cell.same .body,
      .guess-cell.window .body {
        stroke: var(--rule);
      }
      .guess-cell.same text,
      .guess-cell.changed text {
        fill: var(--ink-2);
      }
      .guess-cell.approximate .body {
        stroke: var(--ink-2);
        stroke-width: 2;
        stroke-dasharray: 2 3;
      }
      .guess-cell.approximate text,
      .guess-cell.given text {
        fill: var(--ink-2);
      }
      .guess-cell.given .body {
        fill: var(--paper-3);
        stroke: var(--ink-2);
      }
      .guess-cell .tint {
        fill: var(--state-accepted);
      }
      .guess-cell .share {
        fill: var(--state-accepted-ink);
      }
      .colours {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        margin: 0 var(--space-4) var(--space-2);
      }
      .guess-cell.odd .body {
        fill: var(--paper-2);
      }
      .guess-cell .edge-bar {
        stroke: var(--ink);
        stroke-width: 4;
      }
      .guess-cell.now .body {
        fill: var(--paper);
      }
      .guess-cell.now.fixed .body {
        fill: var(--paper-2);
      }
      .grid .stairs {
        fill: none;
        stroke: var(--accent);
        stroke-width: 3;
        pointer-events: none;
      }
      .grid .gain {
        fill: var(--accent);
        font-weight: 700;
      }
      .guess-cell[marked] .body {
        fill: var(--mark);
      }
      .guess-cell:focus-visible .body {
        stroke: var(--accent);
        stroke-width: 3;
        stroke-dasharray: none;
      }
      .grid-key {
        overflow: visible;
      }
      @media (forced-colors: active) {
        .guess-cell.ahead .body,
        .guess-cell.guess .body {
          stroke: CanvasText;
        }
      }
    `,
  ],
};

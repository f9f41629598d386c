// Guesses that are refined in parallel: rows are iterations (or levels of a window), columns are
// positions in the text. Shows any table with the columns key, row, column, token, state.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { mainPath, type State, type TableState } from "../trace/state.ts";
import { shortened, tokenName } from "../trace/words.ts";
import { gains, gridOf, type Grid, type GridCell, type Placed } from "./layout/grid.ts";
import { columnAt, type SeenRow } from "./layout/table.ts";
import { follow } from "./part/follow.ts";
import { poolColumns, poolStyles, renderPool, spotInPool } from "./part/pool.ts";
import { roving, type Arrow } from "./part/roving.ts";
import { boxStyles } from "./part/styles.ts";
import type { Scene, View } from "./view.ts";

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
const COLUMNS = "key,row,column,token,state";

interface Cell extends GridCell {
  /** Round that wrote it. */
  round: number;
}

/** The table that is a grid, by its columns. */
function gridTable(state: State): TableState | undefined {
  return [...state.tables.values()].find(
    (table) => table.columns.map((it) => it.name).join() === COLUMNS,
  );
}

/** Phrases by the token they follow, if the window fills any. */
const poolTable = (state: State): TableState | undefined =>
  [...state.tables.values()].find((it) => poolColumns(it) && columnAt(it, "from") >= 0);

function cellsOf(table: TableState | undefined): Cell[] {
  return [...(table?.rows.values() ?? [])].map(({ cells, round }) => ({
    row: Number(cells[1]),
    column: Number(cells[2]),
    token: Number(cells[3]),
    state: String(cells[4]),
    round,
  }));
}

/** The token that the text has at a position. */
const finalToken = (state: State) => (column: number) =>
  state.nodes[mainPath(state)[column] ?? -1]?.token ?? undefined;

/** The node a cell became: the text's own when it is final, else the guess that was grown of it. */
function nodeOf(state: State, cell: Cell): number | null {
  const final = state.nodes[mainPath(state)[cell.column] ?? -1];
  if (cell.state === "fixed") return final?.id ?? null;
  for (const round of [cell.round + 1, cell.round]) {
    const found = state.rounds[round]?.nodes.find((id) => {
      const node = state.nodes[id]!;
      return node.depth === cell.column && node.token === cell.token;
    });
    if (found !== undefined) return found;
  }
  return null;
}

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

const STATES: Readonly<Record<string, string>> = {
  fixed: "final",
  changed: "changed by this pass",
  same: "as before",
  guess: "first guess",
  window: "part of the window",
  pending: "last token of the text",
  new: "read in this pass",
};

/** Whether rows are iterations with a frontier, rather than the levels of a moving window. */
const isStaircase = (end: State): boolean =>
  cellsOf(gridTable(end)).some((it) => ["fixed", "guess"].includes(it.state));

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
  };
}

function render(scene: Scene): TemplateResult {
  const { state, vocabulary } = scene;
  const shape = shapeOf(scene);
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
    }`;
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
      <rect class="body" x="2" y="3" width=${COLUMN - 6} height=${CHIP} rx="3" />
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
  return html`
    ${legend(shape)}
    <div
      class="box grid"
      style="max-height: ${TALLEST}px"
      ${follow(inRow.length > 0 ? spot : { left: 0, right: 0 }, scene.motion)}
    >
      <svg
        width=${shape.width}
        height=${shape.height}
        viewBox="0 0 ${shape.width} ${shape.height}"
        role="listbox"
        aria-label=${shape.staircase ? "Guesses, one row an iteration" : "Window of guesses, one row a level"}
        @keydown=${roving((stop, arrow) => neighbour(cells, stop, arrow))}
      >
        <g aria-hidden="true">
          ${
            grid.rows.includes(current)
              ? svg`<rect class="current" x="0" y=${y(current)} width=${shape.width} height=${ROW} />`
              : nothing
          }
          ${headings.map((at) => svg`<text class="small" x=${x(at) + COLUMN / 2 - 1} y="14" text-anchor="middle">${at}</text>`)}
          ${grid.rows.map((row) => svg`<text class="small" x=${LEFT - 8} y=${y(row) + 19} text-anchor="end">${row}</text>`)}
        </g>
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

function neighbour(cells: readonly Placed[], stop: string, arrow: Arrow): string | null {
  const [row, column] = stop.split(":").map(Number) as [number, number];
  const ahead = (it: Placed): number => {
    switch (arrow) {
      case "left":
        return it.row === row ? column - it.column : 0;
      case "right":
        return it.row === row ? it.column - column : 0;
      case "up":
        return it.column === column ? row - it.row : 0;
      case "down":
        return it.column === column ? it.row - row : 0;
      case "first":
        return it.row === row ? (it.column < column ? it.column + 1 : 0) : 0;
      case "last":
        return it.row === row ? (it.column > column ? 1e6 - it.column : 0) : 0;
    }
  };
  let best: Placed | null = null;
  for (const it of cells) if (ahead(it) > 0 && (!best || ahead(it) < ahead(best))) best = it;
  return best ? `${best.row}:${best.column}` : null;
}

function legend(shape: Shape): TemplateResult {
  const entries: [string, string][] = shape.staircase
    ? [
        ["fixed", "final"],
        ["ahead", "right already, not yet provable"],
        ["changed", "changed by this pass"],
        ["same", "as before"],
        ["guess", "first guess"],
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
    Math.min(TALLEST, shapeOf(scene).height) + 52 + (poolTable(scene.end) ? POOL : 0),
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

// Guesses that are refined in parallel: rows are iterations (or levels of a window), columns are
// positions in the text. Shows any table with the columns key, row, column, token, state; where it
// says age and odds as well, the reader may colour the places by them.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { nodesOf, type State, type TableState } from "../trace/state.ts";
import { shortened, tokenName } from "../trace/words.ts";
import { columnAt, type SeenRow } from "./layout/table.ts";
import { follow } from "./part/follow.ts";
import { AHEAD, cellsOf, nodeOf, STATES, type Cell } from "./part/guesses.ts";
import { renderKeys } from "./part/keys.ts";
import { placesStyles, renderPlaces, shapeOf, type Place, type Shape } from "./part/places.ts";
import { poolColumns, poolStyles, renderPool, spotInPool } from "./part/pool.ts";
import { boxStyles } from "./part/styles.ts";
import { percent, UNPROVED } from "./parts.ts";
import type { Scene, View } from "./view.ts";

const COLUMN = 74;
const ROW = 30;
const CHIP = 24;
/** A chip stands in the middle of its place. */
const WIDE = COLUMN - 6;
const LETTERS = 8;
const TALLEST = 460;
/** Height of the pool below a window. */
const POOL = 260;
/** Height of the switches above the grid. */
const SWITCHES = 38;
const SIZES = { left: 40, right: 48, top: 24, bottom: 6, across: COLUMN, down: ROW };

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
  let path: number | null | undefined;
  for (const { row, column, token, round, state: by } of order) {
    const apart = column - row;
    const above = state.nodes[(row === 0 ? path : nodes.get(apart)) ?? -1];
    const twins = nodesOf(state, above?.children ?? []).filter(
      (it) => it.token === token && it.round === round && it.by === by,
    );
    const pending = by === "pending";
    // The path was grown before what hangs below it.
    const node = pending ? state.rounds[round]?.head : twins.at(row === 0 ? 0 : -1)?.id;
    if (pending || row === 0) path = node;
    if (typeof node === "number") nodes.set(apart, node);
  }
  return nodes;
}

const shapeFor = (scene: Scene): Shape => shapeOf(scene, () => SIZES);

/** A place with what fills it; a bar on its left says that this pass wrote it. */
const chip = (state: string, at: number, wide: number, high: number, filling: unknown) =>
  svg`<rect class="body" x=${at} y=${at} width=${wide} height=${high} rx="3" />
    ${filling}
    ${
      state === "changed" || state === "new"
        ? svg`<path class="edge-bar" d="M${at + 1.5} ${at}v${high}" />`
        : nothing
    }`;

/** By what the places may be coloured, where the method tells it. */
const COLOURS = { age: "by age", odds: "by odds of being kept" } as const;
type Colour = keyof typeof COLOURS;

const tellsMore = (state: State): boolean => cellsOf(state).some((it) => it.age !== null);

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
  return html`<div class="keys colours" role="group" aria-label="Colour of the places">
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
  const shape = shapeFor(scene);
  const { grid, staircase, x, y } = shape;
  const more = tellsMore(scene.end);
  const chosen = scene.options["colour"];
  const by = more && (chosen === "age" || chosen === "odds") ? chosen : undefined;
  const diagonals = staircase ? new Map<number, number>() : diagonalNodes(state, grid.cells);

  const mark = (it: Place): [string, string, SVGTemplateResult] => {
    const name = tokenName(vocabulary, it.token);
    const ahead = it.kind === "ahead";
    const said = `${staircase ? "iteration" : "level"} ${it.row}, position ${it.column}: ${name}, ${STATES[it.state] ?? it.state}${
      ahead ? `, ${AHEAD}` : ""
    }${measured(it)}`;
    const share = by === undefined ? null : filled(it, by);
    const odd = !staircase && (it.column - it.row) % 2 !== 0;
    return [
      `guess-cell ${ahead ? "ahead" : it.state} ${odd ? "odd" : ""}`,
      said,
      svg`${chip(
        it.state,
        3,
        WIDE,
        CHIP,
        share === null
          ? nothing
          : svg`<rect class="tint" x="3" y="3" width=${WIDE} height=${CHIP} rx="3" fill-opacity=${0.45 * share} />
            <rect class="share" x="3" y=${CHIP - 1} width=${share * WIDE} height="4" />`,
      )}
      <text class="code" x=${COLUMN / 2} y="19" text-anchor="middle">${shortened(name, LETTERS)}</text>`,
    ];
  };

  const columnsIn = (row: number) =>
    grid.cells.filter((it) => it.row === row).map((it) => it.column + 1);
  const diagonal = (apart: number): SVGTemplateResult => {
    const rows = grid.cells.filter((it) => it.column - it.row === apart).map((it) => it.row);
    const at = (row: number) => `${x(apart + row) + COLUMN / 2} ${y(row) + ROW / 2}`;
    return svg`<path class="diagonal" data-node=${diagonals.get(apart)!} d="M${at(Math.min(...rows))}L${at(Math.max(...rows))}" />`;
  };

  const pool = staircase ? undefined : poolTable(state);
  // A phrase remembers the column of the window that it was read from.
  const apartOf = Math.min(...grid.cells.map((it) => it.column - it.row));
  const deposited = ({ row, freshness }: SeenRow): number | null => {
    const from = row.cells[columnAt(pool!, "from")];
    const fresh = freshness === "inserted" || freshness === "changed";
    return typeof from === "number" && fresh ? (diagonals.get(apartOf + from) ?? null) : null;
  };
  return html`
    ${legend(scene.end, staircase)} ${more ? colourSwitches(scene, by) : nothing}
    ${renderPlaces(scene, shape, {
      name: "grid",
      label: staircase ? "Guesses, one row an iteration" : "Window of guesses, one row a level",
      tallest: TALLEST,
      nodeOf: (it) => (staircase ? nodeOf(state, it) : (diagonals.get(it.column - it.row) ?? null)),
      mark,
      below: [...diagonals.keys()].map(diagonal),
      above: grid.stairs.map(({ row, column, gain }) =>
        gain > 0
          ? svg`<text class="small gain" x=${x(Math.max(column, ...columnsIn(row))) + 2} y=${y(row) + 19}>+${gain}</text>`
          : nothing,
      ),
      // What comes later lies above: positions stay in sight over numbers of rows.
      beside: html`<svg
          class="numbers"
          width=${shape.left - 2}
          height=${shape.height}
          aria-hidden="true"
        >
          ${shape.highlight}
          ${grid.rows.map((row) => svg`<text class="small" x=${shape.left - 8} y=${y(row) + 19} text-anchor="end">${row}</text>`)}
        </svg>
        <svg class="places" width=${shape.width} height=${shape.top} aria-hidden="true">
          ${shape.columns.map((at) => svg`<text class="small" x=${x(at) + COLUMN / 2} y="14" text-anchor="middle">${at}</text>`)}
        </svg>`,
    })}
    ${pool ? html`<div class="box window-pool" ${follow(spotInPool(scene, pool), scene.motion)}>${renderPool(scene, pool, deposited)}</div>` : nothing}
    <p class="ears-only">
      ${grid.stairs.map(({ row, gain }) => `Iteration ${row} made ${gain} tokens final. `)}
    </p>
  `;
}

/** What the key says in other words than the places do. */
const WORDS: Readonly<Record<string, string>> = {
  ...STATES,
  ahead: AHEAD,
  approximate: "taken without a proof",
  given: "written by the method",
  new: "read in this pass; each diagonal goes to the pool",
};

function legend(end: State, staircase: boolean): TemplateResult {
  const unproved = Object.keys(UNPROVED);
  const states = staircase
    ? ["fixed", "ahead", "changed", "same", "guess"].concat(
        cellsOf(end).some((it) => it.state in UNPROVED) ? unproved : [],
      )
    : ["pending", "window", "new"];
  return renderKeys(
    "grid",
    20,
    states.map((it) => [
      svg`<g class="guess-cell ${it}">${chip(it, 1, 18, 12, nothing)}</g>`,
      WORDS[it]!,
    ]),
  );
}

export const grid: View = {
  id: "grid",
  title: "Grid",
  applies: (end) => cellsOf(end).length > 0,
  rank: () => 12,
  height: (scene) =>
    Math.min(TALLEST, shapeFor(scene).height) +
    52 +
    (tellsMore(scene.end) ? SWITCHES : 0) +
    (poolTable(scene.end) ? POOL : 0),
  render,
  styles: [
    boxStyles,
    placesStyles,
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
      .grid.box > :is(.numbers, .places) {
        position: sticky;
        inset: 0 auto auto 0;
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
      .guess-cell:is(.guess, .same, .changed, .approximate, .given) text {
        fill: var(--ink-2);
      }
      .guess-cell.same .body,
      .guess-cell.window .body {
        stroke: var(--rule);
      }
      .guess-cell.approximate .body {
        stroke: var(--ink-2);
        stroke-width: 2;
        stroke-dasharray: 2 3;
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
      .guess-cell.odd:not(.now) .body {
        fill: var(--paper-2);
      }
      .guess-cell .edge-bar {
        stroke: var(--ink);
        stroke-width: 4;
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
      @media (forced-colors: active) {
        .guess-cell.ahead .body,
        .guess-cell.guess .body {
          stroke: CanvasText;
        }
      }
    `,
  ],
};

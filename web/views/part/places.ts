/**
 * The picture of a grid of guesses: where its places stand, the marks that stand there, and the
 * staircase between what is final and what is open. Leaves out: how a place looks.
 */
import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { gridOf, type Grid } from "../layout/grid.ts";
import type { Scene } from "../view.ts";
import { follow, type Spot } from "./follow.ts";
import { cellsOf, finalToken, isStaircase, neighbour, type Cell } from "./guesses.ts";
import { inline } from "./inline.ts";
import { mark, picture } from "./picture.ts";

export type Place = Grid<Cell>["cells"][number];

/** In CSS pixels: the margins, and a place. */
export interface Sizes {
  left: number;
  right: number;
  top: number;
  bottom: number;
  across: number;
  down: number;
}

export interface Shape extends Sizes {
  grid: Grid<Cell>;
  /** Rows are iterations with a frontier; else levels of a window that moves on. */
  staircase: boolean;
  /** Positions that have a column, and how many rows there may be. */
  columns: readonly number[];
  levels: number;
  x: (column: number) => number;
  y: (row: number) => number;
  width: number;
  height: number;
  /** The newest row, and what lies behind it. */
  current: number;
  highlight: SVGTemplateResult | typeof nothing;
}

/** `sizesFor`: the sizes for so many columns and rows. */
export function shapeOf(
  { state, end }: Scene,
  sizesFor: (columns: readonly number[], rows: number) => Sizes,
): Shape {
  const staircase = isStaircase(end);
  const grid = gridOf(cellsOf(state), staircase ? finalToken(state) : undefined);
  const whole = gridOf(cellsOf(end));
  // A staircase keeps room for all it will be; a window moves on and keeps its size.
  const { columns, rows } = staircase ? whole : grid;
  const most = Math.max(grid.columns.length, whole.columns.length);
  const levels = Math.max(grid.rows.length, whole.rows.length);
  const sizes = sizesFor(columns, levels);
  const { left, right, top, bottom, across, down } = sizes;
  const y = (row: number) => top + (row - (rows[0] ?? 0)) * down;
  const width = left + most * across + right;
  const current = grid.rows.at(-1) ?? 0;
  return {
    ...sizes,
    ...{ grid, staircase, columns, levels, y, width, current },
    x: (column) => left + (column - (columns[0] ?? 0)) * across,
    height: top + levels * down + bottom,
    highlight:
      grid.cells.length > 0
        ? svg`<rect class="current" x="0" y=${y(current)} width=${width} height=${down} />`
        : nothing,
  };
}

export interface Picture {
  /** A class, and its words for ears. */
  name: string;
  label: string;
  /** Pixels in height beyond which it scrolls. */
  tallest: number;
  nodeOf: (place: Place) => number | null;
  /** What one place shows: its classes, its words and its drawing. */
  mark: (place: Place) => readonly [kind: string, said: string, drawing: SVGTemplateResult];
  /** Below and above the places, and what else stands in the box. */
  below: unknown;
  above: unknown;
  beside?: unknown;
}

/** The newest row, from what became final last; as much of it as a stage so wide can show. */
export function spotOf({ grid, current, x, y, ...sizes }: Shape, width: number): Spot {
  const inRow = grid.cells.filter((it) => it.row === current).map((it) => it.column);
  const frontier = grid.stairs.at(-1)?.column ?? Math.min(...inRow) + 1;
  const left = x(frontier - 1) - sizes.left;
  if (inRow.length === 0) return { left: 0, right: 0 };
  return {
    left,
    right: Math.min(x(Math.max(...inRow)) + sizes.across + sizes.right, left + width),
    top: y(current) - sizes.top,
    bottom: y(current) + sizes.down + sizes.bottom,
  };
}

export function renderPlaces(scene: Scene, shape: Shape, shown: Picture): TemplateResult {
  const { grid, x, y, down, width, height, current } = shape;
  const { cells, stairs } = grid;
  const now = scene.state.rounds.length - 1;
  const nodes = new Map(cells.map((it) => [it, shown.nodeOf(it)]));
  const chosen = scene.selection.node ?? NaN;
  const selected = cells.find((it) => nodes.get(it) === chosen);
  const stop = selected ?? cells.findLast((it) => it.row === current);

  const place = (it: Place): SVGTemplateResult => {
    const [kind, said, drawing] = shown.mark(it);
    return mark(
      {
        kind: `${kind} ${it.round === now && it.row === current ? "now" : ""}`,
        x: x(it.column),
        y: y(it.row),
        said,
        stop: `${it.row}:${it.column}`,
        first: it === stop,
        chosen: it === selected,
        node: nodes.get(it) ?? null,
      },
      drawing,
    );
  };

  return html`<div
    class="box guesses ${shown.name}"
    style=${inline(`max-height: ${shown.tallest}px`)}
    ${follow(spotOf(shape, scene.width), scene.motion)}
  >
    ${shown.beside}
    ${picture(
      width,
      height,
      shown.label,
      svg`<g aria-hidden="true">${shape.highlight}${shown.below}</g>
        ${repeat(cells, (it) => `${it.row}:${it.column}`, place)}
        <g aria-hidden="true">
          ${shown.above}
          <path
            class="stairs"
            d=${stairs
              .map(
                ({ row, column }, i) =>
                  `${i > 0 ? "H" : `M${x(column)} ${y(row)}H`}${x(column)}V${y(row) + down}`,
              )
              .join("")}
          ></path>
        </g>`,
      (at, arrow) => neighbour(cells, at, arrow),
    )}
  </div>`;
}

export const placesStyles = css`
  .guesses .current {
    fill: var(--paper-3);
  }
  .guesses .stairs {
    fill: none;
    stroke: var(--accent);
    stroke-width: 3;
    pointer-events: none;
  }
`;

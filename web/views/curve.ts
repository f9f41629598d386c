// Numbers as they go: a small plot for each column of a table of numbers. Shows tables whose
// columns are all numbers: rows by their first column, or one row followed through the rounds.

import { css, html, svg, type TemplateResult } from "lit";
import type { State, TableRow, TableState } from "../trace/state.ts";
import { linePath, plotOf, round, type Point } from "./layout/curve.ts";
import { history, rowsOf } from "./layout/table.ts";
import { readable, superscript } from "./part/number.ts";
import { picture, words } from "./part/picture.ts";
import { boxStyles } from "./part/styles.ts";
import { spaced } from "./parts.ts";
import type { Scene, View } from "./view.ts";

const WIDTH = 520;
const HEIGHT = 150;
/** Left and right of the plots. */
const MARGIN = 16;
/** Least room for the labels at the ends of the curves, and what a letter of them takes. */
const LABELS = 92;
const LETTER = 6.4;

/** Least width of two plots side by side, and what lies between them. */
const LEAST = 250;
const GAP = 24;

/**
 * A plot is never wider than the stage: it is drawn in its own size, so that words stay legible.
 * Two stand side by side where both can be read.
 */
const acrossFor = (stage: number): number => {
  const across = stage - 2 * MARGIN;
  return Math.min(WIDTH, across >= 2 * LEAST + GAP ? (across - GAP) / 2 : across);
};

/** One column over the first one. */
interface Curve {
  name: string;
  points: Point[];
  /** Whole numbers count something: they hold until they change. */
  counts: boolean;
}

/** The columns of a table over its first one, as far as these rows tell. */
const curvesOf = ({ columns }: TableState, rows: readonly TableRow[]): Curve[] =>
  columns.slice(1).map(({ name }, i) => {
    const points = rows
      .map(({ cells }) => ({ x: Number(cells[0]), y: cells[i + 1] as number }))
      .filter((it) => Number.isFinite(it.y));
    return { name: spaced(name), points, counts: points.every((it) => Number.isInteger(it.y)) };
  });

/** Everything the plots of a table will have to hold: the same for all places of a run. */
const roomOf = (table: TableState): Curve[] => curvesOf(table, history(table).flatMap(rowsOf));

/** Columns that share a plot: the same kind of number in about the same range. */
export function families(room: readonly Curve[]): Curve[][] {
  const groups: { curves: Curve[]; low: number; high: number; whole: boolean }[] = [];
  const constants: [Curve, number][] = [];
  for (const curve of room) {
    const values = curve.points.map((it) => it.y);
    const low = Math.min(...values);
    const high = Math.max(...values);
    if (low >= high) constants.push([curve, low]);
    if (!(low < high)) continue;
    const whole = curve.counts;
    const home = groups.find((it) => {
      const shared = Math.min(it.high, high) - Math.max(it.low, low);
      const wider = Math.max(it.high - it.low, high - low);
      return !whole && !it.whole && shared > 0.3 * wider;
    });
    if (home) {
      home.curves.push(curve);
      home.low = Math.min(home.low, low);
      home.high = Math.max(home.high, high);
    } else groups.push({ curves: [curve], low, high, whole });
  }
  // What never changes needs no curve, unless it is a threshold that others cross.
  for (const [curve, value] of constants)
    groups.find((it) => !it.whole && it.low < value && value < it.high)?.curves.push(curve);
  return groups.map((it) => it.curves);
}

/** Tables of numbers alone, with something to draw a line through. */
const sheets = (end: State): TableState[] =>
  [...end.tables.values()].filter(
    (it) =>
      it.columns.length > 1 &&
      it.columns.every(({ kind }) => kind === "number" || kind === "probability") &&
      history(it).flatMap(rowsOf).length > 1,
  );

function render(scene: Scene): TemplateResult {
  return html`<div class="box curves">
    ${sheets(scene.end).map((whole) => {
      const room = roomOf(whole);
      const table = scene.state.tables.get(whole.name);
      // One row that is set anew each time is followed through the rounds; other tables stand alone.
      const single = history(whole).every((it) => it.rows.size < 2);
      const now = table ? curvesOf(table, (single ? history(table) : [table]).flatMap(rowsOf)) : [];
      // Room on the right for the longest name and a number.
      const width = acrossFor(scene.width);
      const longest = Math.max(...room.map((it) => it.name.length));
      const right = width - Math.min(width / 2, Math.max(LABELS, 16 + (longest + 6) * LETTER));
      return html`<section>
        <h3>${spaced(whole.name)}</h3>
        ${families(room).map((family) => plot(whole, family, now, width, right))}
      </section>`;
    })}
  </div>`;
}

const LEFT = 44;
const BOTTOM = HEIGHT - 24;

/** `family`: the curves of a plot as they will be; those of `now` are drawn. */
function plot(
  { name, columns }: TableState,
  family: readonly Curve[],
  now: readonly Curve[],
  width: number,
  right: number,
): TemplateResult {
  const axis = spaced(columns[0]!.name);
  const all = family.flatMap((it) => it.points);
  // Counts that grow by powers are drawn by powers; the axis says so.
  const powers = all.some((it) => it.y > 1000) && all.every((it) => it.y >= 0);
  const tall = ({ x, y }: Point): Point => ({ x, y: powers ? Math.log10(1 + y) : y });
  const scales = plotOf(all.map(tall), [LEFT, right], [BOTTOM, 12]);
  const x = (at: number) => round(scales.x(at));
  const y = (at: number) => round(scales.y(at));
  const label = (at: number) =>
    powers && at > 0 ? `10${superscript(at)}` : String(at).replace("-", "−");
  const curves = family.flatMap(({ name, counts }, i) => {
    const points = now.find((it) => it.name === name)?.points ?? [];
    const last = points.at(-1);
    if (!last) return [];
    const path = linePath(points.map(tall), scales, counts);
    return { i, path, said: `${name} ${readable(last.y)}`, ...tall(last) };
  });
  const heights = spread(curves.map((it) => scales.y(it.y)));
  return picture(
    width,
    HEIGHT,
    `${spaced(name)} over ${axis}: now ${curves.map((it) => it.said).join(", ") || "–"}`,
    svg`${scales.yTicks
      .filter((at) => !powers || Number.isInteger(at))
      .map(
        (at) =>
          svg`<path class="tick" d="M${LEFT} ${y(at)}H${right}"></path>${words(LEFT - 6, y(at) + 4, label(at), "end")}`,
      )}
    ${scales.xTicks.filter(Number.isInteger).map((at) => words(x(at), BOTTOM + 15, at, "middle"))}
    ${words(right + 22, BOTTOM + 15, axis)}
    ${curves.map(
      (it, i) => svg`<g class="curve c${it.i}">
        <path d=${it.path}></path>
        <circle cx=${x(it.x)} cy=${y(it.y)} r="3.5"></circle>
        ${words(x(it.x) + 9, Math.min(heights[i]! + 4, BOTTOM - 2), it.said, undefined, "")}
      </g>`,
    )}`,
  );
}

/** Labels at least a line apart, in their own order. */
function spread(ys: readonly number[]): number[] {
  const order = ys.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y);
  const placed = [...ys];
  let last = -Infinity;
  for (const { y, i } of order) {
    placed[i] = Math.max(y, last + 14);
    last = placed[i]!;
  }
  return placed;
}

export const curve: View = {
  id: "curve",
  title: "Curves",
  applies: (end) => sheets(end).length > 0,
  rank: () => 3,
  height: ({ end, width }) => {
    const across = Math.max(1, Math.floor((width - 2 * MARGIN + 24) / (acrossFor(width) + 24)));
    return sheets(end).reduce(
      (sum, it) => sum + 34 + Math.ceil(families(roomOf(it)).length / across) * (HEIGHT + 8),
      0,
    );
  },
  render,
  styles: [
    boxStyles,
    css`
      .curves {
        padding-inline: var(--space-4);
      }
      .curves section {
        display: flex;
        flex-wrap: wrap;
        gap: 8px ${GAP}px;
      }
      .curves h3 {
        flex: 1 0 100%;
        margin: 0;
        font: 600 var(--size-2) / 1.6 var(--font-label);
      }
      .curves svg {
        max-width: 100%;
        height: auto;
      }
      .curve path {
        fill: none;
        stroke: var(--accent);
        stroke-width: 2;
      }
      .curve circle {
        fill: var(--accent);
      }
      .curve text {
        font-variant-numeric: tabular-nums;
        paint-order: stroke;
        stroke: var(--paper);
        stroke-width: 5px;
      }
      .curve.c1 path {
        stroke: var(--ink-2);
        stroke-dasharray: 5 3;
        stroke-width: 1.5;
      }
      .curve.c1 circle {
        fill: var(--paper);
        stroke: var(--ink-2);
        stroke-width: 1.5;
      }
      .curve.c2 path,
      .curve.c3 path {
        stroke: var(--ink-3);
        stroke-dasharray: 1 4;
        stroke-linecap: round;
      }
    `,
  ],
};

// Numbers as they go: a small plot for each column of a table of numbers. Shows tables whose
// columns are all numbers: rows by their first column, or one row followed through the rounds.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { State, TableState } from "../trace/state.ts";
import { linePath, plotOf, round, stepPath, type Frame, type Point } from "./layout/curve.ts";
import { history } from "./layout/table.ts";
import { readable, superscript } from "./part/number.ts";
import { boxStyles } from "./part/styles.ts";
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

/** Room on the right for the longest name and a number. */
function frameOf(stage: number, names: Iterable<string>): Frame {
  const width = acrossFor(stage);
  const longest = Math.max(0, ...[...names].map((it) => it.length));
  const right = Math.min(width / 2, Math.max(LABELS, 16 + (longest + 6) * LETTER));
  return { width, height: HEIGHT, left: 44, right, top: 12, bottom: 24 };
}

/** One column over the first one. */
interface Curve {
  name: string;
  points: Point[];
  /** Whole numbers count something: they hold until they change. */
  counts: boolean;
}

/** A table as curves over its first column. */
interface Sheet {
  name: string;
  axis: string;
  curves: Curve[];
}

const isSheet = (table: TableState): boolean =>
  table.columns.length >= 2 &&
  table.columns.every((it) => it.kind === "number" || it.kind === "probability");

/** One row that is set anew each time is followed through the rounds; other tables stand alone. */
function rowsOf(table: TableState, single: boolean) {
  return (single ? history(table) : [table]).flatMap((it) => [...it.rows.values()]);
}

const isSingle = (table: TableState): boolean =>
  table.replaced !== null && history(table).every((it) => it.rows.size <= 1);

function sheetOf(table: TableState, single: boolean): Sheet {
  const rows = rowsOf(table, single);
  const curves = table.columns.slice(1).map((column, i) => {
    const points = rows
      .filter((row) => typeof row.cells[i + 1] === "number")
      .map((row) => ({ x: Number(row.cells[0]), y: Number(row.cells[i + 1]) }));
    return { name: column.name, points, counts: points.every((it) => Number.isInteger(it.y)) };
  });
  return { name: table.name, axis: table.columns[0]!.name, curves };
}

/** Everything the plots of a table will have to hold: the same for all places of a run. */
function roomOf(table: TableState, single: boolean): Map<string, Point[]> {
  const versions = single ? [table] : history(table);
  const room = new Map<string, Point[]>();
  for (const version of versions)
    for (const { name, points } of sheetOf(version, single).curves)
      room.set(name, [...(room.get(name) ?? []), ...points]);
  return room;
}

/** Columns that share a plot: the same kind of number in about the same range. */
export function families(room: ReadonlyMap<string, readonly Point[]>): string[][] {
  const groups: { names: string[]; low: number; high: number; whole: boolean }[] = [];
  const constants: { name: string; value: number }[] = [];
  for (const [name, points] of room) {
    const values = points.map((it) => it.y).filter(Number.isFinite);
    if (values.length === 0) continue;
    const low = Math.min(...values);
    const high = Math.max(...values);
    if (low === high) {
      constants.push({ name, value: low });
      continue;
    }
    const whole = values.every(Number.isInteger);
    const home = groups.find((it) => {
      const shared = Math.min(it.high, high) - Math.max(it.low, low);
      const wider = Math.max(it.high - it.low, high - low);
      return !whole && !it.whole && shared > 0.3 * wider;
    });
    if (home) {
      home.names.push(name);
      home.low = Math.min(home.low, low);
      home.high = Math.max(home.high, high);
    } else groups.push({ names: [name], low, high, whole });
  }
  // What never changes needs no curve, unless it is a threshold that others cross.
  for (const { name, value } of constants)
    groups.find((it) => !it.whole && it.low < value && value < it.high)?.names.push(name);
  return groups.map((it) => it.names);
}

const sheets = (end: State): TableState[] =>
  [...end.tables.values()].filter((it) => {
    if (!isSheet(it)) return false;
    const rows = rowsOf(it, isSingle(it));
    return rows.length >= 2 || history(it).some((version) => version.rows.size >= 2);
  });

function render(scene: Scene): TemplateResult {
  return html`<div class="box curves">
    ${sheets(scene.end).map((whole) => {
      const table = scene.state.tables.get(whole.name);
      const single = isSingle(whole);
      const sheet = table ? sheetOf(table, single) : { ...sheetOf(whole, single), curves: [] };
      const room = roomOf(whole, single);
      return html`<section>
        <h3>${sheet.name.replaceAll("_", " ")}</h3>
        ${families(room).map((names) => plot(sheet, names, room, frameOf(scene.width, room.keys())))}
      </section>`;
    })}
  </div>`;
}

function plot(
  sheet: Sheet,
  names: readonly string[],
  room: ReadonlyMap<string, readonly Point[]>,
  frame: Frame,
): TemplateResult {
  const all = names.flatMap((name) => room.get(name) ?? []);
  const high = Math.max(...all.map((it) => it.y));
  // Counts that grow by powers are drawn by powers; the axis says so.
  const powers = high > 1000 && all.every((it) => it.y >= 0);
  const tall = (point: Point): Point =>
    powers ? { x: point.x, y: Math.log10(1 + point.y) } : point;
  const scales = plotOf([{ name: "", points: all.map(tall) }], frame);
  const label = (at: number) =>
    powers ? (at === 0 ? "0" : `10${superscript(at)}`) : String(at).replace("-", "−");
  const curves = names
    .map((name) => sheet.curves.find((it) => it.name === name))
    .filter((it) => it !== undefined);
  const ends = spread(
    curves.map(({ points }) => (points.length > 0 ? scales.y(tall(points.at(-1)!).y) : 0)),
  );
  const said = curves
    .map(({ name, points }) => `${name} ${points.length > 0 ? readable(points.at(-1)!.y) : "–"}`)
    .join(", ");
  const draw = (curve: Curve, i: number): SVGTemplateResult | typeof nothing => {
    const points = curve.points.map(tall);
    const last = points.at(-1);
    if (!last) return nothing;
    const d = curve.counts ? stepPath(points, scales) : linePath(points, scales);
    return svg`<g class="curve c${i}">
      <path d=${d} />
      <circle cx=${round(scales.x(last.x))} cy=${round(scales.y(last.y))} r="3.5" />
      <text x=${round(scales.x(last.x)) + 9} y=${Math.min(ends[i]! + 4, bottom - 2)}>${curve.name.replaceAll("_", " ")} ${readable(curve.points.at(-1)!.y)}</text>
    </g>`;
  };
  const bottom = frame.height - frame.bottom;
  return html`<svg
    width=${frame.width}
    height=${frame.height}
    viewBox="0 0 ${frame.width} ${frame.height}"
    role="img"
    aria-label="${sheet.name.replaceAll("_", " ")} over ${sheet.axis}: now ${said}"
  >
    ${scales.yTicks
      .filter((at) => !powers || Number.isInteger(at))
      .map(
        (
          at,
        ) => svg`<path class="tick" d="M${frame.left} ${round(scales.y(at))}H${frame.width - frame.right}" />
        <text class="small" x=${frame.left - 6} y=${round(scales.y(at)) + 4} text-anchor="end">${label(at)}</text>`,
      )}
    ${scales.xTicks
      .filter(Number.isInteger)
      .map(
        (at) =>
          svg`<text class="small" x=${round(scales.x(at))} y=${bottom + 15} text-anchor="middle">${at}</text>`,
      )}
    <text class="small" x=${frame.width - frame.right + 22} y=${bottom + 15}>
      ${sheet.axis.replaceAll("_", " ")}
    </text>
    ${curves.map(draw)}
  </svg>`;
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
    const tall = sheets(end).map((it) => {
      const plots = families(roomOf(it, isSingle(it))).length;
      return 34 + Math.ceil(plots / across) * (HEIGHT + 8);
    });
    return tall.reduce((a, b) => a + b, 0);
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
      .curves .tick {
        stroke: var(--rule);
      }
      .curve path {
        fill: none;
        stroke: var(--accent);
        stroke-width: 2;
        stroke-linejoin: round;
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

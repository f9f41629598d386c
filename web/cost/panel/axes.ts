/** What the plots of the panel share: scales by powers of ten, grids, marks of an axis. */
import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { round } from "../../views/layout/curve.ts";
import { linear, ticks, type Scale } from "../../views/layout/scale.ts";
import { superscript } from "../../views/part/number.ts";

/** Edges of the area that is drawn on, in pixels. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Axis {
  readonly scale: Scale;
  readonly marks: readonly number[];
  readonly label: (value: number) => string;
}

/** A linear axis over `low`…`high` with about `count` marks. */
export function plain(low: number, high: number, range: [number, number], count = 4): Axis {
  const marks = ticks(low, high, count);
  return {
    scale: linear([Math.min(low, marks[0]!), Math.max(high, marks.at(-1)!)], range),
    marks,
    label: (it) => String(it).replace("-", "−"),
  };
}

/** By powers of ten, from `low` to `high` and no further. */
export function powers(low: number, high: number, range: [number, number]): Axis {
  const [from, to] = [Math.log10(low), Math.log10(high)];
  const line = linear([from, to], range);
  const first = Math.ceil(from - 1e-9);
  const count = Math.max(0, Math.floor(to + 1e-9) - first) + 1;
  // Marks so close that their numbers would touch are thinned out.
  const step = Math.max(1, Math.ceil((26 * (to - from)) / Math.abs(range[1] - range[0])));
  const marks = Array.from({ length: count }, (_, i) => first + i)
    .filter((it) => (it - first) % step === 0)
    .map((it) => 10 ** it);
  return { scale: (value) => line(Math.log10(value)), marks, label: (it) => powerName(it) };
}

/** 0.1, 1, 10, then 10³ … */
export function powerName(value: number): string {
  const power = Math.round(Math.log10(value));
  if (power >= -1 && power <= 2) return String(10 ** power);
  return `10${superscript(power)}`;
}

/** Grid lines and numbers of a vertical axis. */
export const rows = (axis: Axis, area: Area): SVGTemplateResult[] =>
  axis.marks.map(
    (it) => svg`<path class="grid" d="M${area.left} ${round(axis.scale(it))}H${area.right}" />
      <text class="small" x=${area.left - 6} y=${round(axis.scale(it)) + 4} text-anchor="end">${axis.label(it)}</text>`,
  );

/** Numbers below a horizontal axis. */
export const columns = (axis: Axis, area: Area): SVGTemplateResult[] =>
  axis.marks.map(
    (it) =>
      svg`<path class="grid" d="M${round(axis.scale(it))} ${area.bottom}v4" />
      <text class="small" x=${round(axis.scale(it))} y=${area.bottom + 16} text-anchor="middle">${axis.label(it)}</text>`,
  );

/** A line through points. */
export function line(points: readonly (readonly [number, number])[], x: Scale, y: Scale): string {
  return points.map(([a, b], i) => `${i ? "L" : "M"}${round(x(a))} ${round(y(b))}`).join("");
}

/** A plot in its own size, and in words for those who do not see it. */
export const plotFrame = (
  { width, height, label, look = "plot" }: PlotFrame,
  marks: SVGTemplateResult,
): TemplateResult =>
  html`<svg
    class=${look}
    width=${width}
    height=${height}
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label=${label}
  >
    ${marks}
  </svg>`;

interface PlotFrame {
  readonly width: number;
  readonly height: number;
  readonly label: string;
  readonly look?: string;
}

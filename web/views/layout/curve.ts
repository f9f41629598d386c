/** Lines and steps through a few numbers. Leaves out: drawing of axes and words. */
import { linear, ticks, ticksWithin, type Scale } from "./scale.ts";

export interface Point {
  x: number;
  y: number;
}

export interface Plot {
  x: Scale;
  y: Scale;
  xTicks: readonly number[];
  yTicks: readonly number[];
}

/**
 * Scales that hold all points between the ends of the axes in pixels, and zero where the numbers
 * are near it. `xs`, `ys`: values that an axis must reach anyway, so that it need not grow with
 * every point.
 */
export function plotOf(
  points: readonly Point[],
  across: readonly [left: number, right: number],
  down: readonly [bottom: number, top: number],
  xs: readonly number[] = [],
  ys: readonly number[] = [],
): Plot {
  const [firstX, lastX] = extent([...points.map((it) => it.x), ...xs]);
  const [low, high] = extent([...points.map((it) => it.y), ...ys]);
  const yTicks = ticks(low >= 0 && low < high / 2 ? 0 : low, high, 3);
  const [bottom, top] = [yTicks[0]!, yTicks.at(-1)!];
  return {
    x: linear([firstX, Math.max(lastX, firstX + 1)], across),
    y: linear([bottom, top > bottom ? top : bottom + 1], down),
    xTicks: ticksWithin(firstX, lastX, 6),
    yTicks,
  };
}

function extent(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  return [Math.min(...finite), Math.max(...finite)];
}

/** Straight lines from point to point, or every value held until the next. */
export const linePath = (points: readonly Point[], { x, y }: Plot, holds = false): string =>
  points
    .map((point, i) => {
      const [across, down] = [round(x(point.x)), round(y(point.y))];
      if (i === 0) return `M${across} ${down}`;
      return holds ? `H${across}V${down}` : `L${across} ${down}`;
    })
    .join("");

/** A tenth of a pixel is finer than anybody sees; fewer digits make smaller exports. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

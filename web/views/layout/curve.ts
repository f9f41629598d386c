/** Lines and steps through a few numbers. Leaves out: drawing of axes and words. */
import { linear, ticks, type Scale } from "./scale.ts";

export interface Point {
  x: number;
  y: number;
}

export interface Series {
  name: string;
  points: readonly Point[];
}

export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Plot {
  x: Scale;
  y: Scale;
  xTicks: readonly number[];
  yTicks: readonly number[];
}

/**
 * Scales that hold all points, and zero where the numbers are near it. `xs`: the values that the
 * horizontal axis must reach anyway, so that it need not grow with every point.
 */
export function plotOf(
  series: readonly Series[],
  frame: Frame,
  xs: readonly number[] = [],
  ys: readonly number[] = [],
): Plot {
  const points = series.flatMap((it) => it.points);
  const [firstX, lastX] = extent([...points.map((it) => it.x), ...xs]);
  const [low, high] = extent([...points.map((it) => it.y), ...ys]);
  const bottom = low >= 0 && low < high / 2 ? 0 : low;
  const yTicks = ticks(bottom, high, 3);
  const y = linear(
    [yTicks[0]!, yTicks.at(-1)! > yTicks[0]! ? yTicks.at(-1)! : yTicks[0]! + 1],
    [frame.height - frame.bottom, frame.top],
  );
  const x = linear([firstX, Math.max(lastX, firstX + 1)], [frame.left, frame.width - frame.right]);
  const whole = ticks(firstX, lastX, 6).filter((at) => at >= firstX && at <= lastX);
  return { x, y, xTicks: whole, yTicks };
}

function extent(values: readonly number[]): [number, number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  return [Math.min(...finite), Math.max(...finite)];
}

/** Straight lines from point to point; a value that is no number interrupts the line. */
export function linePath(points: readonly Point[], { x, y }: Plot): string {
  let pen = "M";
  return points
    .map((point) => {
      if (!Number.isFinite(point.y)) {
        pen = "M";
        return "";
      }
      const part = `${pen}${round(x(point.x))} ${round(y(point.y))}`;
      pen = "L";
      return part;
    })
    .join("");
}

/** Every value holds until the next. */
export function stepPath(points: readonly Point[], { x, y }: Plot): string {
  return points
    .map((point, index) =>
      index === 0
        ? `M${round(x(point.x))} ${round(y(point.y))}`
        : `H${round(x(point.x))}V${round(y(point.y))}`,
    )
    .join("");
}

/** A tenth of a pixel is finer than anybody sees; fewer digits make smaller exports. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

import { expect, test } from "vitest";
import { linePath, plotOf } from "./curve.ts";
import { ticks } from "./scale.ts";

const ACROSS = [10, 110] as const;
const DOWN = [50, 10] as const;
const series = (ys: number[]) => ys.map((y, x) => ({ x, y }));

test("ticks are round numbers that cover the values", () => {
  expect(ticks(0, 1, 4)).toEqual([0, 0.5, 1]);
  expect(ticks(0.12, 0.37, 3)).toEqual([0.1, 0.2, 0.3, 0.4]);
  expect(ticks(-3, 41, 4)).toEqual([-20, 0, 20, 40, 60]);
  expect(ticks(2, 2)).toEqual([2]);
});

test("a line goes through its points", () => {
  const points = series([0, 10, 5, 5, 10]);
  const plot = plotOf(points, ACROSS, DOWN);
  expect(linePath(points, plot)).toBe("M10 50L35 10L60 30L85 30L110 10");
});

test("a step holds its value until the next", () => {
  const points = series([0, 10]);
  expect(linePath(points, plotOf(points, ACROSS, DOWN), true)).toBe("M10 50H110V10");
});

test("the asked ends of an axis are reached, so that the plot does not grow with each point", () => {
  const plot = plotOf(series([1, 2]), ACROSS, DOWN, [0, 9]);
  expect(plot.x(9)).toBe(110);
  expect(plotOf(series([3, 3]), ACROSS, DOWN).y(3)).toBeGreaterThanOrEqual(10);
});

import { expect, test } from "vitest";
import { linePath, plotOf, stepPath } from "./curve.ts";
import { ticks } from "./scale.ts";

const frame = { width: 110, height: 60, left: 10, right: 0, top: 10, bottom: 10 };
const series = (ys: number[]) => [{ name: "mu", points: ys.map((y, x) => ({ x, y })) }];

test("ticks are round numbers that cover the values", () => {
  expect(ticks(0, 1, 4)).toEqual([0, 0.5, 1]);
  expect(ticks(0.12, 0.37, 3)).toEqual([0.1, 0.2, 0.3, 0.4]);
  expect(ticks(-3, 41, 4)).toEqual([-20, 0, 20, 40, 60]);
  expect(ticks(2, 2)).toEqual([2]);
});

test("a line goes through its points and stops where there is no number", () => {
  const numbers = series([0, 10, NaN, 5, 10]);
  const plot = plotOf(numbers, frame);
  expect(linePath(numbers[0]!.points, plot)).toBe("M10 50L35 10M85 30L110 10");
});

test("a step holds its value until the next", () => {
  const numbers = series([0, 10]);
  expect(stepPath(numbers[0]!.points, plotOf(numbers, frame))).toBe("M10 50H110V10");
});

test("the asked ends of an axis are reached, so that the plot does not grow with each point", () => {
  const plot = plotOf(series([1, 2]), frame, [0, 9]);
  expect(plot.x(9)).toBe(110);
  expect(plotOf(series([3, 3]), frame).y(3)).toBeGreaterThanOrEqual(10);
});

import { expect, test } from "vitest";
import { letter, shapeOf, totals } from "./batch.ts";

const fed = (lane: number, rows: number, padding = 0) => ({
  lane,
  rows: Array.from({ length: rows }, (_, i) => i),
  padding,
});

test("rows 3, 1 and 2 begin at 0, 3 and 4, and a rectangle has nine cells for six rows", () => {
  const shape = shapeOf([fed(0, 3), fed(1, 1), fed(2, 2)]);
  expect(shape).toEqual({ starts: [0, 3, 4, 6], list: 6, rectangle: 9, most: 3, padding: 0 });
});

test("a prompt that has finished takes no cell of the rectangle", () => {
  const shape = shapeOf([fed(0, 0), fed(1, 2), fed(2, 4)]);
  expect(shape).toEqual({ starts: [0, 0, 2, 6], list: 6, rectangle: 8, most: 4, padding: 0 });
});

test("computed padding fills the rectangle", () => {
  const shape = shapeOf([fed(0, 3, 0), fed(1, 1, 2), fed(2, 2, 1)]);
  expect(shape.list + shape.padding).toBe(shape.rectangle);
  expect(totals([shape, shape])).toEqual({ list: 12, rectangle: 18, padding: 6 });
});

test("prompts are letters", () => {
  expect([0, 1, 7].map(letter)).toEqual(["A", "B", "H"]);
});

import { expect, test } from "vitest";
import { frameFor } from "./tree-frame.ts";

/** Columns whose chips end within `width`. */
const inSight = (width: number, columns: number) => frameFor(width, columns).right <= width;

test("a draft of four or five guesses fits the stage of a desktop page, one of three a phone", () => {
  for (const columns of [1, 2, 3, 4, 5])
    expect([columns, inSight(566, columns)]).toEqual([columns, true]);
  expect(inSight(356, 2)).toBe(true);
  expect(inSight(374, 3)).toBe(true);
});

test("chips shrink only where they must", () => {
  expect(frameFor(1000, 4)).toMatchObject({ width: 92, trunk: 2 });
  expect(frameFor(566, 3).width).toBe(92);
  expect(frameFor(566, 12)).toMatchObject({ width: 70, trunk: 1 });
});

import { expect, test } from "vitest";
import { chipAt, frameFor, stageHeight } from "./tree-frame.ts";

/** Whether a draft of `depths` with `abreast` guesses side by side is whole within `width`. */
const inSight = (width: number, depths: number, abreast = 1) =>
  frameFor(width, depths, abreast).right <= width;

test("a draft of four or five guesses fits the stage of a desktop page", () => {
  for (const depths of [1, 2, 3, 4, 5])
    expect([depths, inSight(566, depths, 12)]).toEqual([depths, true]);
});

test("chips shrink only where they must", () => {
  expect(frameFor(1000, 4, 1)).toMatchObject({ width: 92, trunk: 2 });
  expect(frameFor(566, 3, 1).width).toBe(92);
  expect(frameFor(566, 12, 1)).toMatchObject({ width: 70, trunk: 1 });
});

test("on a phone the draft grows downwards, up to four guesses abreast and of any depth", () => {
  expect(inSight(326, 40, 4)).toBe(true);
  expect(frameFor(326, 5, 3).width).toBe(92);
  const frame = frameFor(326, 5, 4);
  expect([frame.down, frameFor(560, 5, 4).down]).toEqual([true, false]);
  // A broader one would be seen in part only: it stays across.
  expect(frameFor(326, 5, 5).down).toBe(false);
  const [head, guess, beside] = [
    { column: 0, row: 0 },
    { column: 1, row: 0 },
    { column: 1, row: 1 },
  ].map((it) => chipAt(it, frame));
  expect(guess!.x).toBe(head!.x);
  expect(guess!.y).toBeGreaterThan(head!.y);
  expect(beside!.y).toBe(guess!.y);
  expect(beside!.x - guess!.x).toBeGreaterThan(frame.width);
  expect(stageHeight(40, 4, frame)).toBe(stageHeight(9, 4, frame));
  expect(stageHeight(5, 4, frame)).toBeLessThan(stageHeight(6, 1, frame));
});

import { expect, test } from "vitest";
import { needed } from "./follow.ts";

test("what is in sight stays where it is; what is not comes just into sight", () => {
  expect(needed(100, 300, 150, 390)).toBe(100);
  expect(needed(100, 300, 380, 480)).toBe(180);
  expect(needed(100, 300, 40, 90)).toBe(40);
  // Wider than the box: its end, where the news are.
  expect(needed(0, 300, 100, 700)).toBe(400);
});

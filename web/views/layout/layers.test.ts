import { expect, test } from "vitest";
import { namesIn, stripOf, type Try } from "./layers.ts";

const tried = (round: number, set: string, matchness: number, adopted: boolean): Try => ({
  round,
  skipped: namesIn(set),
  matchness,
  adopted,
});

test("a set is read from its names", () => {
  expect([...namesIn("attention 1, feed-forward 3")]).toEqual(["attention 1", "feed-forward 3"]);
  expect(namesIn("").size).toBe(0);
});

test("the best share never falls, and rises where a set is adopted", () => {
  const tries = [
    tried(4, "attention 1", 0.5, true),
    tried(5, "attention 2", 0.25, false),
    tried(6, "feed-forward 1", 0.75, true),
  ];
  const strip = stripOf(["attention 1", "feed-forward 1", "attention 2"], tries);
  expect(strip.best).toEqual([0.5, 0.5, 0.75]);
  strip.best.forEach((best, i) => {
    const rises = best > (strip.best[i - 1] ?? 0);
    expect(rises).toBe(tries[i]!.adopted);
  });
});

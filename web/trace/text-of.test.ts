import { expect, test } from "vitest";
import type { Trace } from "../generated/Trace.ts";
import batch from "../views/fixtures/list.json?raw";
import single from "../views/fixtures/lanes.json?raw";
import { othersOf, promptOf } from "./text-of.ts";

test("a batch has the prompts of its further lanes, in their order", () => {
  const trace = JSON.parse(batch) as Trace;
  expect(promptOf(trace)).toBe(" 0 1");
  expect(othersOf(trace)).toEqual([" 2", " 3 1 0 2 3"]);
});

test("a run of one prompt has no others", () => {
  expect(othersOf(JSON.parse(single) as Trace)).toEqual([]);
});

import { expect, test } from "vitest";
import type { Event } from "../generated/Event.ts";
import type { Recorded } from "../generated/Recorded.ts";
import { course } from "./align.ts";

const score = (role: string, skipped = false): Event => ({
  kind: "score",
  role,
  pass: 0,
  variant: skipped ? { skip_attention: [1], skip_mlp: [] } : null,
  nodes: [0],
  ancestors: [],
  rows: [],
  group: null,
});
const commit = (nodes: number[], lane = 0): Event => ({
  kind: "commit",
  lane,
  head: nodes.at(-1)!,
  nodes,
});

// Two rounds: a draft pass, the target's pass, tokens; the second drafts with a skipped layer.
const trace = {
  events: [
    { kind: "step", index: 0 } as Event,
    score("draft"),
    score("target"),
    commit([1, 2]),
    { kind: "step", index: 1 } as Event,
    score("target", true),
    score("target"),
    commit([3]),
    commit([9], 1),
  ],
  recorded: { pass_ms: [1, 10, 2, 20] } as Recorded,
};

test("passes are full passes of the target", () => {
  const passes = course(trace, "passes");
  expect(passes.length).toBe(2);
  expect(passes.indexAt(0)).toBe(2);
  // What a pass leads to belongs to it: the run stands before the next target pass.
  expect(passes.indexAt(1)).toBe(6);
  expect(passes.indexAt(2)).toBe(trace.events.length);
});

test("tokens are those of the answer", () => {
  const tokens = course(trace, "tokens");
  expect(tokens.length).toBe(3);
  expect(tokens.indexAt(1)).toBe(3);
  expect(tokens.indexAt(2)).toBe(7);
  expect(tokens.valueAt(4)).toBe(2);
});

test("time adds up every pass", () => {
  const time = course(trace, "time");
  expect(time.length).toBe(33);
  expect(time.indexAt(12)).toBe(5);
  expect(time.valueAt(0)).toBe(0);
  expect(time.valueAt(7)).toBe(33);
});

test("beyond the end a run stays at its end", () => {
  expect(course(trace, "passes").indexAt(99)).toBe(trace.events.length);
});

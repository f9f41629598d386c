import { expect, test } from "vitest";
import type { Event } from "../generated/Event.ts";
import type { Rule } from "../generated/Rule.ts";
import { fold } from "../trace/fold.ts";
import { loadTrace } from "../trace/load.ts";
import { alphaOf, measuredC, reachOf, roundsOf, timedKinds } from "./measured.ts";
import golden from "../../tests/golden/speculative-decoding.json?raw";
import skipping from "../../tests/golden/swift.json?raw";
import tree from "../../tests/golden/rsd-s.json?raw";
import plain from "../../tests/golden/basic-sampling.json?raw";

const grow = (node: number, parent: number | null, by: string): Event => ({
  kind: "grow",
  node,
  parent,
  lane: 0,
  input: { token: node },
  by,
  log_prob: null,
  row: null,
});
const test_ = (node: number, accepted: boolean, p: number, q: number, rule: Rule): Event => ({
  kind: "judge",
  node,
  accepted,
  rule,
  p,
  q,
  u: 0.5,
  residual: null,
});

/** Three guesses, of which the second is refused; two that are kept; two, the first refused. */
const events: Event[] = [
  grow(0, null, "prompt"),
  { kind: "step", index: 0 },
  grow(1, 0, "draft"),
  grow(2, 1, "draft"),
  grow(3, 2, "draft"),
  test_(1, true, 0.6, 0.4, "ratio"),
  test_(2, false, 0.1, 0.4, "ratio"),
  { kind: "prune", nodes: [2, 3], reason: "refused" },
  grow(4, 1, "recovered"),
  { kind: "commit", lane: 0, head: 4, nodes: [1, 4] },
  { kind: "step", index: 1 },
  grow(5, 4, "draft"),
  grow(6, 5, "draft"),
  test_(5, true, 0.3, 0.5, "ratio"),
  test_(6, true, 0.9, 0.3, "ratio"),
  grow(7, 6, "bonus"),
  { kind: "commit", lane: 0, head: 7, nodes: [5, 6, 7] },
  { kind: "step", index: 2 },
  grow(8, 7, "draft"),
  grow(9, 8, "draft"),
  test_(8, false, 0.1, 0.5, "ratio"),
  { kind: "prune", nodes: [8, 9], reason: "refused" },
  grow(10, 7, "recovered"),
  { kind: "commit", lane: 0, head: 10, nodes: [10] },
];

test("α counts what was tested: the guess behind a refused one was not", () => {
  const alpha = alphaOf(fold(events))!;
  expect([alpha.kept, alpha.tested, alpha.share]).toEqual([3, 5, 0.6]);
  // min(1, p/q) of each test: 1, .25, .6, 1, .2.
  expect(alpha.expected).toBeCloseTo((1 + 0.25 + 0.6 + 1 + 0.2) / 5, 12);
});

test("a draft counts at a position when it was long enough", () => {
  expect(reachOf(fold(events))).toEqual([
    { position: 1, drafts: 3, kept: 2 },
    { position: 2, drafts: 3, kept: 1 },
    { position: 3, drafts: 1, kept: 0 },
  ]);
});

test("tokens a round are all tokens over all rounds", () => {
  expect(roundsOf(fold(events))).toEqual({ count: 3, tokens: 2, length: 7 / 3 });
});

test("nothing is claimed of a run without guesses", () => {
  const trace = loadTrace(plain);
  const state = fold(trace.events);
  expect([alphaOf(state), roundsOf(state), reachOf(state)]).toEqual([null, null, []]);
  expect(measuredC(state, trace.recorded)).toBe(0);
});

test("a recorded chain agrees with itself: tests, drafts and tokens", () => {
  const trace = loadTrace(golden);
  const state = fold(trace.events);
  const judged = state.nodes.flatMap((it) => it.judges);
  const alpha = alphaOf(state)!;
  expect(alpha.tested).toBe(judged.length);
  expect(alpha.kept).toBe(judged.filter((it) => it.event.accepted).length);
  // Both estimate the same thing, from a few dozen tests.
  expect(Math.abs(alpha.expected! - alpha.share)).toBeLessThan(0.2);
  const reach = reachOf(state);
  expect(reach.reduce((sum, it) => sum + it.kept, 0)).toBe(alpha.kept);
  const rounds = roundsOf(state)!;
  expect(rounds.tokens * rounds.count).toBeCloseTo(rounds.count + alpha.kept, 9);
  const c = measuredC(state, trace.recorded)!;
  expect(c).toBeGreaterThan(0.02);
  expect(c).toBeLessThan(0.5);
});

test("where guesses compete for a place, only the places are counted", () => {
  const alpha = alphaOf(fold(loadTrace(tree).events))!;
  expect(alpha.expected).toBeNull();
  expect(alpha.kept).toBeLessThanOrEqual(alpha.tested);
});

test("passes with skipped layers are timed as networks of fewer layers", () => {
  const trace = loadTrace(skipping);
  const state = fold(trace.events);
  const kinds = timedKinds(state, trace.models, trace.recorded);
  const depths = kinds.map((it) => it.layers);
  expect(Math.min(...depths)).toBeLessThan(8);
  expect(kinds.every((it) => it.role === "target" && it.ms > 0)).toBe(true);
  expect(timedKinds(state, trace.models, null)).toEqual([]);
});

test("only passes over one token are compared between networks", () => {
  const trace = loadTrace(golden);
  const score = (nodes: number[]): Event => ({
    kind: "score",
    role: "target",
    pass: 0,
    variant: null,
    nodes,
    ancestors: [],
    rows: [],
    group: null,
  });
  const passes = [score([0]), score([1]), score([1, 2, 3]), score([2, 3]), score([3])];
  const state = fold([...events, ...passes]);
  const recorded = { ...trace.recorded, pass_ms: [1, 3, 9, 9, 2] };
  expect(timedKinds(state, trace.models, recorded)).toEqual([
    { role: "target", whole: true, layers: 8, passes: 3, ms: 2 },
  ]);
});

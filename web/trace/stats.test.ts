import { expect, test } from "vitest";
import type { Recorded } from "../generated/Recorded.ts";
import { fold } from "./fold.ts";
import { passTimes, stats } from "./stats.ts";
import type { Pass } from "./state.ts";
import { toyTrace } from "./toy.test-data.ts";

const { events } = toyTrace;
const count = (test: (it: (typeof events)[number]) => boolean) => events.filter(test).length;
const end = fold(events);

const recorded = (passMs: number[], total: number, plain: number | null): Recorded => ({
  device: "cpu",
  backend: "test",
  versions: {},
  pass_ms: passMs,
  total_ms: total,
  plain_ms_per_token: plain,
});

test("counts are the counts of the events", () => {
  const it = stats(end, null, true);
  expect(it.tokens).toBe(toyTrace.tokens.length);
  expect(it.targetPasses).toBe(count((e) => e.kind === "score" && e.role === "target"));
  expect(it.draftPasses).toBe(count((e) => e.kind === "score" && e.role === "draft"));
  expect(it.drafted).toBe(count((e) => e.kind === "grow" && e.by === "draft"));
  expect(it.judged).toBe(count((e) => e.kind === "judge"));
  expect(it.accepted).toBe(count((e) => e.kind === "judge" && e.accepted));
  expect(it.tokensPerPass).toBeCloseTo(it.tokens / it.targetPasses, 12);
  expect(it.times).toBeNull();
});

test("acceptance by position adds up to all tests of a chain", () => {
  const { positions, judged, accepted } = stats(end, null, true);
  expect(positions.reduce((sum, it) => sum + it.tried, 0)).toBe(judged);
  expect(positions.reduce((sum, it) => sum + it.accepted, 0)).toBe(accepted);
  expect(positions.map((it) => it.position)).toEqual([1, 2, 3, 4]);
});

test("draft, verify and the rest add up to the measured time", () => {
  const times = end.passes.map((it) => (it.role === "target" ? 10 : 2));
  const sum = times.reduce((a, b) => a + b, 0);
  const it = stats(end, recorded(times, sum + 7, 4), true);
  expect(it.times).toEqual({
    draft: 2 * it.draftPasses,
    verify: 10 * it.targetPasses,
    other: 7,
    total: sum + 7,
  });
  expect(it.plainMs).toBe(4 * it.tokens);
  expect(it.speedup).toBeCloseTo((4 * it.tokens) / (sum + 7), 12);
});

test("passes that could overlap were measured one after another, and all of them count", () => {
  const pass = (ordinal: number, group: number | null): Pass => ({
    ...{ ordinal, index: ordinal, round: 0, role: "target", pass: ordinal, variant: null },
    ...{ nodes: [], ancestors: [], group },
  });
  const passes = [pass(0, null), pass(1, 5), pass(2, 5), pass(3, null)];
  expect(passTimes(passes, recorded([1, 3, 4, 2], 10, null))).toEqual([1, 3, 4, 2]);
});

import { describe, expect, test } from "vitest";
import { fold } from "../trace/fold.ts";
import type { EventOf } from "../trace/state.ts";
import { toyTrace } from "../trace/toy.test-data.ts";
import { acceptance, tossesCoin } from "./coin-numbers.ts";

const verdict = (p: number, q: number | null, rest: Partial<EventOf<"judge">> = {}) => ({
  kind: "judge" as const,
  node: 0,
  accepted: true,
  rule: "ratio" as const,
  p,
  q,
  u: 0.5,
  residual: null,
  ...rest,
});

describe("the coin", () => {
  test("says for every recorded test what the event says", () => {
    const judged = toyTrace.events.filter((it) => it.kind === "judge");
    expect(judged.length).toBeGreaterThan(10);
    for (const it of judged) {
      expect(tossesCoin(it)).toBe(true);
      expect(it.u! < acceptance(it)).toBe(it.accepted);
    }
  });

  test("p and q recompute from the stored rows to 1e-6", () => {
    // The toy run has temperature 0.8 and lists its whole vocabulary, so that p and q can be had
    // from the raw rows: softmax of log-probabilities over 0.8.
    const end = fold(toyTrace.events);
    const heated = (top: readonly (readonly [number, number])[], token: number) => {
      const weights = top.map(([id, logProb]) => [id, Math.exp(logProb / 0.8)] as const);
      const sum = weights.reduce((all, [, weight]) => all + weight, 0);
      return weights.find(([id]) => id === token)![1] / sum;
    };
    let tested = 0;
    for (const node of end.nodes) {
      const it = node.judges.at(-1)?.event;
      if (!it) continue;
      const rows = end.nodes[node.parent!]!.scored;
      const target = rows.find((row) => row.role === "target")!.row.top;
      const draft = rows.find((row) => row.role === "draft")!.row.top;
      expect(it.p).toBeCloseTo(heated(target, node.token!), 6);
      expect(it.q!).toBeCloseTo(heated(draft, node.token!), 6);
      tested++;
    }
    expect(tested).toBe(23);
  });

  test("keeps with min(1, p/q)", () => {
    expect(acceptance(verdict(0.2, 0.4))).toBeCloseTo(0.5, 12);
    expect(acceptance(verdict(0.4, 0.2))).toBe(1);
    expect(acceptance(verdict(0, 0))).toBe(0);
  });

  test("keeps a guess that was not drawn with p", () => {
    expect(acceptance(verdict(0.3, null, { rule: "one_hot" }))).toBe(0.3);
  });

  test("a scaled q makes it likelier or less likely", () => {
    expect(acceptance(verdict(0.2, 0.4, { scale: 0.5 }))).toBe(1);
    expect(acceptance(verdict(0.2, 0.4, { rule: "k_seq", scale: 1.25 }))).toBeCloseTo(0.4, 12);
  });

  test("greedy rules toss no coin", () => {
    expect(tossesCoin(verdict(1, null, { rule: "greedy", u: null }))).toBe(false);
    expect(tossesCoin(verdict(1, null, { rule: "sample_match" }))).toBe(false);
  });
});

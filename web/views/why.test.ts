import { describe, expect, test } from "vitest";
import type { Event } from "../generated/Event.ts";
import { fold } from "../trace/fold.ts";
import { toyTrace } from "../trace/toy.test-data.ts";
import { trouble, why, whyNode } from "./why.ts";

const vocabulary = { 0: " a", 1: " cat", 2: " dog", 3: " end" };
const grow = (node: number, parent: number | null, token: number, by: string): Event => ({
  ...{ kind: "grow", node, parent, lane: 0, input: { token }, by },
  ...{ log_prob: by === "draft" ? Math.log(0.62) : null, row: null },
});
const judge = (node: number, accepted: boolean, rest: Partial<Event> = {}): Event =>
  ({
    ...{ kind: "judge", node, accepted, rule: "ratio", p: 0.41, q: 0.62, u: 0.52 },
    ...{ residual: null, ...rest },
  }) as Event;
const commit = (...nodes: number[]): Event => ({
  ...{ kind: "commit", lane: 0, head: nodes.at(-1)!, nodes },
});
const step = (index: number): Event => ({ kind: "step", index });

const said = (events: Event[], node: number): string => {
  const state = fold(events);
  return whyNode(state, state.nodes[node]!, vocabulary);
};

describe("why", () => {
  const start = [grow(0, null, 0, "prompt"), step(0), grow(1, 0, 1, "draft")];

  test("a kept guess", () => {
    expect(said([...start, judge(1, true)], 1)).toBe(
      "The draft said “␣cat” with q = 0.62; the target gives p = 0.41 → keep with 66 %. The coin was 0.520: kept.",
    );
  });
  test("a certain one", () => {
    expect(said([...start, judge(1, true, { p: 0.9 })], 1)).toMatch(/keep for certain\.$/);
  });
  test("a guess that an earlier pass drew, and one that stood there to begin with", () => {
    const told = (q: number) => {
      const events = [grow(0, null, 0, "prompt"), step(0), grow(1, 0, 1, "jacobi")];
      return said([...events, judge(1, true, { q })], 1);
    };
    expect(told(0.62)).toMatch(/^An earlier pass drew “␣cat” with q = 0.62; the target gives p/);
    expect(told(1)).toMatch(/^“␣cat” stood there to begin with \(q = 1\); the target gives p/);
  });
  test("what nothing proved", () => {
    const taken = (by: string) => [grow(0, null, 0, "prompt"), step(0), grow(1, 0, 1, by), commit(1)]; // prettier-ignore
    expect(said(taken("approximate"), 1)).toBe(
      "“␣cat” is a guess, taken as it stood: nothing proved it.",
    );
    expect(said(taken("given"), 1)).toBe(
      "“␣cat” is written by the method, not chosen by the model.",
    );
  });
  test("a pending one", () => {
    expect(said(start, 1)).toMatch(/nothing has judged it yet/);
  });
  test("greedy, with the token that won", () => {
    const events = [
      ...start,
      judge(1, false, { rule: "greedy", q: null, u: null }),
      grow(2, 0, 2, "recovered"),
    ];
    expect(said(events, 1)).toBe("The target's best token here is “␣dog”, not “␣cat”: rejected.");
  });
  test("a token that was looked up", () => {
    const events = [...start, judge(1, false, { rule: "one_hot", q: null, p: 0.1 })];
    expect(said(events, 1)).toMatch(/^“␣cat” was looked up, not drawn;.*keep with 10 %.*rejected/);
  });
  test("a token that a filter cut, and one that was not drawn", () => {
    const stages = [
      { name: "model", value: null, cutoff: null, kept: 4, probs: [0.7, 0.2, 0.1], rest: 0 },
      { name: "top_k", value: 2, cutoff: 2, kept: 2, probs: [0.75, 0.25, 0], rest: 0 },
    ];
    const sample: Event = {
      ...{ kind: "sample", node: 0, purpose: "target", tokens: [1, 2, 3], stages },
      ...{ u: 0.3, token: 1, prob: 0.75, span: [0, 0.75] },
    };
    const state = fold([...start, sample]);
    const ask = (token: number) => why(state, { node: 0, token }, vocabulary);
    expect(ask(3)).toBe("“␣end” was cut by top_k = 2: 2 tokens were left.");
    expect(ask(2)).toMatch(/could have been drawn, with probability 0\.25/);
  });
  test("every node of a run has a sentence", () => {
    const state = fold(toyTrace.events);
    for (const node of state.nodes)
      expect(whyNode(state, node, toyTrace.vocabulary)).toMatch(/\.$/);
  });
});

describe("trouble is named", () => {
  const round = (index: number, head: number): Event[] => [
    step(index),
    grow(head + 1, head, 1, "draft"),
    judge(head + 1, false),
    grow(head + 2, head, 2, "recovered"),
    commit(head + 2),
  ];
  test("full rejection of a round", () => {
    const events = [grow(0, null, 0, "prompt"), ...round(0, 0)];
    expect(trouble(fold(events), 9)).toMatch(/^Full rejection: none of 1 guesses/);
  });
  test("no acceptance at all", () => {
    const events = [grow(0, null, 0, "prompt"), ...round(0, 0), ...round(1, 2), ...round(2, 4)];
    expect(trouble(fold(events), 9)).toMatch(/^No guess has been kept in 3 rounds/);
  });
  test("an early stop", () => {
    const finish: Event = {
      ...{ kind: "finish", node: 2, reason: "end_token", score: null, ranked: null },
    };
    const events = [grow(0, null, 0, "prompt"), ...round(0, 0), finish];
    expect(trouble(fold(events), 9)).toBe(
      "Early stop: the model wrote its end token after 1 of 9 tokens.",
    );
    expect(trouble(fold(events), 1)).not.toMatch(/^Early/);
  });
  test("nothing when all is well", () => {
    const events = [
      ...[grow(0, null, 0, "prompt"), step(0), grow(1, 0, 1, "draft")],
      ...[judge(1, true), commit(1)],
    ];
    expect(trouble(fold(events), 9)).toBeNull();
  });
});

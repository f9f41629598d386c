import { expect, test } from "vitest";
import { toyTrace } from "../trace/toy.test-data.ts";
import { barShare, ruler, tokenAt } from "./distribution.ts";

const draws = toyTrace.events.filter((it) => it.kind === "sample");

test("every stage sums to 1 with its other mass", () => {
  expect(draws.length).toBeGreaterThan(10);
  for (const { stages } of draws)
    for (const { probs, rest } of stages) {
      const sum = probs.reduce((all, p) => all + p, rest);
      expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
    }
});

test("the ruler is covered once, and the needle falls on the chosen token", () => {
  for (const draw of draws) {
    const stretches = ruler(draw);
    let at = 0;
    for (const { from, to } of stretches) {
      expect(from).toBeCloseTo(at, 6);
      at = to;
    }
    expect(at).toBeCloseTo(1, 6);
    const chosen = stretches.find((it) => it.token === draw.token)!;
    expect(chosen.from).toBeCloseTo(draw.span[0], 6);
    expect(chosen.to).toBeCloseTo(draw.span[1], 6);
    if (draw.u !== null) {
      expect(draw.u).toBeGreaterThanOrEqual(chosen.from - 1e-6);
      expect(draw.u).toBeLessThan(chosen.to + 1e-6);
    }
  }
});

test("where tokens are left that are not listed, only the chosen stretch is claimed", () => {
  const draw = {
    ...draws[0]!,
    span: [0.2, 0.5] as [number, number],
    stages: [{ ...draws[0]!.stages[0]!, rest: 0.1 }],
  };
  expect(ruler(draw).map((it) => it.token)).toEqual([null, draw.token, null]);
});

test("the logarithmic scale ends at the floor and keeps the order", () => {
  expect(barShare(1, true)).toBe(1);
  expect(barShare(1e-4, true)).toBeCloseTo(0, 12);
  expect(barShare(1e-9, true)).toBe(barShare(1e-4, true));
  expect(barShare(0.5, true)).toBeGreaterThan(barShare(0.05, true));
  expect(barShare(0.25, false)).toBe(0.25);
});

test("the needle that the reader moves falls on the token whose stretch it enters", () => {
  for (const draw of draws) {
    if (draw.u !== null) expect(tokenAt(draw, draw.u)).toBe(draw.token);
    for (const { token, from, to } of ruler(draw)) {
      if (to > from) expect(tokenAt(draw, (from + to) / 2)).toBe(token);
    }
  }
});

import { expect, test } from "vitest";
import { fitLine, throughput, tokensToBreakEven } from "./draft-latency.ts";

test("a draft of 2 ms instead of 1 must bring 1.286 times the tokens: 18 ms against 14", () => {
  expect(throughput(14, 4, 1, 10)).toBe(1);
  expect(throughput(18, 4, 2, 10)).toBe(1);
  const factor = tokensToBreakEven(4, 1, 2, 10);
  expect(factor).toBeCloseTo(1.286, 3);
  // With so many more tokens both are equally fast.
  expect(throughput(2.5 * factor, 4, 2, 10)).toBeCloseTo(throughput(2.5, 4, 1, 10), 12);
  // ΔTAR/TAR = k · Δt / (k · t + t_target)
  expect(factor - 1).toBeCloseTo((4 * 1) / (4 * 1 + 10), 12);
});

test("a draft that takes no time leaves the target's passes", () => {
  expect(throughput(2.5, 4, 0, 10)).toBe(0.25);
});

test("times of several depths give what is fixed and what a layer adds", () => {
  const exact = fitLine([1, 2, 4].map((layers) => ({ layers, ms: 0.3 + 0.2 * layers })))!;
  expect(exact.fixed).toBeCloseTo(0.3, 12);
  expect(exact.perLayer).toBeCloseTo(0.2, 12);
  expect(exact.error).toBeCloseTo(0, 12);
  const bent = fitLine([
    { layers: 1, ms: 1 },
    { layers: 2, ms: 3 },
    { layers: 3, ms: 2 },
  ])!;
  // By hand: slope 1/2, mean 2, distances −1/2, 1, −1/2.
  expect([bent.perLayer, bent.fixed]).toEqual([0.5, 1]);
  expect(bent.error).toBeCloseTo(Math.sqrt(0.5), 12);
});

test("two depths fix a line and test nothing; one depth fixes none", () => {
  expect(
    fitLine([
      { layers: 3, ms: 1 },
      { layers: 8, ms: 2 },
    ])!.error,
  ).toBeNull();
  expect(
    fitLine([
      { layers: 3, ms: 1 },
      { layers: 3, ms: 2 },
    ]),
  ).toBeNull();
  expect(fitLine([])).toBeNull();
});

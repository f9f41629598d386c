// The arithmetic of one acceptance test, computed again from its event.

import type { EventOf } from "../trace/state.ts";

/** Rules that toss a coin of min(1, p/q), or of p for a guess that was not drawn. */
export const tossesCoin = (verdict: EventOf<"judge">): boolean =>
  verdict.u !== null && verdict.rule !== "greedy" && verdict.rule !== "sample_match";

/** Probability that the rule keeps the guess. */
export function acceptance({ p, q, scale }: EventOf<"judge">): number {
  if (q === null) return Math.min(1, p);
  if (q <= 0) return p > 0 ? 1 : 0;
  return Math.min(1, p / ((scale ?? 1) * q));
}

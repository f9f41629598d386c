/**
 * What follows when every guess is kept with the same probability α, whatever happened before.
 * Leaves out: where α comes from (`measured.ts`) and what a pass takes (`roofline.ts`).
 *
 * α: probability that a tested guess is kept · γ: guesses a round · c: time of a draft pass over
 * time of a target pass on one token. Source: Leviathan et al. 2022, arXiv:2211.17192.
 */

/** Longest draft that `bestGamma` looks at. */
export const LONGEST = 64;

/** 1 + α + … + α^γ: tokens a round gives, the one after the last kept guess included. */
export function expectedTokens(alpha: number, gamma: number): number {
  if (alpha >= 1) return gamma + 1;
  return (1 - alpha ** (gamma + 1)) / (1 - alpha);
}

/** Probability that at least `position` guesses are kept. */
export const reaches = (alpha: number, position: number): number => alpha ** position;

/** Times faster than one token a pass, when a pass on γ + 1 tokens takes no longer than on one. */
export function speedUp(alpha: number, gamma: number, c: number): number {
  return expectedTokens(alpha, gamma) / (c * gamma + 1);
}

/** Times of passes, all in one unit. */
export interface PassTimes {
  /** A draft pass on one token. */
  draft: number;
  /** A target pass on so many rows. */
  target: (rows: number) => number;
}

/** The same where a wider pass of the target takes longer. */
export function speedUpOf(alpha: number, gamma: number, { draft, target }: PassTimes): number {
  return (expectedTokens(alpha, gamma) * target(1)) / (gamma * draft + target(gamma + 1));
}

/** Operations for a token over those of plain decoding; `c`: operations of a draft's token over the target's. */
export function operations(alpha: number, gamma: number, c: number): number {
  return (gamma * c + gamma + 1) / expectedTokens(alpha, gamma);
}

/** A draft length and what it gains. */
export interface Best {
  /** 0: no length makes it faster. */
  gamma: number;
  /** 1 where `gamma` is 0. */
  speedUp: number;
}

/** The draft length, 1 to `longest`, with the greatest gain; the shortest of equals. */
export function bestOf(gain: (gamma: number) => number, longest = LONGEST): Best {
  let best: Best = { gamma: 0, speedUp: 1 };
  for (let gamma = 1; gamma <= longest; gamma++) {
    const speedUp = gain(gamma);
    if (speedUp > best.speedUp + 1e-12) best = { gamma, speedUp };
  }
  return best;
}

export const bestGamma = (alpha: number, c: number): Best =>
  bestOf((gamma) => speedUp(alpha, gamma, c));

/**
 * PEARL: tokens a round. Its two models work at the same time, so a round takes
 * max(γ · draft, target). Source: derived for γ guesses before and after the first verification;
 * Liu et al. 2024, arXiv:2408.11850.
 */
export function pearlTokens(alpha: number, gamma: number): number {
  if (alpha >= 1) return gamma;
  const all = alpha ** gamma;
  return (1 - all) / ((1 - alpha) * (1 + alpha - all));
}

export function pearlSpeedUp(alpha: number, gamma: number, c: number): number {
  return pearlTokens(alpha, gamma) / Math.max(gamma * c, 1);
}

/**
 * Speculative contrastive decoding: when all guesses are kept, the token after them needs one
 * more pass of the draft. Source: Yuan et al. 2023, arXiv:2311.08981.
 */
export function contrastiveSpeedUp(alpha: number, gamma: number, c: number): number {
  return expectedTokens(alpha, gamma) / (c * gamma + c * alpha ** gamma + 1);
}

/** A node of a draft tree. */
export interface Guess {
  /** Index of its parent in the list, before its own; `null` below the root. */
  parent: number | null;
  /** Probability that it is kept when its parent was. */
  keep: number;
}

/** Tokens a round of a draft tree gives: the sum over root and nodes of the chance to reach them. */
export function treeTokens(guesses: readonly Guess[]): number {
  const reach: number[] = [];
  for (const { parent, keep } of guesses) {
    reach.push((parent === null ? 1 : reach[parent]!) * keep);
  }
  return 1 + reach.reduce((sum, it) => sum + it, 0);
}

/**
 * Which draft pays: a deeper one guesses better and takes longer.
 * Source: Yan, Agarwal and Venkataraman 2024, arXiv:2402.01528.
 */

/**
 * Tokens a unit of time. `tokens`: tokens a round gives · `guesses`: drafted a round ·
 * `draft`, `target`: time of a draft pass, and of the target pass over all guesses.
 */
export function throughput(tokens: number, guesses: number, draft: number, target: number): number {
  return tokens / (guesses * draft + target);
}

/** The factor by which a slower draft must raise the tokens of a round to be worth its time. */
export function tokensToBreakEven(
  guesses: number,
  draft: number,
  slower: number,
  target: number,
): number {
  return (guesses * slower + target) / (guesses * draft + target);
}

/** A network that was timed. */
export interface Timed {
  layers: number;
  /** Of a pass on one token. */
  ms: number;
}

/** ms = fixed + layers · perLayer. */
export interface Line {
  fixed: number;
  perLayer: number;
  /** Root of the mean squared distance in ms; `null` where two depths fix the line. */
  error: number | null;
}

/** The straight line nearest to the times (least squares); `null` below two depths. */
export function fitLine(timed: readonly Timed[]): Line | null {
  const depths = new Set(timed.map((it) => it.layers));
  if (depths.size < 2) return null;
  const mean = (of: (it: Timed) => number) =>
    timed.reduce((sum, it) => sum + of(it), 0) / timed.length;
  const x = mean((it) => it.layers);
  const y = mean((it) => it.ms);
  const perLayer = mean((it) => (it.layers - x) * (it.ms - y)) / mean((it) => (it.layers - x) ** 2);
  const fixed = y - perLayer * x;
  const error = Math.sqrt(mean((it) => (it.ms - fixed - perLayer * it.layers) ** 2));
  return { fixed, perLayer, error: depths.size > 2 ? error : null };
}

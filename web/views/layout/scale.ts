/** Straight axes with readable marks. Leaves out: logarithms and dates. */

/** Maps numbers of `domain` to pixels of `range`. */
export type Scale = (value: number) => number;

export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const span = domain[1] - domain[0] || 1;
  return (value) => range[0] + ((value - domain[0]) / span) * (range[1] - range[0]);
}

/** Those of `ticks` that lie in `low`…`high`. */
export const ticksWithin = (low: number, high: number, count: number): number[] =>
  ticks(low, high, count).filter((at) => at >= low && at <= high);

/** About `count` round numbers that cover `low`…`high`, ends included. */
export function ticks(low: number, high: number, count = 4): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => +((first + i) * step).toFixed(digits));
}

/**
 * Which sub-layers each tried set left out, and how well it did. Leaves out: pixels, and where
 * the tries come from.
 */

export interface Try {
  /** Round in which the set was tried. */
  round: number;
  skipped: ReadonlySet<string>;
  /** Share of the window that was guessed right, 0 to 1. */
  matchness: number;
  adopted: boolean;
}

export interface Strip {
  /** Sub-layers from the bottom of the network up. */
  rows: readonly string[];
  tries: readonly Try[];
  /** The best matchness up to and with each try. */
  best: readonly number[];
}

/** `subLayers`: names from the bottom up, as the sets name them. */
export function stripOf(subLayers: readonly string[], tries: readonly Try[]): Strip {
  let top = 0;
  const best = tries.map((it) => (top = Math.max(top, it.matchness)));
  return { rows: subLayers, tries, best };
}

/** The names in a set as the trace writes it: `attention 1, feed-forward 3`. */
export function namesIn(set: string): Set<string> {
  return new Set(
    set
      .split(",")
      .map((it) => it.trim())
      .filter((it) => it !== ""),
  );
}

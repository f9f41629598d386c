// Spoils JSON here and there, in the same way from every seed: what a bad file may hold.

const STRANGE = [null, -1, 1.5, 1e30, "", "<b>", [], {}, true, [[]], "\ud800", "__proto__"];

/** Gives whole numbers below a bound. Source: the constants of Numerical Recipes, chapter 7. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Puts something strange in place of `value[key]`, or of what lies up to six steps below it. */
export function spoil(value: unknown, key: string, random: (below: number) => number): void {
  let at = value as Record<string, unknown>;
  for (let depth = random(7); depth > 0; depth--) {
    const below = at[key];
    if (typeof below !== "object" || below === null) break;
    const keys = Object.keys(below);
    if (keys.length === 0) break;
    at = below as Record<string, unknown>;
    key = keys[random(keys.length)]!;
  }
  at[key] = STRANGE[random(STRANGE.length)];
}

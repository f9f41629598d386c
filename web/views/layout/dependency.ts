/**
 * The decoding dependency graph: rows are iterations, columns positions, and a place is filled
 * where an iteration already holds the final token of its position. Says what a row shows.
 * Source: DDGviz of Santilli et al. 2023, arXiv:2305.10427.
 */

import type { Grid, Kind } from "./grid.ts";

/** What one row is about: the tokens it made final, and those that were right too early. */
export function rowSays(grid: Grid, row: number): string {
  const count = (kind: Kind) =>
    grid.cells.filter((it) => it.row === row && it.kind === kind).length;
  const [proved, ahead, open] = [count("proved"), count("ahead"), count("open")];
  if (row === 0) return "The first guesses: no pass has read them yet.";
  const tokens = (n: number) => (n === 1 ? "1 token" : `${n} tokens`);
  const made = `Pass ${row} made ${tokens(proved)} final`;
  if (ahead > 0)
    return `${made}; ${ahead} more ${ahead === 1 ? "was" : "were"} right already, though nothing could prove it.`;
  if (open > 0) return `${made}; which of the other guesses are right is not known yet.`;
  return `${made}.`;
}

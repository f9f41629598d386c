/**
 * The decoding dependency graph: rows are iterations, columns positions, and a place is filled
 * where an iteration already holds the final token of its position. Leaves out: pixels.
 * Source: DDGviz of Santilli et al. 2023, arXiv:2305.10427.
 */

import { gridOf, type GridCell, type Stair } from "./grid.ts";

/**
 * `proved`   made final by this iteration.
 * `ahead`    equals the final token, and nothing could tell yet.
 * `wrong`    differs from the final token.
 * `open`     no final token is known yet.
 * `unproved` became text without a proof.
 */
export type Kind = "proved" | "ahead" | "wrong" | "open" | "unproved";

export interface Dependency<C extends GridCell = GridCell> {
  places: readonly (C & { kind: Kind })[];
  /** Ascending. */
  rows: readonly number[];
  firstColumn: number;
  lastColumn: number;
  /** Per row: everything left of this column is final. */
  stairs: readonly Stair[];
}

/** `finalToken`: the proved token of a position, `undefined` where none is known. */
export function dependencyOf<C extends GridCell>(
  cells: readonly C[],
  finalToken: (column: number) => number | undefined,
): Dependency<C> {
  const { rows, firstColumn, lastColumn, stairs } = gridOf(cells, finalToken);
  const places = cells.map((cell) => ({ ...cell, kind: kindOf(cell, finalToken(cell.column)) }));
  return { places, rows, firstColumn, lastColumn, stairs };
}

function kindOf(cell: GridCell, final: number | undefined): Kind {
  if (cell.state === "fixed") return "proved";
  if (cell.state === "approximate" || cell.state === "given") return "unproved";
  if (final === undefined) return "open";
  return cell.token === final ? "ahead" : "wrong";
}

/** What one row is about: the tokens it made final, and those that were right too early. */
export function rowSays(graph: Dependency, row: number): string {
  const count = (kind: Kind) =>
    graph.places.filter((it) => it.row === row && it.kind === kind).length;
  const [proved, ahead, open] = [count("proved"), count("ahead"), count("open")];
  if (row === 0) return "The first guesses: no pass has read them yet.";
  const tokens = (n: number) => (n === 1 ? "1 token" : `${n} tokens`);
  const made = `Pass ${row} made ${tokens(proved)} final`;
  if (ahead > 0)
    return `${made}; ${ahead} more ${ahead === 1 ? "was" : "were"} right already, though nothing could prove it.`;
  if (open > 0) return `${made}; which of the other guesses are right is not known yet.`;
  return `${made}.`;
}

/**
 * A grid of guesses: rows are iterations (or levels), columns positions. Finds the staircase
 * between what is final and what is open, and which guesses were right. Leaves out: pixels, and the
 * reading of events.
 */

/** What happened to a place of the grid. */
export interface GridCell {
  row: number;
  column: number;
  token: number;
  /** The method's word for it: `fixed`, `changed`, `same`, `guess`, … */
  state: string;
}

/**
 * `proved`   made final by this iteration.
 * `ahead`    equals the final token of its position, and nothing could tell yet.
 * `wrong`    differs from the final token.
 * `open`     no final token is known yet.
 * `unproved` became text without a proof.
 */
export type Kind = "proved" | "ahead" | "wrong" | "open" | "unproved";

/** The line between fixed and open cells in one row. */
export interface Stair {
  row: number;
  /** Everything left of this column is final after the row. */
  column: number;
  /** Tokens that the row made final. */
  gain: number;
}

export interface Grid<C extends GridCell = GridCell> {
  cells: readonly (C & { kind: Kind })[];
  /** Those that hold a cell, ascending; columns likewise. */
  rows: readonly number[];
  columns: readonly number[];
  /** One per row, ascending and never going back; empty when no cell was ever fixed. */
  stairs: readonly Stair[];
}

/**
 * `finalToken`: the proved token that the text has at a position by now, `undefined` where there is
 * none.
 */
export function gridOf<C extends GridCell>(
  cells: readonly C[],
  finalToken: (column: number) => number | undefined = () => undefined,
): Grid<C> {
  const ascending = (of: (cell: C) => number) => [...new Set(cells.map(of))].sort((a, b) => a - b);
  const rows = ascending((cell) => cell.row);
  const columns = ascending((cell) => cell.column);
  const placed = cells.map((cell) => ({ ...cell, kind: kindOf(cell, finalToken(cell.column)) }));
  const settled = placed.filter((it) => /proved/.test(it.kind));
  let frontier = columns[0]!;
  const stairs = rows.map((row) => {
    const before = frontier;
    for (const it of settled) if (it.row === row) frontier = Math.max(frontier, it.column + 1);
    return { row, column: frontier, gain: frontier - before };
  });
  return { cells: placed, rows, columns, stairs: settled.length > 0 ? stairs : [] };
}

function kindOf(cell: GridCell, final: number | undefined): Kind {
  if (cell.state === "fixed") return "proved";
  if (cell.state === "approximate" || cell.state === "given") return "unproved";
  if (final === undefined) return "open";
  return cell.token === final ? "ahead" : "wrong";
}

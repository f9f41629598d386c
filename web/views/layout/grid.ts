/**
 * A grid of guesses: rows are iterations (or levels), columns positions. Finds the staircase
 * between what is final and what is open. Leaves out: pixels, and the reading of events.
 */

/** What happened to a place of the grid. */
export interface GridCell {
  row: number;
  column: number;
  token: number;
  /** The method's word for it: `fixed`, `changed`, `same`, `guess`, … */
  state: string;
}

/** A cell as it is drawn. */
export interface Placed extends GridCell {
  /** Equals the final token of its position although it could not be known yet. */
  ahead: boolean;
}

/** The line between fixed and open cells in one row. */
export interface Stair {
  row: number;
  /** Everything left of this column is final after the row. */
  column: number;
}

export interface Grid {
  cells: readonly Placed[];
  /** Ascending. */
  rows: readonly number[];
  firstColumn: number;
  lastColumn: number;
  /** One per row, ascending and never going back; empty when no cell was ever fixed. */
  stairs: readonly Stair[];
}

/**
 * `finalToken`: the token that the text has at a position by now, `undefined` where there is none.
 */
export function gridOf(
  cells: readonly GridCell[],
  finalToken: (column: number) => number | undefined,
): Grid {
  const rows = [...new Set(cells.map((cell) => cell.row))].sort((a, b) => a - b);
  const columns = cells.map((cell) => cell.column);
  const firstColumn = columns.reduce((a, b) => Math.min(a, b), Infinity);
  const lastColumn = columns.reduce((a, b) => Math.max(a, b), -Infinity);
  const reach = new Map<number, number>();
  for (const cell of cells) {
    if (!["fixed", "approximate", "given"].includes(cell.state)) continue;
    reach.set(cell.row, Math.max(reach.get(cell.row) ?? -Infinity, cell.column + 1));
  }
  let frontier = firstColumn;
  const stairs = rows.map((row) => {
    frontier = Math.max(frontier, reach.get(row) ?? frontier);
    return { row, column: frontier };
  });
  const placed = cells.map((cell) => ({
    ...cell,
    ahead: cell.state !== "fixed" && finalToken(cell.column) === cell.token,
  }));
  return { cells: placed, rows, firstColumn, lastColumn, stairs: reach.size > 0 ? stairs : [] };
}

/** Tokens that each row made final. */
export function gains(grid: Grid): number[] {
  let before = grid.firstColumn;
  return grid.stairs.map((stair) => {
    const gain = stair.column - before;
    before = stair.column;
    return gain;
  });
}

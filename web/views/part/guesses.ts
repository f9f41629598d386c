// The table of guesses behind a grid: columns key, row, column, token, state, and perhaps age and
// odds. Finds it by its columns, reads its cells, and tells which node a cell became.

import { mainPath, type State, type TableState } from "../../trace/state.ts";
import type { GridCell, Placed } from "../layout/grid.ts";
import { UNPROVED } from "../parts.ts";
import type { Arrow } from "./roving.ts";

const COLUMNS = "key,row,column,token,state";

export interface Cell extends GridCell {
  /** Round that wrote it. */
  round: number;
  /** For how many passes the token has stood there; `null` where the method does not say. */
  age: number | null;
  /** How likely the last pass kept the guess that stood there before it. */
  odds: number | null;
}

/** The table that is a grid, by its columns. */
export function gridTable(state: State): TableState | undefined {
  return [...state.tables.values()].find((table) => {
    const names = table.columns.map((it) => it.name).join();
    return names === COLUMNS || names === `${COLUMNS},age,odds`;
  });
}

const numberOr = (cell: unknown): number | null => (typeof cell === "number" ? cell : null);

export function cellsOf(table: TableState | undefined): Cell[] {
  return [...(table?.rows.values() ?? [])].map(({ cells, round }) => ({
    row: Number(cells[1]),
    column: Number(cells[2]),
    token: Number(cells[3]),
    state: String(cells[4]),
    age: numberOr(cells[5]),
    odds: numberOr(cells[6]),
    round,
  }));
}

/** The token that the text has at a position, where a pass has proved it. */
export const finalToken = (state: State) => (column: number) => {
  const node = state.nodes[mainPath(state)[column] ?? -1];
  return node && !(node.by in UNPROVED) ? (node.token ?? undefined) : undefined;
};

/** The node a cell became: the text's own when it is final, else the guess that was grown of it. */
export function nodeOf(state: State, cell: Cell): number | null {
  const final = state.nodes[mainPath(state)[cell.column] ?? -1];
  if (cell.state === "fixed" || cell.state in UNPROVED) return final?.id ?? null;
  for (const round of [cell.round + 1, cell.round]) {
    const found = state.rounds[round]?.nodes.find((id) => {
      const node = state.nodes[id]!;
      return node.depth === cell.column && node.token === cell.token;
    });
    if (found !== undefined) return found;
  }
  return null;
}

/** What the states of a cell are called. */
export const STATES: Readonly<Record<string, string>> = {
  fixed: "final",
  changed: "changed by this pass",
  same: "as before",
  guess: "first guess",
  ...UNPROVED,
  window: "part of the window",
  pending: "last token of the text",
  new: "read in this pass",
};

/** Whether rows are iterations with a frontier, rather than the levels of a moving window. */
export const isStaircase = (end: State): boolean =>
  cellsOf(gridTable(end)).some((it) => ["fixed", "guess"].includes(it.state));

/** Where an arrow leads from a cell, each named `row:column`. */
export function neighbour(
  cells: readonly Pick<Placed, "row" | "column">[],
  stop: string,
  arrow: Arrow,
): string | null {
  const [row, column] = stop.split(":").map(Number) as [number, number];
  const ahead = (it: { row: number; column: number }): number => {
    switch (arrow) {
      case "left":
        return it.row === row ? column - it.column : 0;
      case "right":
        return it.row === row ? it.column - column : 0;
      case "up":
        return it.column === column ? row - it.row : 0;
      case "down":
        return it.column === column ? it.row - row : 0;
      case "first":
        return it.row === row ? (it.column < column ? it.column + 1 : 0) : 0;
      case "last":
        return it.row === row ? (it.column > column ? 1e6 - it.column : 0) : 0;
    }
  };
  let best: { row: number; column: number } | null = null;
  for (const it of cells) if (ahead(it) > 0 && (!best || ahead(it) < ahead(best))) best = it;
  return best ? `${best.row}:${best.column}` : null;
}

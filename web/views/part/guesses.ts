// The table of guesses behind a grid: columns key, row, column, token, state, and perhaps age and
// odds. Finds it by its columns, reads its cells, and tells which node a cell became.

import {
  mainPath,
  nodesOf,
  type NodeState,
  type State,
  type TableState,
} from "../../trace/state.ts";
import type { GridCell } from "../layout/grid.ts";
import { rowsOf } from "../layout/table.ts";
import { UNPROVED } from "../parts.ts";
import { step, type Arrow } from "./roving.ts";

export interface Cell extends GridCell {
  /** Round that wrote it. */
  round: number;
  /** For how many passes the token has stood there; `null` where the method does not say. */
  age: number | null;
  /** How likely the last pass kept the guess that stood there before it. */
  odds: number | null;
}

/** Whether a table is a grid, by its columns. */
export const isGrid = (table: TableState): boolean =>
  /^key,row,column,token,state(,age,odds)?$/.test(table.columns.map((it) => it.name).join());

const numberOr = (cell: unknown): number | null => (typeof cell === "number" ? cell : null);

/** Of the table that is a grid, if there is one. */
export function cellsOf(state: State): Cell[] {
  const table = [...state.tables.values()].find(isGrid);
  return rowsOf(table).map(({ cells, round }) => ({
    row: Number(cells[1]),
    column: Number(cells[2]),
    token: Number(cells[3]),
    state: String(cells[4]),
    age: numberOr(cells[5]),
    odds: numberOr(cells[6]),
    round,
  }));
}

/** The node of the text at a position. */
const textNode = (state: State, column: number): NodeState | undefined =>
  state.nodes[mainPath(state)[column] ?? -1];

/** The token that the text has at a position, where a pass has proved it. */
export const finalToken = (state: State) => (column: number) => {
  const node = textNode(state, column);
  return node && !(node.by in UNPROVED) ? (node.token ?? undefined) : undefined;
};

/** The node a cell became: the text's own when it is final, else the guess that was grown of it. */
export function nodeOf(state: State, cell: Cell): number | null {
  if (cell.state === "fixed" || cell.state in UNPROVED)
    return textNode(state, cell.column)?.id ?? null;
  const grown = [cell.round + 1, cell.round].flatMap((it) => state.rounds[it]?.nodes ?? []);
  const isIt = (it: NodeState) => it.depth === cell.column && it.token === cell.token;
  return nodesOf(state, grown).find(isIt)?.id ?? null;
}

/** What equals the final token of its position although it could not be known yet. */
export const AHEAD = "right already, not yet provable";

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
  cellsOf(end).some((it) => ["fixed", "guess"].includes(it.state));

/** Where an arrow leads from a cell, each named `row:column`. */
export function neighbour(
  cells: readonly Pick<Cell, "row" | "column">[],
  stop: string,
  arrow: Arrow,
): string | null {
  const [row, column] = stop.split(":").map(Number) as [number, number];
  const upright = arrow === "up" || arrow === "down";
  const line = cells
    .filter((it) => (upright ? it.column === column : it.row === row))
    .map((it) => (upright ? it.row : it.column))
    .sort((a, b) => a - b);
  const to = step(line, upright ? row : column, arrow);
  return to === undefined ? null : upright ? `${to}:${column}` : `${row}:${to}`;
}

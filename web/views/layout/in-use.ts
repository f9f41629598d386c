/**
 * Rows of a table of contexts that the running round reads: what the last tokens suggest, and what
 * became a guess of it. For tables with a column of tokens and next to it one of the token that
 * follows. Leaves out: drawing.
 */
import {
  ancestors,
  currentRound,
  nodesOf,
  type NodeState,
  type State,
  type TableState,
} from "../../trace/state.ts";

/** Column of a context, with that of what follows it after it; −1 when the table is of another kind. */
export const contextAt = ({ columns }: TableState): number =>
  columns.findIndex((it, i) => it.kind === "tokens" && columns[i + 1]?.kind === "token");

/** The last token of the text as the running round began. */
export const headOf = (state: State): NodeState | undefined =>
  state.nodes[currentRound(state)?.head ?? -1];

/** What the running round grew of a node with this token. */
export const grownOf = (state: State, node: NodeState, token: unknown): NodeState | undefined =>
  nodesOf(state, node.children).find(
    (it) => it.token === token && it.round === state.rounds.length - 1,
  );

/** What a row says in the running round. */
export interface InUse {
  /** The guess that it became; `null` when it only matches. */
  guess: number | null;
  /** How far ahead of the text it was read: 0 at its end. */
  ahead: number;
}

/** By key of the row; rows that match the end of the text, and rows that became a guess. */
export function rowsInUse(table: TableState, state: State): Map<string, InUse> {
  const found = new Map<string, InUse>();
  const column = contextAt(table);
  const head = headOf(state);
  if (column < 0 || !head) return found;
  const guesses = nodesOf(state, currentRound(state)!.nodes).filter((it) => it.depth > head.depth);
  // Backwards from each place where a context may end.
  const paths = [head, ...guesses].map((it) => ancestors(state, it.id));
  for (const { key, cells } of table.rows.values()) {
    const context = cells[column];
    if (!Array.isArray(context) || context.length === 0) continue;
    for (const path of paths) {
      if (context.some((token, i) => path[context.length - 1 - i]?.token !== token)) continue;
      const [end] = path as [NodeState];
      const guess = grownOf(state, end, cells[column + 1]);
      if (!guess && end !== head) continue;
      found.set(key, { guess: guess?.id ?? null, ahead: end.depth - head.depth });
      break;
    }
  }
  return found;
}

/**
 * Rows of a table of contexts that the running round reads: what the last tokens suggest, and what
 * became a guess of it. For tables with a column of tokens and next to it one of the token that
 * follows. Leaves out: drawing.
 */
import { currentRound, type NodeState, type State, type TableState } from "../../trace/state.ts";

/** Columns of a context and of what follows it; `null` when the table is of another kind. */
export function contextColumns(table: TableState): { context: number; next: number } | null {
  const context = table.columns.findIndex(
    (it, i) => it.kind === "tokens" && table.columns[i + 1]?.kind === "token",
  );
  return context < 0 ? null : { context, next: context + 1 };
}

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
  const columns = contextColumns(table);
  const round = currentRound(state);
  const head = state.nodes[round?.head ?? -1];
  if (!columns || !round || !head) return found;
  const guesses = round.nodes.map((id) => state.nodes[id]!).filter((it) => it.depth > head.depth);
  const ends: NodeState[] = [head, ...guesses];
  for (const row of table.rows.values()) {
    const context = row.cells[columns.context];
    const next = row.cells[columns.next];
    if (!Array.isArray(context) || context.length === 0) continue;
    for (const end of ends) {
      if (!endsIn(state, end, context)) continue;
      const guess = end.children
        .map((id) => state.nodes[id]!)
        .find((it) => it.token === next && it.round === round.index);
      if (!guess && end !== head) continue;
      found.set(row.key, { guess: guess?.id ?? null, ahead: end.depth - head.depth });
      break;
    }
  }
  return found;
}

/** Whether the path to `node` ends in `tokens`. */
function endsIn(state: State, node: NodeState, tokens: readonly number[]): boolean {
  let at: NodeState | undefined = node;
  for (let i = tokens.length - 1; i >= 0; i--) {
    if (!at || at.token !== tokens[i]) return false;
    at = at.parent === null ? undefined : state.nodes[at.parent];
  }
  return true;
}

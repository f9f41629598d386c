/**
 * Where the guesses of one round stand: columns are distances from the head, rows are lanes below
 * the trunk. A guess takes the free place nearest its parent's row when it is born and keeps it.
 * Leaves out: pixels, and what becomes of a guess.
 */

/** A guess, as the layout needs it. Parents come before their children. */
export interface TreeNode {
  readonly id: number;
  readonly parent: number | null;
  /** Natural log of its probability under the proposer, when it had one. */
  readonly logProb: number | null;
  /** Drawn whatever its probability, for example because it became text. */
  readonly keep: boolean;
}

export interface Place {
  /** Distance from the head, from 1. */
  readonly column: number;
  /** 0 on the trunk, then downwards. */
  readonly row: number;
  /** Probability of the whole path from the head, by the proposer. */
  readonly mass: number;
}

export interface TreeLayout {
  readonly places: ReadonlyMap<number, Place>;
  /** Guesses that were left out, counted at the nearest parent that is drawn, with their mass. */
  readonly folded: ReadonlyMap<number, { readonly count: number; readonly mass: number }>;
  readonly columns: number;
  readonly rows: number;
}

/** More guesses than this are not legible side by side. */
export const MOST_DRAWN = 64;
/** Beyond the first few, guesses whose path is less likely than this are folded. */
const LEAST_MASS = 0.01;
const ALWAYS_DRAWN = 26;
/** A column holds so many; only what must be seen goes below. */
export const MOST_ROWS = 12;

/**
 * `head` is the node the round hangs from. Adding nodes at the end of `nodes` never moves one that
 * was placed before.
 */
export function layoutTree(head: number, nodes: readonly TreeNode[]): TreeLayout {
  const places = new Map<number, Place>([[head, { column: 0, row: 0, mass: 1 }]]);
  const taken = new Set<string>(["0/0"]);
  let columns = 0;
  let rows = 1;
  const place = (node: TreeNode, above: Place) => {
    const column = above.column + 1;
    const row = freeRow(taken, column, above.row);
    taken.add(`${column}/${row}`);
    places.set(node.id, { column, row, mass: massOf(node, above) });
    columns = Math.max(columns, column);
    rows = Math.max(rows, row + 1);
  };
  for (const node of nodes) {
    const above = node.parent === null ? undefined : places.get(node.parent);
    if (!above) continue;
    const drawn = places.size - 1;
    const likely = massOf(node, above) >= LEAST_MASS;
    const room = freeRow(taken, above.column + 1, above.row) < MOST_ROWS;
    if (room && (drawn < ALWAYS_DRAWN || (drawn < MOST_DRAWN && likely))) place(node, above);
  }
  // What must be seen after all comes last, so that it pushes nothing aside.
  for (const node of nodes) {
    const above = node.parent === null ? undefined : places.get(node.parent);
    if (node.keep && above && !places.has(node.id)) place(node, above);
  }
  return { places, folded: foldRest(nodes, places), columns, rows };
}

const massOf = (node: TreeNode, above: Place): number =>
  above.mass * (node.logProb === null ? 1 : Math.exp(node.logProb));

/** Counts what has no place at its nearest ancestor that has one. */
function foldRest(
  nodes: readonly TreeNode[],
  places: ReadonlyMap<number, Place>,
): Map<number, { count: number; mass: number }> {
  const folded = new Map<number, { count: number; mass: number }>();
  const keeper = new Map<number, number>();
  for (const node of nodes) {
    if (node.parent === null || places.has(node.id)) continue;
    const above = places.get(node.parent);
    const at = above ? node.parent : keeper.get(node.parent);
    if (at === undefined) continue;
    keeper.set(node.id, at);
    const old = folded.get(at) ?? { count: 0, mass: 0 };
    // The mass of a folded subtree is that of its first node.
    const mass = above ? massOf(node, above) : 0;
    folded.set(at, { count: old.count + 1, mass: old.mass + mass });
  }
  return folded;
}

/** The free row nearest to `wanted`, below before above; never above the trunk. */
function freeRow(taken: ReadonlySet<string>, column: number, wanted: number): number {
  for (let away = 0; ; away++) {
    if (!taken.has(`${column}/${wanted + away}`)) return wanted + away;
    if (wanted - away >= 0 && !taken.has(`${column}/${wanted - away}`)) return wanted - away;
  }
}

// Linked highlighting: what the reader points at in one picture is marked in all others. Marks
// carry `data-node`, `data-after` with `data-token`, or `data-round`; see views/view.ts.

import { childWith, type State } from "../trace/state.ts";
import type { Selection } from "../views/view.ts";

export const NOTHING: Selection = { node: null, token: null, round: null };

/** What the mark nearest to an event's origin stands for; `null` away from any mark. */
export function selectionAt(path: readonly EventTarget[]): Selection | null {
  for (const target of path) {
    if (!(target instanceof Element)) continue;
    const { node, after, token, round } = (target as HTMLElement | SVGElement).dataset;
    if (node !== undefined) return { ...NOTHING, node: Number(node) };
    if (after !== undefined && token !== undefined)
      return { node: Number(after), token: Number(token), round: null };
    if (round !== undefined) return { ...NOTHING, round: Number(round) };
  }
  return null;
}

export const sameSelection = (a: Selection, b: Selection): boolean =>
  a.node === b.node && a.token === b.token && a.round === b.round;

/** The node a selection is about: a continuation that was grown is that node. */
export function selectedNode(selection: Selection, state: State): number | null {
  if (selection.node === null || !state.nodes[selection.node]) return null;
  if (selection.token === null) return selection.node;
  return childWith(state, selection.node, selection.token)?.id ?? null;
}

/** Sets the attribute `marked` on every mark of what is selected, and on no other. */
export function mark(root: ParentNode, selection: Selection, state: State): void {
  const wanted = new Set<Element>();
  const add = (selector: string) => root.querySelectorAll(selector).forEach((it) => wanted.add(it));
  const node = selectedNode(selection, state);
  if (node !== null) {
    const { parent, token, round } = state.nodes[node]!;
    add(`[data-node="${node}"]`);
    if (parent !== null && token !== null) add(`[data-after="${parent}"][data-token="${token}"]`);
    add(`[data-round="${round}"]:not([data-node])`);
  } else if (selection.node !== null && selection.token !== null) {
    add(`[data-after="${selection.node}"][data-token="${selection.token}"]`);
  } else if (selection.round !== null) {
    add(`[data-round="${selection.round}"]`);
    for (const it of state.rounds[selection.round]?.nodes ?? []) add(`[data-node="${it}"]`);
  }
  for (const old of root.querySelectorAll("[marked]"))
    if (!wanted.has(old)) old.removeAttribute("marked");
  for (const it of wanted) it.setAttribute("marked", "");
}

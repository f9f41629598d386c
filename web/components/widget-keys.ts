// Keys inside a widget that is one tab stop: lists, toolbars, tabs and trees.

import { rove } from "./keys.ts";
import { treeMove } from "./tree-keys.ts";

const WIDGETS = "[role=listbox], [role=toolbar], [role=tablist], [role=tree]";
const ITEMS = "[role=option], [role=tab], button, select";

/** Moves the focus or picks the item under it; says whether the key meant something here. */
export function moveInside(target: Element, event: KeyboardEvent): boolean {
  if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return false;
  const item = target as HTMLElement;
  const widget = target.closest(WIDGETS);
  if (!widget) return false;
  const picks = widget.role === "listbox" || widget.role === "tree";
  if (picks && (event.key === "Enter" || event.key === " ")) {
    item.click();
    return true;
  }
  if (widget.role === "tree") return moveInTree(widget, item, event.key);
  if (target.localName === "select" && /^Arrow(Up|Down)$/.test(event.key)) return false;
  const next = rove([...widget.querySelectorAll<HTMLElement>(ITEMS)], target, event.key);
  if (next?.role === "tab") next.click();
  return next !== null;
}

function moveInTree(tree: Element, item: HTMLElement, key: string): boolean {
  const move = treeMove(tree, item, key);
  if (move?.toggle) item.dispatchEvent(new CustomEvent("tree-toggle"));
  if (move?.focus) {
    tree
      .querySelectorAll<HTMLElement>("[role=treeitem]")
      .forEach((it) => (it.tabIndex = it === move.focus ? 0 : -1));
    move.focus.focus();
  }
  return move !== null;
}

// Keys of a tree as the ARIA authoring practices describe them: up and down through what is open,
// right into a branch, left out of it.

export interface TreeMove {
  readonly focus?: HTMLElement;
  /** Opens or closes the focused branch. */
  readonly toggle?: boolean;
}

/** What a key does in a tree whose focused item is `item`; `null` for keys that mean nothing. */
export function treeMove(tree: Element, item: HTMLElement, key: string): TreeMove | null {
  const items = [...tree.querySelectorAll<HTMLElement>("[role=treeitem]")];
  const at = items.indexOf(item);
  const expanded = item.getAttribute("aria-expanded");
  const to = (target: HTMLElement | null | undefined): TreeMove =>
    target ? { focus: target } : {};
  switch (key) {
    case "ArrowDown":
      return to(items[at + 1]);
    case "ArrowUp":
      return to(items[at - 1]);
    case "Home":
      return to(items[0]);
    case "End":
      return to(items.at(-1));
    case "ArrowRight":
      if (expanded === "false") return { toggle: true };
      return expanded === "true" ? to(item.querySelector<HTMLElement>("[role=treeitem]")) : {};
    case "ArrowLeft":
      if (expanded === "true") return { toggle: true };
      return to(item.parentElement?.closest<HTMLElement>("[role=treeitem]"));
    default:
      return null;
  }
}

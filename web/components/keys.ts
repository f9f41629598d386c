// The keys of a figure. They act only while the focus is inside it, and never on a key that the
// focused widget uses itself.

/** What a key asks for. */
export type Command =
  | "event-back"
  | "event-forward"
  | "round-back"
  | "round-forward"
  | "mark-back"
  | "mark-forward"
  | "first"
  | "last"
  | "toggle"
  | { readonly share: number };

export interface Press {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** The command of a key press; `null` for keys that mean nothing here. */
export function commandFor(press: Press): Command | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  switch (press.key) {
    case "ArrowLeft":
      return press.shiftKey ? "round-back" : "event-back";
    case "ArrowRight":
      return press.shiftKey ? "round-forward" : "event-forward";
    case "PageUp":
      return "round-back";
    case "PageDown":
      return "round-forward";
    case ",":
      return "event-back";
    case ".":
      return "event-forward";
    case "[":
      return "mark-back";
    case "]":
      return "mark-forward";
    case "Home":
      return "first";
    case "End":
      return "last";
    case " ":
    case "k":
      return "toggle";
    default:
      return /^\d$/.test(press.key) ? { share: Number(press.key) / 10 } : null;
  }
}

/**
 * Whether the widget under the focus keeps this key: arrows move inside lists, trees, tabs and
 * toolbars, and a button or a field answers to Space itself.
 */
export function keptByWidget(target: Element, press: Press): boolean {
  const role = target.getAttribute("role");
  const name = target.localName;
  if (target.hasAttribute("data-own-keys")) return true;
  if (name === "select" || name === "textarea" || target.hasAttribute("contenteditable"))
    return true;
  if (name === "input" && target.getAttribute("type") !== "range") return true;
  if (press.key === " ") return name === "button" || name === "summary" || role === "treeitem";
  const moves = ["option", "treeitem", "tab"].includes(role ?? "") || name === "button";
  return moves && !press.shiftKey && /^(Arrow|Home$|End$)/.test(press.key);
}

/**
 * Moves the focus among the items of a widget that is one tab stop (roving tabindex). True when
 * the key was one of its own.
 */
export function rove(
  items: readonly HTMLElement[],
  current: Element,
  key: string,
): HTMLElement | null {
  const at = items.indexOf(current as HTMLElement);
  if (at < 0) return null;
  const to =
    key === "ArrowRight" || key === "ArrowDown"
      ? Math.min(at + 1, items.length - 1)
      : key === "ArrowLeft" || key === "ArrowUp"
        ? Math.max(at - 1, 0)
        : key === "Home"
          ? 0
          : key === "End"
            ? items.length - 1
            : -1;
  const next = items[to];
  if (!next) return null;
  for (const item of items) item.tabIndex = item === next ? 0 : -1;
  next.focus();
  return next;
}

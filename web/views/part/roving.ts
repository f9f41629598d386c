/**
 * One tab stop and arrows inside: marks carry `data-stop`, one of them `tabindex="0"`. Focus is
 * what the figure listens to, so moving it selects. Leaves out: which mark lies where.
 */

export type Arrow = "left" | "right" | "up" | "down" | "first" | "last";

const ARROWS: Readonly<Record<string, Arrow>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
};

/** Where an arrow leads from a mark; `null` where nothing lies that way. */
export type Neighbour = (stop: string, arrow: Arrow) => string | number | null | undefined;

/** A `keydown` listener for the element around the marks. */
export function roving(neighbour: Neighbour): (event: KeyboardEvent) => void {
  return (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const from = (event.target as Element).closest("[data-stop]")?.getAttribute("data-stop");
    if (from === null || from === undefined) return;
    // At the edge the key is spent all the same: it must not move the player by surprise.
    event.preventDefault();
    event.stopPropagation();
    const to = neighbour(from, arrow);
    if (to !== null && to !== undefined) focusStop(event.currentTarget as Element, String(to));
  };
}

/** Moves focus to a mark below `root`. */
export function focusStop(root: Element, stop: string): void {
  const mark = root.querySelector<SVGElement | HTMLElement>(`[data-stop="${CSS.escape(stop)}"]`);
  mark?.focus({ preventScroll: false });
}

/** The one before or after `stop`, or the first or last. */
export function step<T>(stops: readonly T[], stop: T, arrow: Arrow): T | undefined {
  if (arrow === "last") return stops.at(-1);
  const by = { left: -1, right: 1, up: -1, down: 1, first: -Infinity }[arrow];
  return stops[Math.max(stops.indexOf(stop) + by, 0)];
}

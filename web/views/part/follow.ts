/** Keeps the newest part of a wide picture in sight without moving what is in sight already. */
import { noChange } from "lit";
import { Directive, directive, type ElementPart } from "lit/directive.js";

/** Pixels of a box that must be in sight. */
export interface Spot {
  left: number;
  right: number;
  top?: number;
  bottom?: number;
}

class Follow extends Directive {
  private last = "";

  override render(...args: [spot: Spot, smooth: boolean]): typeof noChange {
    void args;
    return noChange;
  }

  override update(part: ElementPart, [spot, smooth]: Parameters<this["render"]>): typeof noChange {
    const key = JSON.stringify(spot);
    if (key === this.last) return noChange;
    this.last = key;
    const box = part.element;
    requestAnimationFrame(() => {
      const left = needed(box.scrollLeft, box.clientWidth, spot.left, spot.right);
      const top = needed(box.scrollTop, box.clientHeight, spot.top ?? 0, spot.bottom ?? 0);
      if (left === box.scrollLeft && top === box.scrollTop) return;
      box.scrollTo({ left, top, behavior: smooth ? "smooth" : "instant" });
    });
    return noChange;
  }
}

/** The scroll position nearest to `now` that shows `from`…`to`; their end if both do not fit. */
export function needed(now: number, size: number, from: number, to: number): number {
  if (to > now + size) return Math.max(0, to - size);
  return from < now ? Math.max(0, from, to - size) : now;
}

/** Element directive: `<div ${follow({ left, right }, motion)}>` scrolls when the spot changes. */
export const follow = directive(Follow);

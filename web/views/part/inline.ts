/**
 * Styles of one element, set through its style object: pages that forbid style attributes allow that.
 * `<div style=${inline(`height: ${height}px`)}>`
 */
import { noChange } from "lit";
import { Directive, directive, type AttributePart } from "lit/directive.js";

class Inline extends Directive {
  private last: string | null = null;

  override render(text: string): string {
    return text;
  }

  override update(part: AttributePart, [text]: [string]): typeof noChange {
    if (text !== this.last) (part.element as HTMLElement | SVGElement).style.cssText = text;
    this.last = text;
    return noChange;
  }
}

export const inline = directive(Inline);

// What the figure uses of Lit, without Lit's own element: the build of the embed puts this file in
// the place of "lit", and one style sheet in the place of all `css` templates (build/slim.ts).

export { html, noChange, nothing, render, svg } from "./templates.ts";

export function unsafeCSS(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

export function adoptStyles(root: ShadowRoot, sheets: CSSStyleSheet[]): void {
  root.adoptedStyleSheets = sheets;
}

/** Nothing is left to do for it. */
export const css = undefined;

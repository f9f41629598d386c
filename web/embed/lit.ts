// What the figure uses of Lit, without Lit's own element: the build of the embed puts this file in
// the place of "lit", and one style sheet in the place of all `css` templates (build/slim.ts).

export { html, noChange, nothing, render, svg } from "./templates.ts";

let sheet: CSSStyleSheet | undefined;

/** The one sheet of all figures, from its text; made when the first of them stands. */
export function adoptStyles(root: ShadowRoot, [text]: readonly [string]): void {
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(text);
  root.adoptedStyleSheets = [sheet];
}

/** Nothing is left to do for it. */
export const css = undefined;

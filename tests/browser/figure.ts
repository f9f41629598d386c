// What the tests do with the figures of a page.

import type { Page } from "playwright-core";
import type { DecodescopeFigure } from "../../web/components/decodescope-figure.ts";

/** The first figure of the page. */
export const figure = (page: Page) => page.getByTestId("figure").first();

/** Where its reader is. */
export const place = (page: Page) =>
  figure(page).evaluate((it) => {
    const { index, length } = it as DecodescopeFigure;
    return { index, length };
  });

/** Opens a view at a share of the run, and waits until it is drawn. */
export async function show(page: Page, view: string, share: number): Promise<void> {
  await figure(page).evaluate(
    async (it, [view, share]) => {
      const figure = it as DecodescopeFigure;
      figure.view = view;
      figure.seekFraction(share);
      await figure.updateComplete;
    },
    [view, share] as const,
  );
}

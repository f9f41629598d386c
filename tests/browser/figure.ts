// What the tests do with the figures of a page.

import type { BrowserContextOptions, Page } from "playwright-core";
import type { DecodescopeFigure } from "../../web/components/decodescope-figure.ts";
import { NO_MODEL, type Opened, type Site } from "./site.ts";

/** The first figure of the page. */
export const figure = (page: Page) => page.getByTestId("figure").first();

/** Opens the page without weights and engine, and waits until a recorded run is there. */
export async function recorded(
  site: Site,
  search = "",
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const opened = await site.open(search, { ...options, blocked: NO_MODEL });
  await figure(opened.page).waitFor();
  await figure(opened.page).evaluate(async (it) => {
    while ((it as DecodescopeFigure).length === 0)
      await new Promise((done) => setTimeout(done, 20));
  });
  return opened;
}

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

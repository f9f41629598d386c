/** What the page need not wait for: it comes after the first picture. */
import methods from "virtual:methods";
import type { DecodescopeFigure } from "../components/decodescope-figure.ts";
import { takeDrops } from "./drops.ts";
import { oddities } from "./odd-address.ts";
import type { PageState } from "./page-state.ts";

export function afterwards(page: PageState, figures: readonly DecodescopeFigure[]): void {
  takeDrops(page);
  // The address may have been written anew since it was opened.
  const [opened] = performance.getEntriesByType("navigation");
  const { search } = new URL(opened?.name ?? location.href);
  const drawn = figures.filter((it) => it.views.length > 0);
  const said = [page.problem, ...oddities(search, methods, drawn)].filter((it) => it !== "");
  page.set({ problem: said.join(" ") });
}

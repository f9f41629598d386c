// What axe finds on a page that a reader could not get past.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Serious and critical findings, with their places. */
export async function serious(page: Page): Promise<string[]> {
  return findings(page, ["serious", "critical"]);
}

/** Everything that axe finds, with its place, or what has one of these weights. */
export async function findings(page: Page, weights?: string[]): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async (weights) => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run();
    return violations
      .filter((it) => !weights || weights.includes(it.impact ?? ""))
      .map((it) => `${it.id}: ${it.nodes.map((node) => node.target.join(" ")).join(", ")}`);
  }, weights);
}

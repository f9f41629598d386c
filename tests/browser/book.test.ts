// The book in web/docs/book, built by mdBook as `node web/tools/book.mjs` builds it: every method
// has its figure, and every figure stands.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import { prepare, runs } from "../../web/tools/book.mjs";
import { Built, mdbook, python, reasonOf, ROOT } from "./generators.ts";
import { launch } from "./site.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

test("every method has a figure in the book", () => {
  const path = join(ROOT, "web/generated/methods.json");
  const methods = JSON.parse(readFileSync(path, "utf8")) as { id: string }[];
  const shown = runs().map((it) => it.replace(".json", ""));
  expect(methods.map((it) => it.id).filter((id) => !shown.includes(id))).toEqual([]);
});

test("every figure of every chapter stands, and asks nobody else", async ({ skip }) => {
  const tools = reasonOf(() => ({ ...mdbook(), python: python("python") }));
  if (typeof tools === "string") return skip(tools);
  const book = prepare();
  tools.python.shell(tools.bin, ["build"], book);
  const summary = readFileSync(join(book, "src/SUMMARY.md"), "utf8");
  const chapters = [...summary.matchAll(/\((.+)\.md\)/g)].map((it) => it[1]!);
  const built = await Built.serve(join(book, "book"), browser);
  let figures = 0;
  try {
    for (const chapter of chapters) {
      const { page, complaints, strangers } = await built.open(`${chapter}.html`);
      const sizes = await page.locator("decodescope-player").evaluateAll(async (all) => {
        const heights: number[] = [];
        for (const it of all) {
          it.scrollIntoView();
          await (it as DecodescopePlayer).ready;
          heights.push(it.getBoundingClientRect().height);
        }
        return heights;
      });
      figures += sizes.length;
      expect(Math.min(...sizes), chapter).toBeGreaterThan(200);
      expect([...complaints, ...strangers], chapter).toEqual([]);
      await page.close();
    }
  } finally {
    await built.stop();
  }
  expect(figures).toBeGreaterThanOrEqual(runs().length);
});

test("a figure keeps its size where a host makes its letters small", async ({ skip }) => {
  const tools = reasonOf(() => ({ ...mdbook(), python: python("python") }));
  if (typeof tools === "string") return skip(tools);
  const book = prepare();
  tools.python.shell(tools.bin, ["build"], book);
  const built = await Built.serve(join(book, "book"), browser);
  try {
    const { page } = await built.open("reading.html");
    const figure = page.locator("decodescope-player").first();
    await figure.evaluate((it) => (it as DecodescopePlayer).ready);
    const tab = figure.getByRole("tab").first();
    const size = await tab.evaluate((it) => parseFloat(getComputedStyle(it).fontSize));
    expect(size).toBeGreaterThanOrEqual(12);
  } finally {
    await built.stop();
  }
});

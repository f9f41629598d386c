// Books that are really built with each documentation generator, and opened below a sub-path.

import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Browser, type Page } from "playwright-core";
import {
  Built,
  check,
  fixture,
  mdbook,
  python,
  reasonOf,
  sweep,
  type Opened,
} from "./generators.ts";
import { launch } from "./site.ts";

let browser: Browser;
const open: Built[] = [];

beforeAll(async () => {
  browser = await launch();
});
afterEach(async () => {
  for (const it of open.splice(0)) await it.stop();
});
afterAll(async () => {
  await browser?.close();
  sweep();
});

/** Serves what a generator wrote. */
async function visit(folder: string, page: string): Promise<Opened> {
  const built = open[0] ?? (await Built.serve(folder, browser));
  if (!open.length) open.push(built);
  return built.open(page);
}

/** The colours that the figure of a page is drawn in. */
const scheme = (page: Page) =>
  page
    .locator("decodescope-player .player")
    .first()
    .evaluate((it) => getComputedStyle(it).colorScheme);

const CAPTION = "checked";

describe("mdBook", () => {
  test("E1, E9: a book with figures, also in a list and below a folder", async ({ skip }) => {
    const tools = reasonOf(() => ({ ...mdbook(), python: python("python") }));
    if (typeof tools === "string") return skip(tools);
    const book = fixture("mdbook/book", "src/runs");
    tools.python.shell(tools.bin, ["build"], book);
    await check(await visit(`${book}/book`, "guesses.html"), { start: 30, caption: CAPTION });
    const second = await visit(`${book}/book`, "deeper/refusals.html");
    await check(second, { start: 50 });
    expect(await second.page.locator("main > ol > li").count()).toBe(2);
    expect(await second.page.locator("li decodescope-player").count()).toBe(1);
    await second.page.evaluate(() => document.documentElement.classList.replace("light", "navy"));
    await expect.poll(() => scheme(second.page)).toBe("dark");
  });
});

describe("a wrong key stops the build and names file and line", () => {
  test("mdBook", ({ skip }) => {
    const tools = reasonOf(() => ({ ...mdbook(), python: python("python") }));
    if (typeof tools === "string") return skip(tools);
    const book = fixture("mdbook/book", "src/runs", { "src/guesses.md": [/src:/, "scr:"] });
    const said = tools.python.fails(tools.bin, ["build"], book);
    expect(said).toContain("src/guesses.md:6: unknown key “scr”; did you mean “src”?");
  });

  test("MkDocs", ({ skip }) => {
    const tool = reasonOf(() => python("python"));
    if (typeof tool === "string") return skip(tool);
    const site = fixture("mkdocs/site", "docs/runs", {
      "docs/deeper/refusals.md": [/src:/, "scr:"],
    });
    const said = tool.fails("mkdocs", ["build"], site);
    expect(said).toContain("docs/deeper/refusals.md:12: unknown key “scr”; did you mean “src”?");
  });

  test("Sphinx", ({ skip }) => {
    const tool = reasonOf(() => python("python"));
    if (typeof tool === "string") return skip(tool);
    const manual = fixture("sphinx/manual", "runs", { "index.rst": [/:start-at:/, ":start:"] });
    const said = tool.fails("sphinx-build", ["-W", "-q", ".", "_build"], manual);
    expect(said).toMatch(/index\.rst:6: .*unknown option: "start"/s);
  });
});

describe("MkDocs", () => {
  test("E1, E6, E9: a site with figures that follow its palette", async ({ skip }) => {
    const tool = reasonOf(() => python("python"));
    if (typeof tool === "string") return skip(tool);
    const site = fixture("mkdocs/site", "docs/runs");
    tool.run(["-m", "mkdocs", "build", "--strict", "--quiet"], site);
    const first = await visit(`${site}/site`, "");
    await check(first, { start: 30, caption: CAPTION });
    expect(await scheme(first.page)).toBe("light");
    await first.page.locator("label[title=Dark]").click();
    await expect.poll(() => scheme(first.page)).toBe("dark");
    const second = await visit(`${site}/site`, "deeper/refusals/");
    await check(second, { start: 50 });
    expect(await second.page.locator(".admonition decodescope-player").count()).toBe(1);
  });
});

describe("Sphinx", () => {
  test("E1, E9: a manual in reStructuredText and Markdown", async ({ skip }) => {
    const tool = reasonOf(() => python("python"));
    if (typeof tool === "string") return skip(tool);
    const manual = fixture("sphinx/manual", "runs");
    tool.run(["-m", "sphinx", "-W", "-q", ".", "_build"], manual);
    await check(await visit(`${manual}/_build`, "index.html"), { start: 30, caption: CAPTION });
    const second = await visit(`${manual}/_build`, "deeper/refusals.html");
    await check(second, { start: 50 });
    expect(await second.page.locator("li decodescope-player").count()).toBe(1);
    tool.run(["-m", "sphinx", "-W", "-q", "-b", "text", ".", "_text"], manual);
    const paper = readFileSync(`${manual}/_text/index.txt`, "utf8");
    expect(paper).toContain("Four guesses a round");
    expect(paper).not.toContain("decodescope");
  });
});

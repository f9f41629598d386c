// The npm package, used as an author would: by a bundler, in MDX rendered on a server, in a notebook.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Browser, Page } from "playwright-core";
import { build, type InlineConfig, type Plugin } from "vite";
import {
  BASE,
  Built,
  check,
  EMBED,
  fixture,
  INSTALLS,
  installOurs,
  npm,
  packages,
  published,
  python,
  reasonOf,
  ROOT,
  sweep,
} from "./generators.ts";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import { golden } from "./golden.ts";
import { Place } from "./host.ts";
import { launch } from "./site.ts";

const DIST = join(ROOT, "dist/npm");
const CAPTION = "Four guesses a round, checked in one pass.";
/** What the page that nbconvert writes asks for: public hosts, and a widget's script beside it. */
const NBCONVERT =
  /^https:\/\/(cdnjs\.cloudflare\.com|cdn\.jsdelivr\.net|unpkg\.com)\/|ERR_FAILED|\/anywidget\.js$/;
const text = (path: string) => readFileSync(path, "utf8");
const json = (path: string) => JSON.parse(text(path));

describe("the npm package", () => {
  test("has what its package.json promises, and nothing of the source", () => {
    const [packed] = JSON.parse(npm(["pack", "--dry-run", "--json"], DIST));
    const names: string[] = packed.files.map((it: { path: string }) => it.path);
    expect(names.filter((it) => !/^(fonts|lang|methods|parts)\//.test(it)).sort()).toEqual([
      "LICENSE-APACHE",
      "LICENSE-MIT",
      "README.md",
      "attributes.json",
      "custom-elements.json",
      "decodescope-cost.js",
      "decodescope-export.js",
      "decodescope-live.js",
      "decodescope-player.js",
      "decodescope-worker.js",
      "index.d.ts",
      "index.js",
      "languages.js",
      "methods.js",
      "package.json",
      "player.js",
      "react.d.ts",
      "react.js",
    ]);
    const methods: { id: string }[] = json(join(ROOT, "web/generated/methods.json"));
    for (const { id } of methods)
      expect(names).toEqual(expect.arrayContaining([`methods/${id}.js`, `methods/${id}.json`]));
    const { exports, customElements, license } = json(join(DIST, "package.json"));
    for (const it of [customElements, ...Object.values(exports).flatMap(targets)])
      expect(names).toContain(it.replace("./", ""));
    expect(license).toBe("MIT OR Apache-2.0");
  });

  test("every package has the one list of attributes", () => {
    const list = text(join(EMBED, "attributes.json"));
    expect(text(join(DIST, "attributes.json"))).toBe(list);
    expect(text(join(ROOT, "dist/python/decodescope/attributes.json"))).toBe(list);
    const names = Object.keys(JSON.parse(list));
    const [element] = json(join(DIST, "custom-elements.json")).modules[0].declarations;
    expect(element.attributes.map((it: { name: string }) => it.name)).toEqual(names);
    const jsx = names.map((it) => it.replace(/-./g, (two) => two[1]!.toUpperCase()));
    const props = [...text(join(DIST, "react.d.ts")).matchAll(/^ {2}(\w+)\?:/gm)].map(
      (it) => it[1],
    );
    expect(props.slice(0, jsx.length)).toEqual(jsx);
  });
});

const targets = (it: unknown): string[] =>
  typeof it === "string" ? [it] : Object.values(it as Record<string, string>);

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

async function serve(folder: string): Promise<Built> {
  const built = await Built.serve(folder, browser);
  open.push(built);
  return built;
}

/** Bundles a fixture, and what `more` says. */
const bundle = (root: string, more: InlineConfig = {}) =>
  build({ configFile: false, root, base: "./", logLevel: "error", ...more });

test("R5: Vite bundles the package, and the figure works from a sub-path", async ({ skip }) => {
  const folder = fixture("npm/fixture", "runs");
  const refused = reasonOf(() => (installOurs(folder), {}));
  if (typeof refused === "string") return skip(refused);
  await bundle(folder);
  const opened = await (await serve(join(folder, "dist"))).open("index.html");
  await check(opened, { start: 30, written: false });
  const { page } = opened;
  await page.locator("summary", { hasText: "About this method" }).click();
  await page.locator("decodescope-player .about-text p").first().waitFor();
});

describe("E4: a bundled figure with `live`", () => {
  async function bundled(): Promise<Page> {
    const folder = fixture("npm/fixture", "runs");
    installOurs(folder);
    await bundle(folder);
    const { page } = await (await serve(join(folder, "dist"))).open("index.html");
    return page;
  }

  test("says what is missing, and plays", async () => {
    const page = await bundled();
    const player = page.locator("decodescope-player");
    await player.evaluate((it) => it.setAttribute("live", ""));
    await page.getByRole("button", { name: /^Run it here/ }).click();
    await player.getByText(/“base” has to name the folder of a Decodescope site/).waitFor();
    await player.evaluate((it) => (it as DecodescopePlayer).setState({ step: "end" }));
  });

  test("runs the model of the site that it names", async () => {
    await runsLive(await bundled());
  });
});

/** The first figure of a page runs the model of a site on another port. */
async function runsLive(page: Page): Promise<void> {
  const site = await Place.start();
  site.headers = { "access-control-allow-origin": "*" };
  try {
    // `open` lets a page ask its own host alone.
    await page.unrouteAll();
    const player = page.locator("decodescope-player").first();
    await player.evaluate((it, base) => {
      it.setAttribute("base", base);
      it.setAttribute("live", "");
    }, site.address);
    await page.getByRole("button", { name: /^Run it here/ }).click();
    await page.getByRole("button", { name: /^Download/ }).click();
    await page.getByRole("button", { name: /^Run$/ }).click();
    await player.locator(".live-badge[data-live]").waitFor();
    await player.locator('.live-bar[data-state="ready"]').waitFor();
    const trace = await player.evaluate(async (it) =>
      JSON.parse(await (await (it as DecodescopePlayer).export("json")).text()),
    );
    expect(trace.recorded.device).toBe("cpu");
    expect(trace.tokens).toEqual(golden("speculative-decoding").tokens);
    expect(site.asked).toContain("/notes/embed/decodescope-live.js");
  } finally {
    await site.stop();
  }
}

test("E1: MDX rendered on a server has the picture and the caption, then plays", async ({
  skip,
}) => {
  const cache = reasonOf(() => ({ folder: packages("docusaurus/page") }));
  if (typeof cache === "string") return skip(cache);
  const folder = fixture("docusaurus/page", "runs", {}, cache.folder);
  installOurs(folder);
  const modules = join(cache.folder, "node_modules");
  const load = (path: string) => import(pathToFileURL(path).href);
  const { default: mdx } = await load(join(modules, "@mdx-js/rollup/index.js"));
  const plugins: Plugin[] = [{ enforce: "pre", ...mdx() }];
  // Small files must not be put into the page: an author's pictures are not.
  const shared = { assetsInlineLimit: 0 };
  await bundle(folder, { plugins, base: BASE, build: shared });
  await bundle(folder, {
    plugins,
    base: BASE,
    build: { ...shared, ssr: "server.jsx", outDir: "server" },
    ssr: { noExternal: ["decodescope-player"] },
  });
  const { html } = (await load(join(folder, "server/server.js"))) as { html: () => string };
  const page = join(folder, "dist/index.html");
  writeFileSync(page, text(page).replace("<!--page-->", html));
  const opened = await (await serve(join(folder, "dist"))).open("index.html");
  await check(opened, { start: 30, caption: CAPTION });
});

test(
  "Docusaurus builds a site with a figure",
  async ({ skip }) => {
    const cache = reasonOf(() => ({ folder: packages("docusaurus/site") }));
    if (typeof cache === "string") return skip(cache);
    const folder = fixture("docusaurus/site", "static/runs", {}, cache.folder);
    installOurs(folder);
    const command = join(cache.folder, "node_modules/.bin/docusaurus");
    execFileSync(process.execPath, [command, "build"], { cwd: folder, stdio: "pipe" });
    const opened = await (await serve(join(folder, "build"))).open("");
    await check(opened, { start: 30, caption: CAPTION });
  },
  INSTALLS,
);

test("E9: a notebook that was run shows the widget, and the picture without it", async ({
  skip,
}) => {
  const tools = reasonOf(() => ({
    python: python("jupyter"),
    manager: published("@jupyter-widgets/html-manager", "1.0.15"),
    require: published("requirejs", "2.3.7"),
  }));
  if (typeof tools === "string") return skip(tools);
  const run = fixture("jupyter/notebook", "runs");
  const convert = (...words: string[]) => tools.python.run(["-m", "nbconvert", ...words], run);
  const notebook = join(run, "guesses.ipynb");
  const { cells, ...rest } = json(notebook);
  // The cells below the figure move it.
  writeFileSync(notebook, JSON.stringify({ ...rest, cells: cells.slice(0, 1) }));
  convert("--execute", "--to", "notebook", "--output", "done", "guesses.ipynb");
  convert("--to", "html", "done.ipynb");
  const [output] = json(join(run, "done.ipynb")).cells[0].outputs;
  const still = [output.data["text/html"]].flat().join("");
  expect(still).toContain('<img src="data:image/svg+xml;base64,');
  expect(still).toContain(CAPTION);

  // A page that nbconvert writes asks public hosts for the widgets' own scripts.
  const anywidget = join(tools.python.folder, "share/jupyter/nbextensions/anywidget/index.js");
  const built = await serve(run);
  const opened = await built.open("done.html", {
    "require.min.js": join(tools.require, "require.js"),
    "embed-amd.js": join(tools.manager, "dist/embed-amd.js"),
    "dist/index.js": anywidget,
  });
  await check(opened, { start: 30, written: false, others: NBCONVERT });
  await runsLive(opened.page);
});

// Measures what the built page spends on drawing one event, for every recorded example and view:
// script, style and layout, without painting. Milliseconds of the main thread's own processor
// time, which other programs on the machine do not stretch; and the elements of the picture.
// Usage: CHROME=… node web/tools/draw-times.mjs [--example ID] [--view ID] [--every N] [--json FILE]
// [--site DIR]; build `dist/` before. `--every 4` draws every fourth event from the one before it.

import { writeFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { CHROME, FLAGS, serve } from "./site.mjs";

/** What the page may take for one event (ui-guide, row P6). */
const TARGET_MS = 4;

const option = (name) => {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? process.argv[at + 1] : undefined;
};

const { server, address } = await serve(option("site") ?? "dist");
const browser = await chromium.launch({
  executablePath: CHROME,
  args: [...FLAGS, "--disable-gpu"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
await page.route(/\/(wasm|models)\//, (route) => route.abort());
await page.goto(address);
await page.getByTestId("figure").first().waitFor();
const session = await page.context().newCDPSession(page);
await session.send("Performance.enable", { timeDomain: "threadTicks" });

/** Milliseconds of the main thread so far: all, and of these style and layout. */
async function spent() {
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (name) => 1000 * metrics.find((it) => it.name === name).value;
  return [of("TaskDuration"), of("RecalcStyleDuration"), of("LayoutDuration")];
}

/** What a call into the page costs by itself: the median of many that do nothing. */
async function callMs() {
  const times = [];
  for (let i = 0; i < 50; i++) {
    const [before] = await spent();
    await page.evaluate(async () => undefined);
    times.push((await spent())[0] - before);
  }
  return times.sort((a, b) => a - b)[25];
}

const examples = await page
  .getByTestId("example")
  .evaluateAll((links) => links.map((it) => it.dataset.example));
const every = Number(option("every") ?? 1);
const call = await callMs();
const rows = [];
for (const example of examples.filter((it) => it === (option("example") ?? it))) {
  await page.locator(`[data-example="${example}"]`).click();
  await page.locator(`[data-example="${example}"][aria-current="true"]`).waitFor();
  for (const view of (await page.evaluate(views)).filter((it) => it === (option("view") ?? it))) {
    const places = await page.evaluate(openView, view);
    const times = [];
    for (let at = every; at <= places; at += every) {
      if (every > 1) await page.evaluate(draw, at - 1);
      const before = await spent();
      await page.evaluate(draw, at);
      const after = await spent();
      const [all, style, layout] = after.map((ms, i) => ms - before[i]);
      times.push([Math.max(0, all - call - style - layout), style, layout]);
    }
    const elements = await page.evaluate(countElements);
    rows.push({ example, view, ...summary(times), elements });
  }
}
await browser.close();
server.close();

const titles = ["median", "95 %", "slowest", "script", "style", "layout"];
console.log("example".padEnd(24) + "view".padEnd(14) + titles.map((it) => it.padStart(9)).join(""));
for (const row of rows) {
  const numbers = titles.map((it) => row[it].toFixed(1).padStart(9)).join("");
  const mark = row.median > TARGET_MS ? " *" : "";
  console.log(`${row.example.padEnd(24)}${row.view.padEnd(14)}${numbers}  ${row.elements}${mark}`);
}
console.log(`milliseconds; script, style and layout are means; * slower than ${TARGET_MS} ms`);
const out = option("json");
if (out) await writeFile(out, JSON.stringify(rows, null, 2) + "\n");

function summary(times) {
  const totals = times.map((parts) => parts.reduce((a, b) => a + b, 0)).sort((a, b) => a - b);
  const share = (p) => totals[Math.min(totals.length - 1, Math.floor(p * totals.length))];
  const mean = (i) => times.reduce((sum, parts) => sum + parts[i], 0) / times.length;
  return {
    median: share(0.5),
    "95 %": share(0.95),
    slowest: share(1),
    script: mean(0),
    style: mean(1),
    layout: mean(2),
  };
}

// ── In the page ──────────────────────────────────────────────────────────────────────────────────

async function views() {
  const figure = document.querySelector("decodescope-figure");
  await figure.updateComplete;
  return [...figure.shadowRoot.querySelectorAll("[role=tab]")].map((it) => it.id.slice(4));
}

/** Opens a view at the start of the run; gives the number of its events. */
async function openView(view) {
  const figure = document.querySelector("decodescope-figure");
  figure.view = view;
  figure.seek(0);
  await figure.updateComplete;
  return figure.length;
}

async function draw(at) {
  const figure = document.querySelector("decodescope-figure");
  figure.seek(at);
  await figure.updateComplete;
  // Asking for a size has style and layout done at once.
  figure.getBoundingClientRect();
}

function countElements() {
  const figure = document.querySelector("decodescope-figure");
  return figure.shadowRoot.querySelectorAll(".stage-body *").length;
}

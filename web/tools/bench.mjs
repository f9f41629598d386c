// Measures the built site in a real browser and prints tables: milliseconds of a pass, tokens per
// second, time to the first picture and the first token, long tasks of the page. Medians.
// Usage: CHROME=… node web/tools/bench.mjs [--device cpu|webgpu] [--json FILE]; run `cargo xtask build` before.

import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { chromium } from "playwright-core";
import { CHROME, FLAGS, serve } from "./site.mjs";

const NEW_NODES = [1, 2, 4, 8, 16, 32, 64];
const CONTEXT = 128;
const PROMPT = "Once upon a time, there was a little girl named Lily.";
const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor(sorted.length / 2)] : NaN;
};

/** Passes of the engine itself, without page and worker. */
async function passes(browser, address, device, repetitions) {
  const page = await browser.newPage();
  await page.goto(`${address}models/stories/target/config.json`);
  const measured = await page.evaluate(
    async ({ address, device, counts, context, repetitions }) => {
      const module = await import(`${address}wasm/${device}/engine.js`);
      await module.default({ module_or_path: `${address}wasm/${device}/engine_bg.wasm` });
      const engine = await module.Engine.create();
      const bytes = async (name) =>
        new Uint8Array(await (await fetch(`${address}models/stories/${name}`)).arrayBuffer());
      for (const role of ["target", "draft"]) {
        engine.loadModel(
          role,
          role,
          await bytes(`${role}/config.json`),
          await bytes(`${role}/tokenizer.json`),
          await bytes(`${role}/model.safetensors`),
        );
      }
      const table = {};
      for (const role of ["target", "draft"]) {
        // A browser compiles WebAssembly twice: at once, and well while it runs.
        if (device === "cpu") await engine.passTimes(role, context, 1, 400);
        table[role] = [];
        for (const count of counts) {
          table[role].push([...(await engine.passTimes(role, context, count, repetitions))]);
        }
      }
      return table;
    },
    { address, device, counts: NEW_NODES, context: CONTEXT, repetitions },
  );
  await page.close();
  return Object.fromEntries(
    Object.entries(measured).map(([role, lists]) => [role, lists.map(median)]),
  );
}

/** Milliseconds to the first picture that can be stepped, over a slow mobile network. */
async function slowPicture(browser, address) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  // Lighthouse's "slow 4G": 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back.
  const [downloadThroughput, uploadThroughput] = [1_600_000 / 8, 750_000 / 8];
  const slow4g = { offline: false, latency: 150, downloadThroughput, uploadThroughput };
  await network.send("Network.emulateNetworkConditions", slow4g);
  await page.goto(address, { waitUntil: "commit" });
  await page.waitForFunction(() =>
    document.querySelector("decodescope-figure")?.shadowRoot?.querySelector("input[type=range]"),
  );
  const ms = await page.evaluate(() => performance.now());
  await context.close();
  return ms;
}

/** A page of its own: first picture, first token, speed, and what held up the main thread. */
async function visit(browser, address, device, tokens) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    globalThis.longTasks = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        globalThis.longTasks.push([entry.startTime, entry.duration]);
    }).observe({ type: "longtask", buffered: true });
  });
  await page.goto(`${address}?device=${device}&method=basic-sampling`);
  await page.getByTestId("figure").first().waitFor();
  const picture = await page.evaluate(() => performance.now());
  const told = await page.evaluate(
    async ({ prompt, tokens, device }) => {
      await globalThis.decodescope.ready;
      const ready = performance.now();
      const one = { method: "basic-sampling", params: { temperature: 0 }, prompt, device };
      await globalThis.decodescope.run({ ...one, maxNewTokens: 1 });
      const first = performance.now();
      const trace = await globalThis.decodescope.run({ ...one, maxNewTokens: tokens });
      const ms = trace.recorded.pass_ms.slice(2);
      return { ready, first, ms, total: trace.recorded.total_ms, count: trace.tokens.length };
    },
    { prompt: PROMPT, tokens, device },
  );
  // Now as a reader runs it, with the picture drawn while the text grows.
  await page.getByTestId("prompt").fill(PROMPT);
  const start = await page.evaluate(() => performance.now());
  await page.getByTestId("run").click();
  await page.getByTestId("run").waitFor({ timeout: 300_000 });
  const tasks = await page.evaluate(
    (start) => globalThis.longTasks.filter(([at]) => at >= start),
    start,
  );
  await context.close();
  return {
    "first picture, ms": picture,
    "engine ready, ms": told.ready,
    "first token, ms": told.first,
    "greedy tokens per second": 1000 / median(told.ms),
    "long tasks while generating": tasks.length,
    "longest task while generating, ms": Math.max(0, ...tasks.map(([, duration]) => duration)),
  };
}

const { server, address } = await serve("dist");
const report = { processor: cpus()[0]?.model, cores: cpus().length, context: CONTEXT, devices: {} };
const asked = process.argv.indexOf("--device");
for (const device of asked > 0 ? [process.argv[asked + 1]] : ["cpu", "webgpu"]) {
  const gpu = device === "webgpu" ? ["--enable-unsafe-webgpu"] : ["--disable-gpu"];
  const browser = await chromium.launch({ executablePath: CHROME, args: [...FLAGS, ...gpu] });
  const slow = device === "webgpu";
  if (device === "cpu") {
    const times = [];
    for (let i = 0; i < 5; i++) times.push(await slowPicture(browser, address));
    report.slow4gFirstPictureMs = median(times);
  }
  report.devices[device] = {
    passes: await passes(browser, address, device, slow ? 3 : 15),
    page: await visit(browser, address, device, slow ? 8 : 96),
  };
  await browser.close();
}
server.close();

const header = NEW_NODES.map((it) => String(it).padStart(9)).join("");
for (const [device, { passes, page }] of Object.entries(report.devices)) {
  console.log(`\n${device} in the browser, medians`);
  console.log(`ms of a pass below ${CONTEXT} nodes, by new nodes\n${"".padEnd(10)}${header}`);
  for (const [role, row] of Object.entries(passes)) {
    console.log(role.padEnd(10) + row.map((ms) => ms.toFixed(2).padStart(9)).join(""));
  }
  for (const [name, value] of Object.entries(page))
    console.log(`${name.padEnd(36)}${value.toFixed(1)}`);
}
const slow4g = report.slow4gFirstPictureMs?.toFixed(0);
if (slow4g) console.log(`\nfirst picture on slow 4G, median: ${slow4g} ms`);
const out = process.argv.indexOf("--json");
if (out > 0) await writeFile(process.argv[out + 1], JSON.stringify(report, null, 2) + "\n");

// Prints the sizes of the built site and fails when one is over its budget.
// Usage: node web/tools/sizes.mjs [--json]

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const DIST = "dist";
const KB = 1000;
const MB = 1_000_000;

const raw = (path) => readFileSync(path).length;
const gzip = (path) => gzipSync(readFileSync(path), { level: 9 }).length;
const brotli = (path) => {
  const bytes = readFileSync(path);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params }).length;
};

/** The scripts that the page loads at once: those index.html names, and what they import. */
function shell() {
  const found = new Set();
  const visit = (path) => {
    if (found.has(path) || !existsSync(path)) return;
    found.add(path);
    const text = readFileSync(path, "utf8");
    // Static imports only: `import("…")` is loaded on demand.
    for (const [, name] of text.matchAll(
      /(?:^|[;}\s])(?:import|export)[^"'();]*["'](\.[^"']+)["']/g,
    )) {
      visit(join(path, "..", name));
    }
  };
  const html = readFileSync(join(DIST, "index.html"), "utf8");
  for (const [, name] of html.matchAll(/(?:src|href)="(\.\/[^"]+\.js)"/g)) visit(join(DIST, name));
  return [...found];
}

const sum = (paths, size) => paths.reduce((total, path) => total + size(path), 0);
const files = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((it) => it.isFile())
        .map((it) => join(it.parentPath ?? it.path, it.name))
    : [];

const wasm = (device) => join(DIST, "wasm", device, "engine_bg.wasm");
const weights = (name) => join(DIST, "models/stories", name, "model.safetensors");
const cards = files(join(DIST, "runs")).filter((it) => it.endsWith(".png"));
const rows = [
  ["JS shell, gzip", sum(shell(), gzip), 100 * KB],
  ["embedded player, gzip", gzip(join(DIST, "embed/decodescope-player.js")), 60 * KB],
  ["WASM for the CPU, brotli", brotli(wasm("cpu")), 1.2 * MB],
  ["WASM for the CPU, raw", raw(wasm("cpu"))],
  ["WASM for WebGPU, brotli", brotli(wasm("webgpu")), 2.6 * MB],
  ["WASM for WebGPU, raw", raw(wasm("webgpu"))],
  ["weights of target and draft", raw(weights("target")) + raw(weights("draft")), 17 * MB],
  ["recorded examples, gzip", sum(files(join(DIST, "traces")), gzip)],
  ["largest picture of a run's page", Math.max(0, ...cards.map(raw)), 60 * KB],
  ["whole site, raw", sum(files(DIST), raw)],
];

if (process.argv.includes("--json")) {
  console.log(JSON.stringify(Object.fromEntries(rows.map(([name, size]) => [name, size]))));
} else {
  for (const [name, size, budget] of rows) {
    const limit = budget ? ` of ${budget / KB} kB` : "";
    console.log(`${name.padEnd(42)} ${(size / KB).toFixed(1).padStart(10)} kB${limit}`);
  }
}
const over = rows.filter(([, size, budget]) => budget && size > budget);
for (const [name] of over) console.error(`over its budget: ${name}`);
process.exit(over.length ? 1 : 0);

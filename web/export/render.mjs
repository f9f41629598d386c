#!/usr/bin/env node
// Draws a trace as the page draws it, without a window: for papers, documentation and CI. It needs
// Chromium, since only a browser lays out our pictures; $CHROME says where it is.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const USAGE = `Usage: decodescope-render TRACE [-o FILE.svg|FILE.png|FILE.tex] [options]
Draws a place of a recorded run. Without -o the SVG is printed. A .tex holds the tree of that round's
tokens for LaTeX, in TikZ.
  --step N|P%       events that have happened, or a share of the run (100%)
  --view NAME       the picture: tree, lanes, lattice, grid, … (the one that fits best)
  --part NAME       picture, text, explanation or figure (picture)
  --theme NAME      light or dark (light)
  --width PIXELS    how wide it is laid out (900)
  --whole           also what a reader would scroll to; the picture may then be wider
  --node N          a node to select
  --scale N         pixels of a PNG for each pixel of the picture (2)
$CHROME names the browser, if it is not found.`;

const OPTIONS = {
  output: { type: "string", short: "o" },
  step: { type: "string" },
  view: { type: "string" },
  part: { type: "string" },
  theme: { type: "string", default: "light" },
  width: { type: "string" },
  whole: { type: "boolean", default: false },
  node: { type: "string" },
  scale: { type: "string", default: "2" },
  help: { type: "boolean", short: "h", default: false },
};

/** What the command line asks for. Errors: a sentence for whoever typed it. */
function asked() {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  if (values.help) return { values };
  if (positionals.length !== 1) throw new Error(`Name one trace.\n${USAGE}`);
  const number = (name, least, most) => {
    if (values[name] === undefined) return undefined;
    const value = Number(values[name]);
    if (!(value >= least && value <= most))
      throw new Error(`--${name} ${values[name]}: give a number from ${least} to ${most}.`);
    return value;
  };
  const one = (name, known) => {
    if (values[name] !== undefined && !known.includes(values[name]))
      throw new Error(`--${name} ${values[name]}: give ${known.join(", ")}.`);
    return values[name];
  };
  const { output, view, step, whole } = values;
  const format = /\.(svg|png|tex)$/.exec(output ?? ".svg")?.[1];
  if (!format) throw new Error(`${output}: the file must end in .svg, .png or .tex.`);
  const [part, width] = [one("part", ["picture", "text", "explanation", "figure"]), number("width", 200, 8000)]; // prettier-ignore
  const options = { theme: one("theme", ["light", "dark"]), whole, view, part, width };
  for (const name of Object.keys(options)) if (options[name] === undefined) delete options[name];
  const request = { step, node: number("node", 0, 2 ** 31), scale: number("scale", 0.5, 4) };
  return { values, file: positionals[0], output, request: { ...request, format, options } };
}

/** The script with the figure and its exporters: built beforehand, or now. */
async function script() {
  const beside = fileURLToPath(new URL("./render.js", import.meta.url));
  const built = fileURLToPath(new URL("../../dist/export/render.js", import.meta.url));
  for (const path of [beside, built]) if (existsSync(path)) return path;
  const { build } = await import("vite");
  const configFile = fileURLToPath(new URL("./vite.config.ts", import.meta.url));
  await build({ configFile, logLevel: "error" });
  return built;
}

const BROWSERS = [
  process.env.CHROME,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

async function draw(json, request) {
  const { chromium } = await import("playwright-core");
  const executablePath = BROWSERS.find((it) => it && existsSync(it));
  // Without one of these, Playwright looks for a browser of its own, and says how to get it.
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ["--no-sandbox", "--disable-gpu", "--force-device-scale-factor=1"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.setContent("<!doctype html><title>Decodescope</title>");
    await page.addScriptTag({ path: await script() });
    return await page.evaluate(([json, request]) => globalThis.render(json, request), [json, request]); // prettier-ignore
  } finally {
    await browser.close();
  }
}

try {
  const { values, file, output, request } = asked();
  if (values.help) console.log(USAGE);
  else {
    const drawn = await draw(readFileSync(file, "utf8"), request);
    const bytes = request.format === "png" ? Buffer.from(drawn, "base64") : drawn;
    if (output) writeFileSync(output, bytes);
    else process.stdout.write(bytes);
  }
} catch (error) {
  // What was thrown in the page comes with a stack and the name of a function of Playwright's.
  const [said] = error.message.replace(/^page\.evaluate: (\w*Error: )?/, "").split("\n    at ");
  console.error(error.code === "ENOENT" ? `${error.path}: there is no such file.` : said);
  process.exitCode = 1;
}

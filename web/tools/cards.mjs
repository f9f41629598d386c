// Draws the pictures that other sites show beside a link to a recorded run. Needs Chromium, since
// only a browser lays out our figures; $CHROME says where it is.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { png } from "./png.mjs";

export const CARD = { width: 1200, height: 630 };
const CHROME = process.env.CHROME || "/usr/bin/chromium";

/** Whether cards can be drawn here. */
export const canDraw = () => existsSync(CHROME);

/**
 * Writes ID.png for each run into `folder`.
 * @param {{ id: string, title: string, json: string }[]} runs
 * @param {string} folder
 * @param {string} script the built dist/export/render.js
 */
export async function drawCards(runs, folder, script) {
  const { chromium } = await import("playwright-core");
  const args = ["--no-sandbox", "--disable-gpu", "--force-device-scale-factor=1"];
  const browser = await chromium.launch({ executablePath: CHROME, args });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.setContent("<!doctype html><title>Decodescope</title>");
    await page.addScriptTag({ path: script });
    for (const { id, title, json } of runs) {
      const drawn = await page.evaluate(
        ([json, title]) => globalThis.renderCard(json, title),
        [json, title],
      );
      const indices = Buffer.from(drawn.indices, "base64");
      writeFileSync(join(folder, `${id}.png`), png({ ...drawn, indices }));
    }
  } finally {
    await browser.close();
  }
}

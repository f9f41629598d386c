// A figure in a lecture: large, without controls, pausing at markers, led by a clicker.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import type { DecodescopeFigure } from "../../web/components/decodescope-figure.ts";
import { golden } from "./golden.ts";
import { Host } from "./host.ts";

let host: Host;

beforeAll(async () => {
  host = await Host.start();
});

afterAll(() => host?.stop());

/** The middle of the run that is shown. */
const HALF = Math.round(golden("speculative-decoding").events.length / 2);
const MARKERS = "40:first guess;50%:half-way";
const asAttributes = (it: Record<string, string>) =>
  Object.entries(it).map(([name, value]) => ` ${name}="${value}"`);

/** The same words as attributes of a player, as parameters of the frame, and of the playground. */
const WAYS: Record<string, (words: Record<string, string>) => Promise<Page>> = {
  "attributes of a player": async (words) =>
    (
      await host.open(
        `<p><a href="#x">A link</a> <input id="field"></p>
        <decodescope-player src="traces/speculative-decoding.json"${asAttributes(words).join("")}></decodescope-player>`,
      )
    ).page,
  "parameters of embed.html": async (words) => {
    const query = new URLSearchParams({ src: "traces/speculative-decoding.json", ...words });
    return (await host.visit(`${host.site.address}embed.html?${query}`)).page;
  },
  "parameters of the playground": async (words) => {
    const query = new URLSearchParams({ example: "speculative-decoding", ...words });
    return (await host.visit(`${host.site.address}?device=cpu&${query}`)).page;
  },
};

const playing = (page: Page) => shown(page).evaluate((it) => (it as DecodescopeFigure).playing);
const shown = (page: Page) => page.locator("decodescope-figure:not([hidden])").first();
const at = (page: Page) => shown(page).evaluate((it) => (it as DecodescopeFigure).index);
const until = (page: Page) =>
  expect
    .poll(() => shown(page).evaluate((it) => (it as DecodescopeFigure).length), { timeout: 20_000 })
    .toBeGreaterThan(0);

describe.each(Object.entries(WAYS))("T12, as %s:", (_, open) => {
  test("one word: no controls, a clicker steps by rounds, playing pauses at markers", async () => {
    const words = { teach: "", speed: "8", "start-at": "30", markers: MARKERS };
    const page = await open(words);
    await until(page);
    await expect.poll(() => at(page)).toBe(30);
    expect(await page.locator(".scrubber").count()).toBe(0);
    for (const place of [40, HALF]) {
      await page.keyboard.press(" ");
      await expect.poll(() => playing(page), { timeout: 20_000 }).toBe(false);
      expect(await at(page)).toBe(place);
    }
    // Nobody has clicked into the figure.
    const rounds = await shown(page).evaluate((it) =>
      (it as DecodescopeFigure).end.rounds.map((round) => round.last + 1),
    );
    const next = rounds.filter((it) => it > HALF);
    const seen: number[] = [];
    for (const key of ["PageDown", "PageDown", "PageUp"]) {
      await page.keyboard.press(key);
      seen.push(await at(page));
    }
    expect(seen).toEqual([next[0], next[1], next[0]]);
    await page.context().close();
  });

  test("each part has a word of its own", async () => {
    const page = await open({ large: "", halt: "1", "start-at": "40" });
    await until(page);
    expect(await page.locator(".scrubber").count()).toBe(1);
    const figure = await shown(page).evaluate((it) => {
      const { large, halting, leads } = it as DecodescopeFigure;
      return { large, halting, leads };
    });
    expect(figure).toEqual({ large: true, halting: true, leads: false });
    // Without `teach` the keys of the page are the page's.
    await expect.poll(() => at(page)).toBe(40);
    await page.keyboard.press("PageDown");
    expect(await at(page)).toBe(40);
    await page.context().close();
  });
});

test("T12: sentences are a 36th of the screen high, and nothing is wider than it", async () => {
  const page = await WAYS["attributes of a player"]!({ teach: "", "start-at": "50%" });
  await until(page);
  for (const size of [
    { width: 1280, height: 720 },
    { width: 1920, height: 1080 },
  ]) {
    await page.setViewportSize(size);
    const letters = await page
      .locator(".inspector .why")
      .evaluate((it) => parseFloat(getComputedStyle(it).fontSize) * it.currentCSSZoom);
    expect(letters).toBeGreaterThanOrEqual(size.height / 36);
    const across = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(across).toBeLessThanOrEqual(size.width);
  }
  await page.context().close();
});

test("T12: the playground leaves nothing but the picture, as high as the window", async () => {
  const page = await WAYS["parameters of the playground"]!({ teach: "" });
  await until(page);
  for (const gone of [".controls", ".reading", ".caption"])
    expect(await page.locator(gone).first().isVisible()).toBe(false);
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(800);
  const box = await shown(page).boundingBox();
  expect(box!.height).toBeGreaterThan(700);
  await page.context().close();
});

test("T12: fields of the page keep their keys, and a lecture can begin and end at run time", async () => {
  const page = await WAYS["attributes of a player"]!({ teach: "", "start-at": "40" });
  await until(page);
  await page.locator("#field").focus();
  await page.keyboard.press("PageDown");
  await page.keyboard.press("5");
  expect(await at(page)).toBe(40);
  expect(await page.locator("#field").inputValue()).toBe("5");
  await page.getByText("A link").focus();
  await page.keyboard.press("PageDown");
  expect(await at(page)).toBeGreaterThan(40);
  const player = page.locator("decodescope-player");
  await player.evaluate((it) => it.removeAttribute("teach"));
  await expect.poll(() => page.locator(".scrubber").count()).toBe(1);
  const before = await at(page);
  await page.keyboard.press("PageDown");
  expect(await at(page)).toBe(before);
  await player.evaluate((it) => it.setAttribute("teach", ""));
  await expect.poll(() => page.locator(".scrubber").count()).toBe(0);
  await page.context().close();
});

// A figure, its frame and the playground in German and French: no word of ours stays English.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { readFileSync } from "node:fs";
import type { DecodescopeFigure } from "../../web/components/decodescope-figure.ts";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import { withPlayer } from "./plain-page.ts";
import { Host } from "./host.ts";

let host: Host;

beforeAll(async () => {
  host = await Host.start();
});

afterAll(() => host?.stop());

/** Views whose own words are translated; the tabs of all are. */
const TRANSLATED = ["tree", "distribution", "rounds", "passes"];

const words = (tag: string): Record<string, string> =>
  JSON.parse(
    readFileSync(new URL(`../../web/language/${tag}.json`, import.meta.url).pathname, "utf8"),
  );

/**
 * Everything of a figure that is read or read aloud, but for words that are not ours: tokens,
 * pseudo-code, pages of methods.
 */
const heard = (page: Page) =>
  page.evaluate(() => {
    const found: string[] = [];
    const foreign =
      ".pseudo, .about-text, .tokens .token, .text .unseen, .word, .name, .trunk-word";
    const names = ["aria-label", "aria-valuetext", "title", "data-more"];
    const visit = (node: Node): void => {
      if (node instanceof Element) {
        if (node.matches("style, script, [hidden]")) return;
        for (const name of names) {
          const value = node.getAttribute(name);
          if (value) found.push(value);
        }
        if (node.matches(foreign)) return;
        if (node.shadowRoot) visit(node.shadowRoot);
      }
      if (node instanceof Text && node.data.trim())
        found.push(node.data.trim().replace(/\s+/g, " "));
      for (const child of node.childNodes) visit(child);
    };
    visit(document.querySelector("decodescope-player, decodescope-figure")!);
    return found;
  });

/** Stages of a draw are called as the trace calls them, with their setting. */
const STAGES = ["model", "draft", "temperature"];

/** Every view that is translated, at places where something happens. */
async function everything(page: Page): Promise<string[]> {
  const all: string[] = [];
  for (const view of TRANSLATED)
    for (const step of ["20%", "50%", "55%", "100%"]) {
      await withPlayer(page, (it) => it.getState()); // it stands
      await page
        .locator("decodescope-player")
        .evaluate((it, at) => (it as DecodescopePlayer).setState(at), { view, step });
      all.push(...(await heard(page)));
    }
  return all;
}

/** Words that the English texts have and the other language does not. */
function english(tag: string): RegExp {
  const own = words(tag);
  const letters = (text: string) =>
    (text
      .replace(/\{\w+\}/g, " ")
      .toLowerCase()
      .match(/\p{L}{2,}/gu) ?? []) as string[];
  const theirs = new Set(Object.values(own).flatMap(letters));
  const ours = new Set(Object.keys(own).flatMap(letters));
  return new RegExp(
    `(?<!\\p{L})(${[...ours].filter((it) => !theirs.has(it)).join("|")})(?!\\p{L})`,
    "iu",
  );
}

describe.each(["de", "fr"])("lang=%s", (tag) => {
  test("no word of ours stays English, seen or read aloud", async () => {
    const { page, complaints, requests } = await host.open(
      `<decodescope-player src="traces/speculative-decoding.json" lang="${tag}" markers="50%:x"></decodescope-player>`,
    );
    const all = new Set(await everything(page));
    expect(all.size).toBeGreaterThan(80);
    expect(all).toContain(words(tag)["Play (Space)"]);
    // Names of the views and of the method are the trace's or are translated; tokens are quoted.
    const bare = [...all]
      .filter((it) => !STAGES.includes(it.replace(/ [\d,]+$/, "")))
      .map((it) => it.replace(/[„«“][^“»”]*[“»”]|Speculative decoding|␣\S+|^Once: /gu, ""));
    expect(bare.filter((it) => english(tag).test(it))).toEqual([]);
    // Decimals as the language writes them.
    expect([...all].filter((it) => /\d\.\d/.test(it))).toEqual([]);
    expect([...all].some((it) => /\d,\d/.test(it))).toBe(true);
    expect(await page.locator("decodescope-figure").getAttribute("lang")).toBe(tag);
    expect(requests.filter((it) => it.includes("/lang/"))).toEqual([
      `/notes/embed/lang/${tag}.json`,
    ]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("embed.html and the playground speak it too", async () => {
    const frame = await host.visit(
      `${host.site.address}embed.html?method=speculative-decoding&lang=${tag}`,
    );
    await frame.page.getByRole("button", { name: words(tag)["Play (Space)"]! }).waitFor();
    await frame.page.context().close();
    const { page, complaints } = await host.visit(
      `${host.site.address}?device=cpu&example=speculative-decoding&lang=${tag}-CH`,
    );
    await page.getByRole("button", { name: words(tag)["Play (Space)"]! }).waitFor();
    for (const it of ["Run", "Step", "Share"])
      expect(await page.getByRole("button", { name: words(tag)[it]!, exact: true }).count()).toBe(
        1,
      );
    await page.getByRole("heading", { name: words(tag)["Recorded examples"]! }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(`${tag}-CH`);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

test("another language at run time, and one that nobody knows: English, without a complaint", async () => {
  const { page, complaints, requests } = await host.open(
    `<decodescope-player src="traces/speculative-decoding.json" lang="xx-YY" start-at="50%"></decodescope-player>`,
  );
  await withPlayer(page, (it) => it.getState());
  const play = (name: string) => page.getByRole("button", { name, exact: true }).waitFor();
  await play("Play (Space)");
  const player = page.locator("decodescope-player");
  const step = await withPlayer(page, (it) => it.getState().step);
  for (const [tag, name] of [
    ["de", "Abspielen (Leertaste)"],
    ["fr", "Lire (Espace)"],
    ["xx", "Play (Space)"],
  ] as const) {
    await player.evaluate((it, tag) => it.setAttribute("lang", tag), tag);
    await play(name);
    // Tokens that were drawn before follow as well.
    const token = page.locator("decodescope-figure .token").first();
    expect(await token.getAttribute("aria-label")).toMatch(
      { de: /: vorgegeben$/, fr: /: amorce$/, xx: /: prompt$/ }[tag],
    );
  }
  expect(await withPlayer(page, (it) => it.getState().step)).toBe(step);
  expect(requests.filter((it) => it.includes("/lang/"))).toHaveLength(2);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("the language of the page around it, two languages on one page, and errors in them", async () => {
  const { page } = await host.open(
    `<div lang="fr"><decodescope-player src="traces/speculative-decoding.json"></decodescope-player></div>
     <decodescope-player lang="de" src="nowhere.json"></decodescope-player>
     <decodescope-player src="traces/lookahead.json"></decodescope-player>`,
  );
  await page
    .getByText("Die Aufzeichnung nowhere.json kam nicht: Der Server antwortete 404.")
    .waitFor();
  const players = page.locator("decodescope-player");
  const labels: string[] = [];
  for (const i of [0, 2]) {
    const player = players.nth(i);
    await player.evaluate((it) => (it as DecodescopePlayer).ready);
    // Drawn again after the other one was.
    await player.evaluate((it) => (it as DecodescopePlayer).seek("40%"));
    labels.push(
      (await player
        .locator("decodescope-figure")
        .evaluate((it) =>
          (it as DecodescopeFigure).shadowRoot!.querySelector("input")!.getAttribute("aria-label"),
        ))!,
    );
  }
  expect(labels).toEqual(["Position dans l’exécution", "Place in the run"]);
  await page.context().close();
});

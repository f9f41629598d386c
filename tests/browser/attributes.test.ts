// Attributes of the element, parameters of embed.html and of the playground: the same names, the same
// meaning, and a sentence where a value cannot be followed.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BrowserContext, Page } from "playwright-core";
import type { DecodescopeFigure } from "../../web/components/decodescope-figure.ts";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import attributes from "../../web/embed/attributes.json";
import { document as pageOf, Host } from "./host.ts";

/** What each says here: never what a figure does without it. */
const SAID = {
  method: "lookahead",
  prompt: "Once",
  seed: "3",
  "start-at": "50%",
  speed: "0.25",
  autoplay: "",
  loop: "",
  markers: "95%: late",
  view: "passes",
  theme: "dark",
  lang: "de",
  hide: "why",
  height: "450",
  large: "",
  halt: "",
};

/** Tested where there is more to them: every other test, teach.test.ts, live.test.ts. */
const ELSEWHERE = ["src", "teach", "live", "base"];

/** What a figure makes of them. */
const SHOWN = {
  "start-at": true,
  speed: 0.25,
  autoplay: true,
  loop: true,
  markers: ["Zur Marke „late“"],
  view: "passes",
  theme: "rgb(20, 23, 28)",
  lang: "Stelle im Lauf",
  hide: 0,
  height: 450,
  large: true,
  halt: true,
};

const BAD = {
  method: "lookahead",
  seed: "1.5",
  "start-at": "abc",
  speed: "fast",
  markers: "90: late; soon: now",
  view: "foo",
  theme: "drak",
  hide: "legs",
  height: "-3",
};

/** The attributes of `BAD` that cannot be followed, with what may stand there. */
const SENTENCES = [
  ["seed", "1.5", "0, 1, …–4294967295"],
  ["start-at", "abc", "12, 50%, end, late"],
  ["speed", "fast", "0.25–8"],
  ["markers", "soon: now", "12: …; 50%: …"],
  ["view", "foo", /tree, grid, .*passes/],
  ["theme", "drak", "light, dark"],
  ["hide", "legs", /text, tabs, .*keys/],
  ["height", "-3", "200–4000"],
] as const;

/** `{0}`, `{1}`, `{2}`: name, value, and what may stand there. */
function saysAll(text: string, sentence: string): void {
  for (const [name, value, allowed] of SENTENCES) {
    const [before, after] = sentence.replace("{0}", name).replace("{1}", value).split("{2}") as [
      string,
      string,
    ];
    const from = text.toLowerCase().indexOf(before.toLowerCase());
    expect([before, from]).not.toEqual([before, -1]);
    const rest = text.slice(from + before.length);
    if (typeof allowed === "string") expect(rest.slice(0, allowed.length)).toBe(allowed);
    else expect(rest).toMatch(new RegExp(`^${allowed.source}`));
    expect(rest).toContain(after);
  }
}

const figureOf = (page: Page) => page.locator("decodescope-figure").first();

const seen = (page: Page) =>
  figureOf(page).evaluate((it) => {
    const figure = it as DecodescopeFigure;
    const root = figure.shadowRoot!;
    const marks = [...root.querySelectorAll("button[aria-label*=late]")];
    return {
      "start-at": figure.index >= figure.length / 2 - 1,
      speed: figure.pace,
      autoplay: figure.playing,
      loop: figure.loop,
      markers: marks.map((it) => it.getAttribute("aria-label")),
      view: figure.openView?.id,
      theme: getComputedStyle(root.querySelector(".figure")!).backgroundColor,
      lang: root.querySelector("input[type=range]")?.getAttribute("aria-label"),
      hide: root.querySelectorAll(".side").length,
      height: figure.getBoundingClientRect().height,
      large: figure.large,
      halt: figure.halting,
    };
  });

let host: Host;
beforeAll(async () => {
  host = await Host.start();
});
afterAll(() => host?.stop());

/** The places where an author writes them. `own` is what the surface says of its settings. */
const SURFACES = [
  { name: "the element", path: "page.html", says: "{0} cannot be “{1}”: it may be {2}." },
  { name: "embed.html", path: "embed.html", says: "{0} kann nicht „{1}“ sein; erlaubt ist: {2}." },
  {
    name: "the playground",
    path: "index.html",
    says: "{0} ne peut pas être « {1} » ; sont permis : {2}.",
  },
] as const;

/** Opens a surface with these values. */
async function open(
  { name, path }: (typeof SURFACES)[number],
  values: Readonly<Record<string, string>>,
  context: BrowserContext,
): Promise<Page> {
  const text = Object.entries(values).map(([name, value]) => `${name}="${value}"`);
  const tag = `<decodescope-player ${text.join(" ")}></decodescope-player>`;
  // An author who listens from the start.
  const listens = `<script>told = []; addEventListener("error", (it) => it.detail && told.push(it.detail), true)</script>`;
  host.site.pages.set("/notes/page.html", pageOf(listens + tag, "embed/decodescope-player.js"));
  const query = name === "the element" ? "" : `?${new URLSearchParams(values)}`;
  return (await host.visitIn(context, host.site.address + path + query)).page;
}

test("every attribute of the element is tested here or where there is more to it", () => {
  expect([...Object.keys(SAID), ...ELSEWHERE].sort()).toEqual(Object.keys(attributes).sort());
});

describe.each(SURFACES)("$name", (surface) => {
  test("reads every attribute", async () => {
    const context = await host.context();
    let go = () => {};
    const asked = new Promise<void>((done) => (go = done));
    await context.route("**/traces/*.json", async (route) => {
      await asked;
      await route.continue();
    });
    const page = await open(surface, SAID, context);
    const { method, prompt, seed } = SAID;
    if (surface.name === "the playground") {
      await page.getByTestId("prompt").waitFor();
      expect(await page.getByTestId("method").inputValue()).toBe(method);
      expect(await page.getByTestId("prompt").inputValue()).toBe(prompt);
      expect(await page.getByTestId("seed").inputValue()).toBe(seed);
    } else {
      // The recorded run has a prompt and a seed of its own.
      const player = page.locator("decodescope-player");
      const state = await player.evaluate((it) => (it as DecodescopePlayer).getState());
      expect(state).toMatchObject({ method, prompt, seed: Number(seed) });
    }
    go();
    await expect.poll(() => seen(page).catch(() => null)).toEqual(SHOWN);
    await context.close();
  });

  test("says which values it cannot follow, and plays all the same", async () => {
    const context = await host.context();
    const lang = {
      "the element": {},
      "embed.html": { lang: "de" },
      "the playground": { lang: "fr" },
    };
    const page = await open(surface, { ...BAD, ...lang[surface.name] }, context);
    const alert = page.locator(surface.name === "the playground" ? ".problem" : ".notice");
    await expect.poll(() => alert.allInnerTexts()).toEqual([expect.stringMatching(/\w/)]);
    const text = await alert.innerText();
    saysAll(text, surface.says);
    const shown = await seen(page);
    expect(shown).toMatchObject({ speed: 1, loop: false, hide: 1 });
    expect(shown.theme).not.toBe(SHOWN.theme);
    await figureOf(page).evaluate((it) => (it as DecodescopeFigure).play());
    await expect.poll(async () => (await seen(page)).autoplay).toBe(true);
    if (surface.name === "the element") {
      const told = await page.evaluate(() => (globalThis as never as { told: object[] }).told);
      expect(told).toHaveLength(SENTENCES.length);
      for (const [path, value] of SENTENCES)
        expect(told).toContainEqual({
          code: "attribute",
          path,
          message: expect.stringContaining(value) as string,
        });
      const player = page.locator("decodescope-player");
      expect(await player.evaluate((it) => (it as DecodescopePlayer).getState().error)).toBe(text);
      // What is put right is said no longer, and nothing is told twice.
      await player.evaluate((it, good) => {
        for (const [name, value] of Object.entries(good)) it.setAttribute(name, value);
      }, SAID);
      await expect.poll(() => page.locator(".notice").count()).toBe(0);
      expect(await page.evaluate(() => (globalThis as never as { told: object[] }).told)).toEqual(
        told,
      );
    }
    await context.close();
  });
});

test("what a field of the playground cannot be, or cannot hold, is put right and said", async () => {
  const context = await host.context();
  const query = "?method=bass&also=1&also=2&also=3&also=4&also=5&also=6&also=7&also=The+dog";
  const { page } = await host.visitIn(context, `${host.site.address}index.html${query}`);
  const said = page.getByTestId("problem");
  await expect.poll(() => said.innerText()).toBe("Also holds 7 at most: “The dog” is left out.");
  for (const [id, typed, now, range] of [
    ["seed", "1.5", "2", "Seed cannot be “1.5”: it may be 0, 1, …–4294967295."],
    ["seed", "5000000000", "4294967295", "Seed cannot be “5000000000”"],
    ["length", "9999", "400", "New tokens cannot be “9999”: it may be 1, 2, …–400."],
  ] as const) {
    await page.getByTestId(id).fill(typed);
    await page.getByTestId(id).blur();
    await expect.poll(() => said.innerText()).toContain(range);
    expect(await page.getByTestId(id).inputValue()).toBe(now);
  }
  const others = page.getByTestId("others");
  await others.fill(Array.from({ length: 9 }, (_, i) => `Line ${i}`).join("\n"));
  await others.blur();
  await expect
    .poll(() => said.innerText())
    .toMatch(/holds 7 at most: “Line 7” is left out\. .*“Line 8” is left out\./);
  expect((await others.inputValue()).split("\n")).toHaveLength(7);
  await context.close();
});

// The embedded player in a page that has one script tag and no build.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import { tokenName } from "../../web/trace/words.ts";
import { golden } from "./golden.ts";
import { Author, STRICT, withPlayer } from "./plain-page.ts";

let author: Author;

beforeAll(async () => {
  author = await Author.start();
});

afterAll(() => author?.stop());

/** The run that these figures play, its middle, and where a guess has just been replaced. */
const { events, vocabulary } = golden("speculative-decoding");
const LENGTH = events.length;
const HALF = Math.round(LENGTH / 2);
const drawn = events.findIndex((it) => it.kind === "sample" && it.purpose === "residual");
const REPLACED = drawn + 3;
const draw = events[drawn]!;
const NEW = draw.kind === "sample" ? tokenName(vocabulary, draw.token) : "";
const RUN = `<decodescope-player src="traces/speculative-decoding.json"></decodescope-player>`;
const run = (attributes: string, inside = "") =>
  `<decodescope-player src="traces/speculative-decoding.json" ${attributes}>${inside}</decodescope-player>`;
const state = (it: DecodescopePlayer) => it.getState();
const figure = (part: string) => `decodescope-figure >> ${part}`;

describe("one script tag", () => {
  test("E1, E3: plays a run, asks for its own files alone and for no WASM", async () => {
    const { page, requests, complaints } = await author.open(RUN);
    const { length, view } = await withPlayer(page, state);
    expect(length).toBeGreaterThan(100);
    expect(view).toBe("tree");
    await expect.poll(() => requests.at(-1)).toBe("/notes/embed/methods/speculative-decoding.json");
    expect(requests).toEqual([
      "/notes/page.html",
      "/notes/embed/decodescope-player.js",
      "/notes/traces/speculative-decoding.json",
      "/notes/embed/methods/speculative-decoding.json",
    ]);
    expect(complaints).toEqual([]);
  });

  test("says its words in a page that names no encoding", async () => {
    author.answers.set("/notes/old.html", {
      headers: { "content-type": "text/html" },
      body: `<script src="embed/decodescope-player.js" defer></script>${run(`start-at="${REPLACED}"`)}`,
    });
    const { page } = await author.open("");
    await page.goto(`${author.address}old.html`);
    expect(await page.evaluate(() => document.characterSet)).toBe("windows-1252");
    await withPlayer(page, state);
    expect(await page.locator(figure(".text")).innerText()).toContain("Once upon a time");
    expect(await page.locator(figure(".inspector")).innerText()).toContain(`“${NEW}” comes from`);
    await page.context().close();
  });

  test("E8: works under a strict policy without inline styles, eval or untrusted HTML", async () => {
    const { page, complaints } = await author.open(run(`start-at="50%"`), { policy: STRICT });
    await withPlayer(page, async (it) => {
      for (const view of it.getState().views) await it.setState({ view, step: "70%" });
    });
    await page.locator("summary", { hasText: "About this method" }).click();
    await page.getByText("In its authors").or(page.locator(".about-text p")).first().waitFor();
    expect(complaints).toEqual([]);
  });
});

test("P1: on slow 4G the run is there in time for a picture within 1.5 s", async () => {
  const { page } = await author.open(RUN);
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const bytes = (1.6e6 / 8) * 0.9;
  const line = { latency: 150, downloadThroughput: bytes, uploadThroughput: bytes };
  await session.send("Network.emulateNetworkConditions", { offline: false, ...line });
  const stands = async () => {
    await page.reload();
    await withPlayer(page, (it) => it.ready);
    return page.evaluate(() => {
      const files = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
      const end = (name: string) => files.find((it) => it.name.endsWith(name))!.responseEnd;
      return { here: end("/traces/speculative-decoding.json"), stands: performance.now() };
    });
  };
  // The line alone decides when files are here; a busy machine takes its time for the picture.
  const all = [await stands(), await stands(), await stands()];
  const least = (of: "here" | "stands") => Math.min(...all.map((it) => it[of]));
  console.log(
    `slow 4G: run here after ${least("here").toFixed(0)} ms, picture after ${least("stands").toFixed(0)} ms`,
  );
  expect(least("here")).toBeGreaterThan(500);
  expect(least("here")).toBeLessThan(1300);
  expect(least("stands")).toBeLessThan(3000);
  await page.context().close();
});

describe("E5: an attribute", () => {
  test("start-at opens at a step, a share, or a marker", async () => {
    for (const [at, step] of [
      ["12", 12],
      ["50%", HALF],
      ["late", 300],
    ] as const) {
      const { page } = await author.open(run(`start-at="${at}" markers="300:late"`));
      expect(await withPlayer(page, state)).toMatchObject({ step });
      await page.context().close();
    }
  });

  test("without start-at a picture stands; one that plays by itself begins at the start", async () => {
    const { page } = await author.open(RUN);
    const { step, length } = await withPlayer(page, state);
    expect(step).toBeGreaterThan(20);
    expect(step).toBeLessThan(length);
    expect(await page.locator(figure("svg [data-node]")).count()).toBeGreaterThan(1);
    await page.context().close();
    const plays = await author.open(run(`autoplay speed="0.25"`));
    expect(await withPlayer(plays.page, state)).toMatchObject({ playing: true });
    expect((await withPlayer(plays.page, state)).step).toBeLessThan(20);
    await plays.page.context().close();
  });

  test("speed, loop and autoplay: the run plays by itself and begins again", async () => {
    const { page } = await author.open(run(`speed="8" loop autoplay start-at="${LENGTH - 4}"`));
    expect(await withPlayer(page, state)).toMatchObject({ speed: 8, loop: true, playing: true });
    // The end is left to be looked at for a while.
    await expect
      .poll(async () => (await withPlayer(page, state)).step, { timeout: 20_000 })
      .toBeLessThan(LENGTH / 2);
    expect(await withPlayer(page, state)).toMatchObject({ playing: true });
    await page.context().close();
  });

  test("autoplay waits for readers who ask for calm", async () => {
    const { page } = await author.open(run("autoplay"), { reducedMotion: "reduce" });
    const { playing, step } = await withPlayer(page, state);
    expect([playing, step > 20]).toEqual([false, true]);
    await page.context().close();
  });

  test("markers stand on the track; a click and the keys [ and ] go to them", async () => {
    const { page } = await author.open(run(`markers="40:first guess; 50%:half-way"`));
    await withPlayer(page, state);
    await page.getByRole("button", { name: "To the marker “half-way”" }).click();
    expect(await withPlayer(page, state)).toMatchObject({ step: HALF });
    await page.keyboard.press("[");
    expect(await withPlayer(page, state)).toMatchObject({ step: 40 });
    await page.context().close();
  });

  test("view, height and hide shape the figure", async () => {
    const attributes = `view="passes" height="450" hide="text,why,code,speed,method"`;
    const { page } = await author.open(run(attributes));
    expect(await withPlayer(page, state)).toMatchObject({ view: "passes" });
    const box = await page.locator("decodescope-figure").boundingBox();
    expect(box!.height).toBe(450);
    for (const gone of [".text", ".side", ".pseudo", ".speed"])
      expect(await page.locator(figure(gone)).count()).toBe(0);
    expect(await page.locator(figure(".scrubber")).count()).toBe(1);
    await page.locator("decodescope-player").evaluate((it) => it.setAttribute("hide", "controls"));
    await expect.poll(() => page.locator(figure(".scrubber")).count()).toBe(0);
    expect(await page.locator(figure(".text")).count()).toBe(1);
    await page.context().close();
  });

  test("method alone plays the recorded run that lies beside the script", async () => {
    const { page } = await author.open(`<decodescope-player method="lookahead" seed="3">`);
    expect(await withPlayer(page, state)).toMatchObject({ method: "lookahead", view: "grid" });
    await page.context().close();
  });

  test("without a trace, method, prompt and seed are what was written", async () => {
    const { page } = await author.open(
      `<p style="height:9000px"></p><decodescope-player method="x" prompt="Once" seed="3">`,
    );
    const found = await page
      .locator("decodescope-player")
      .evaluate((it) => (it as DecodescopePlayer).getState());
    expect(found).toMatchObject({ status: "waiting", method: "x", prompt: "Once", seed: 3 });
    await page.context().close();
  });

  test("lang: what the page says itself goes before the file of the language", async () => {
    const { page } = await author.open(run(`lang="de-CH"`), {
      head: `<script>addEventListener("DOMContentLoaded", () =>
        decodescopePlayer.addCatalogue("de", { "About this method": "Zum Verfahren" }))</script>`,
    });
    await page.getByText("Zum Verfahren: ").waitFor();
    await page.context().close();
  });

  test("a trace inside the tag needs no request", async () => {
    const { page, requests } = await author.open(
      `<decodescope-player><script type="application/json">{"version": 9}</script></decodescope-player>`,
    );
    await page.getByText("newer than 1").waitFor();
    expect(requests).toHaveLength(2);
    await page.context().close();
  });
});

describe("E11: for scripts", () => {
  test("moves, tells where it is, and takes a state", async () => {
    const { page } = await author.open(run(`markers="40:first guess"`));
    const found = await withPlayer(page, async (it) => {
      const steps: number[] = [];
      await it.seek(10);
      it.step(5);
      steps.push(it.getState().step);
      it.step(-1);
      steps.push(it.getState().step);
      await it.seek("50%");
      steps.push(it.getState().step);
      await it.seek({ marker: "first guess" });
      steps.push(it.getState().step);
      const nowhere = await it.seek({ marker: "nowhere" }).catch((error) => error.name);
      await it.setState({ step: 200, view: "rounds", speed: 4, node: 12 });
      const { step, view, speed, node } = it.getState();
      return { steps, nowhere, step, view, speed, node };
    });
    expect(found).toEqual({
      steps: [15, 14, HALF, 40],
      nowhere: "RangeError",
      step: 200,
      view: "rounds",
      speed: 4,
      node: 12,
    });
    await page.context().close();
  });

  test("its events bubble out of other components, in order", async () => {
    const { page } = await author.open(run(`start-at="100%" speed="8"`), {
      head: `<script>told = []; for (const name of ["ready", "step", "play", "pause", "ended", "error"])
        document.addEventListener(name, (it) => it.detail && told.push([name, it.detail.step]))</script>`,
    });
    const told = await withPlayer(page, async (it) => {
      await it.seek(it.getState().length - 2);
      it.play();
      await new Promise((done) => it.addEventListener("ended", done, { once: true }));
      return (globalThis as unknown as { told: [string, number][] }).told;
    });
    expect(told[0]![0]).toBe("ready");
    const { length } = await withPlayer(page, state);
    expect(told.map(([name]) => name).filter((it) => it !== "step")).toEqual([
      "ready",
      "play",
      "pause",
      "ended",
    ]);
    expect(told.at(-1)).toEqual(["ended", length]);
    expect(told.filter(([name]) => name === "step").at(-1)).toEqual(["step", length]);
    await page.context().close();
  });

  test("exports the run, and says what it cannot export", async () => {
    const { page } = await author.open(RUN);
    const found = await withPlayer(page, async (it) => {
      const trace = JSON.parse(await (await it.export("json")).text());
      const kinds = ["csv", "svg", "png"] as const;
      const files = await Promise.all(kinds.map((kind) => it.export(kind)));
      const [csv, svg] = await Promise.all(files.slice(0, 2).map((file) => file.text()));
      const { naturalWidth, naturalHeight } = await drawn(files[2]!);
      const error = await it
        .export("gif" as "png")
        .catch((error) => `${error.name}: ${error.message}`);
      const { length } = it.getState();
      return { method: trace.method, error, csv, svg, naturalWidth, naturalHeight, length };

      async function drawn(file: Blob) {
        const image = new Image();
        image.src = URL.createObjectURL(file);
        await image.decode();
        return image;
      }
    });
    expect(found.method).toBe("speculative-decoding");
    // A line for each event below the names.
    expect(found.csv!.trim().split("\n")).toHaveLength(found.length + 1);
    expect(found.svg).toMatch(/^<\?xml|^<svg/);
    expect(found.svg).toContain("<text");
    // The fonts lie beside the script, and the letters that are needed in the file.
    expect(found.svg).toContain('@font-face{font-family:"Decodescope Text"');
    expect(found.naturalWidth).toBeGreaterThan(1000);
    expect(found.naturalHeight).toBeGreaterThan(300);
    expect(found.error).toBe("NotSupportedError: This player cannot export gif.");
    await page.context().close();
  });
});

test("X1: an exported picture shows its text under the strict policy, as an image and by itself", async () => {
  const { page } = await author.open(run(`start-at="50%" view="tree"`));
  const svg = await withPlayer(page, async (it) => (await it.export("svg")).text());
  await page.context().close();
  const without = (part: RegExp) => svg.replaceAll(part, "");
  const files = {
    whole: svg,
    wordless: without(/<text[\s\S]*?<\/text>/g),
    fontless: without(/<style>[\s\S]*?<\/style>/g),
  };
  expect(files.wordless.length).toBeLessThan(svg.length);
  expect(files.fontless.length).toBeLessThan(svg.length - 5000);
  const serve = (policy: string) => {
    const headers = { "content-type": "image/svg+xml", "content-security-policy": policy };
    for (const [name, body] of Object.entries(files))
      author.answers.set(`/notes/${name}.svg`, { headers, body });
  };

  /** The pixels of a picture, as a page shows it or as a page of its own. */
  const pixels = async (name: keyof typeof files, alone: boolean) => {
    const visit = await author.open(alone ? "" : `<img src="${name}.svg" alt="">`, {
      policy: STRICT,
    });
    if (alone) await visit.page.goto(`${author.address}${name}.svg`);
    else await visit.page.locator("img").evaluate((it: HTMLImageElement) => it.decode());
    const shot = (await visit.page.screenshot()).toString("base64");
    await visit.page.context().close();
    return { shot, complaints: visit.complaints };
  };
  /** Whether words are drawn, whether in the fonts of the file, and what the browser refused. */
  const shows = async (alone: boolean) => {
    const { shot, complaints } = await pixels("whole", alone);
    const words = shot !== (await pixels("wordless", alone)).shot;
    const fonts = shot !== (await pixels("fontless", alone)).shot;
    return { words, fonts, complaints };
  };
  serve(STRICT);
  expect(await shows(false)).toEqual({ words: true, fonts: true, complaints: [] });
  // By itself it is a page, and its styles are inline: the README says so, and what lets them in.
  expect(await shows(true)).toMatchObject({ words: true, fonts: false });
  const readme = readFileSync(new URL("../../web/export/README.md", import.meta.url), "utf8");
  serve(/`(default-src 'none'; style-src[^`]*)`/.exec(readme)![1]!);
  expect(await shows(true)).toEqual({ words: true, fonts: true, complaints: [] });
});

describe("A5: fingers on a small screen", () => {
  const phone = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };
  const NARROW = `<meta name="viewport" content="width=device-width">`;

  test("the scrubber follows a finger, a tap shows a token, nothing leaves the screen", async () => {
    const { page } = await author.open(run(`start-at="50%"`), { ...phone, head: NARROW });
    const before = await withPlayer(page, state);
    const track = page.locator(figure('input[aria-label="Place in the run"]'));
    await track.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await track.boundingBox())!;
    const session = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", share?: number) =>
      session.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: share === undefined ? [] : [{ x: x + share * width, y: y + height / 2 }],
      });
    await touch("touchStart", 0.5);
    for (const share of [0.6, 0.7, 0.8, 0.9]) await touch("touchMove", share);
    await touch("touchEnd");
    const after = await withPlayer(page, state);
    expect(after.step / after.length).toBeGreaterThan(0.8);
    expect(before.step / before.length).toBeLessThan(0.6);
    await page.locator(figure(".text [data-node]")).last().tap();
    expect((await withPlayer(page, state)).node).not.toBeNull();
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(sideways).toBeLessThanOrEqual(360);
  });

  test("two fingers on the picture make the page larger, and the run stays where it is", async () => {
    const { page } = await author.open(run(`start-at="50%" view="tree"`), {
      ...phone,
      head: NARROW,
    });
    const before = await withPlayer(page, state);
    const picture = page.locator(figure(".chip")).first();
    await picture.scrollIntoViewIfNeeded();
    const { y } = (await picture.boundingBox())!;
    const session = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", apart?: number) =>
      session.send("Input.dispatchTouchEvent", {
        type,
        touchPoints:
          apart === undefined ? [] : [-1, 1].map((side, id) => ({ x: 180 + side * apart, y, id })),
      });
    await touch("touchStart", 30);
    for (let apart = 40; apart < 130; apart += 10) await touch("touchMove", apart);
    await touch("touchEnd");
    await expect.poll(() => page.evaluate(() => visualViewport!.scale)).toBeGreaterThan(1.5);
    expect((await withPlayer(page, state)).step).toBe(before.step);
  });

  test("the draft stands below the text, each depth below the last, all in sight", async () => {
    const { page } = await author.open(run(`start-at="50%" view="tree"`), {
      ...phone,
      head: NARROW,
    });
    await withPlayer(page, state);
    const chips = page.locator(figure(".chip"));
    await chips.first().waitFor();
    const boxes = await Promise.all((await chips.all()).map((it) => it.boundingBox()));
    const depths = new Set(boxes.map((it) => Math.round(it!.y)));
    expect(depths.size).toBeGreaterThan(2);
    for (const it of boxes) {
      expect(it!.x).toBeGreaterThanOrEqual(0);
      expect(it!.x + it!.width).toBeLessThanOrEqual(360);
    }
  });

  test("buttons, tabs and the scrubber are 24 pixels or more each way", async () => {
    const { page } = await author.open(run(`start-at="50%" live`), { ...phone, head: NARROW });
    await withPlayer(page, state);
    const small = await page.locator("decodescope-player").evaluate((it) => {
      const roots = [
        it.shadowRoot!,
        it.shadowRoot!.querySelector("decodescope-figure")!.shadowRoot!,
      ];
      const all = roots.flatMap((root) => [
        ...root.querySelectorAll("button, select, summary, input, [role=tab]"),
      ]);
      const boxes = all.map((it) => ({ it, box: it.getBoundingClientRect() }));
      const seen = boxes.filter(({ box }) => box.width > 0);
      return {
        count: seen.length,
        small: seen
          .filter(({ box }) => box.width < 24 || box.height < 24)
          .map(({ it, box }) => `${it.outerHTML.slice(0, 90)} ${box.width} × ${box.height}`),
      };
    });
    expect(small.count).toBeGreaterThan(12);
    expect(small.small).toEqual([]);
  });
});

describe("E6: the theme", () => {
  const dark = (page: Page) =>
    expect.poll(() =>
      page
        .locator(figure(".figure"))
        .evaluate((it) => getComputedStyle(it).backgroundColor === "rgb(20, 23, 28)"),
    );

  test("follows data-theme, MkDocs, mdBook, a dark background, and the reader's wish", async () => {
    const { page } = await author.open(RUN);
    await withPlayer(page, state);
    await dark(page).toBe(false);
    const root = (name: string, value: string) =>
      page.evaluate(
        ([name, value]) => document.documentElement.setAttribute(name!, value!),
        [name, value],
      );
    for (const [name, on, off] of [
      ["data-theme", "dark", "light"],
      ["data-md-color-scheme", "slate", "default"],
      ["class", "js navy", "js light"],
    ] as const) {
      await root(name, on);
      await dark(page).toBe(true);
      await root(name, off);
      await dark(page).toBe(false);
      await page.evaluate((name) => document.documentElement.removeAttribute(name), name);
    }
    await root("style", "background: #111");
    await dark(page).toBe(true);
    await root("style", "");
    await dark(page).toBe(false);
    await page.context().close();

    const asked = await author.open(RUN, {
      colorScheme: "dark",
      head: `<meta name="color-scheme" content="light dark">`,
    });
    await withPlayer(asked.page, state);
    await dark(asked.page).toBe(true);
    await asked.page.emulateMedia({ colorScheme: "light" });
    await dark(asked.page).toBe(false);
    await asked.page.context().close();
  });

  test("an attribute has the last word", async () => {
    const { page } = await author.open(run(`theme="dark"`), {
      head: `<script>document.documentElement.dataset.theme = "light"</script>`,
    });
    await withPlayer(page, state);
    await dark(page).toBe(true);
    await page.context().close();
  });
});

describe("the picture inside the tag", () => {
  const inside = `<p id="caption">A picture of a run</p>`;

  test("stays when there is no script, or no trace", async () => {
    const { page } = await author.open(run("", inside), { javaScriptEnabled: false });
    expect(await page.locator("#caption").isVisible()).toBe(true);
    await page.context().close();
    const missing = await author.open(
      `<decodescope-player src="nowhere.json">${inside}</decodescope-player>`,
    );
    await missing.page.getByRole("alert").waitFor();
    expect(await missing.page.locator("#caption").isVisible()).toBe(true);
    await missing.page.context().close();
  });

  test("leaves when the figure stands, and comes back on paper", async () => {
    const { page } = await author.open(run("", inside));
    await withPlayer(page, state);
    await expect.poll(() => page.locator("#caption").isVisible()).toBe(false);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("#caption").isVisible()).toBe(true);
    expect(await page.locator("decodescope-figure").isVisible()).toBe(false);
    await page.context().close();
  });
});

describe("E7: ten figures", () => {
  test("load near the window only, play when seen only, and do nothing while none plays", async () => {
    const many = Array.from({ length: 10 }, () => run(`autoplay loop speed="8"`)).join("");
    const { page, requests } = await author.open(many, {
      head: `<script>counted = { frames: 0, timers: 0 };
        for (const [kind, name] of [["frames", "requestAnimationFrame"], ["timers", "setTimeout"], ["timers", "setInterval"]]) {
          const own = window[name].bind(window);
          window[name] = (...all) => { counted[kind]++; return own(...all); };
        }</script>`,
    });
    await withPlayer(page, state);
    const all = () =>
      page
        .locator("decodescope-player")
        .evaluateAll((them) => them.map((it) => (it as DecodescopePlayer).getState()));
    const first = await all();
    expect(first.at(-1)).toMatchObject({ status: "waiting" });
    expect(requests.filter((it) => it.includes("/traces/")).length).toBeLessThan(6);
    // All of them, then back up: those out of sight stand still.
    await page.locator("decodescope-player").evaluateAll(async (them) => {
      for (const it of them) await (it as DecodescopePlayer).ready;
      scrollTo(0, 0);
    });
    await page.waitForTimeout(300);
    const before = (await all()).map((it) => it.step);
    await expect.poll(async () => (await all())[0]!.step).not.toBe(before[0]);
    expect((await all()).slice(3).map((it) => it.step)).toEqual(before.slice(3));
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    // Time that the renderer was given by the processor: a busy machine does not stretch it.
    const spent = async () => {
      const { metrics } = await session.send("Performance.getMetrics");
      return metrics.find((it) => it.name === "ProcessTime")!.value;
    };
    /** Of a second of one core; the median of five, for the browser tidies up now and then. */
    const share = async () => {
      const all: number[] = [];
      for (let i = 0; i < 5; i++) {
        const [time, before] = [performance.now(), await spent()];
        await page.waitForTimeout(1000);
        all.push((1000 * ((await spent()) - before)) / (performance.now() - time));
      }
      return all.sort((a, b) => a - b)[2]!;
    };
    const percent = (it: number) => `${(it * 100).toFixed(2)} %`;
    const playing = await share();
    // At rest nothing runs at all.
    await page.locator("decodescope-player").evaluateAll((them) => {
      for (const it of them) (it as DecodescopePlayer).pause();
    });
    await page.waitForTimeout(300);
    const counts = () =>
      page.evaluate(() => ({ ...(globalThis as never as { counted: object }).counted }));
    const startCounts = await counts();
    const resting = await share();
    expect(await counts()).toEqual(startCounts);
    console.log(
      `ten figures, of a core: ${percent(playing)} while some play, ${percent(resting)} at rest`,
    );
    expect(resting).toBeLessThan(0.01);
    // What is measured is there to be seen.
    expect(playing).toBeGreaterThan(0.02);
    await page.context().close();
  }, 90_000);
});

// Figures that become live: in pages of authors, in frames, offline, under a strict policy.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BrowserContext, Page } from "playwright-core";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import type { Trace } from "../../web/generated/Trace.ts";
import { serious } from "./axe.ts";
import { golden } from "./golden.ts";
import { document as pageOf, Host, Place } from "./host.ts";

let host: Host;

beforeAll(async () => {
  host = await Host.start();
});

afterAll(() => host?.stop());

/** A recorded run whose text follows from the model alone: temperature 0. */
const GREEDY = "token-recycling";
const figures = (count: number, more = "") =>
  Array.from(
    { length: count },
    () => `<decodescope-player live src="traces/${GREEDY}.json" ${more}></decodescope-player>`,
  ).join("");

const player = (page: Page, index = 0) => page.locator("decodescope-player").nth(index);
const bar = (page: Page, index = 0) => player(page, index).locator(".live-bar");
const at = (page: Page, state: string, index = 0) =>
  player(page, index).locator(`.live-bar[data-state="${state}"]`);
const state = (page: Page, index = 0) =>
  player(page, index).evaluate((it) => (it as DecodescopePlayer).getState());
const exported = (page: Page, index = 0) =>
  player(page, index).evaluate(async (it) =>
    (await (it as DecodescopePlayer).export("json")).text(),
  );

async function press(page: Page, index: number, name: RegExp | string): Promise<void> {
  await player(page, index).getByRole("button", { name }).click();
}

describe("a figure becomes live", () => {
  test("E4, E7: after consent, in place; ten figures share one worker and one download", async () => {
    const { page, requests, complaints, workers } = await host.open(figures(10));
    await player(page).evaluate((it) => (it as DecodescopePlayer).ready);
    await player(page).evaluate((it) =>
      (it as DecodescopePlayer).setState({ step: "50%", node: 12, view: "passes" }),
    );
    const before = await state(page);
    await press(page, 0, "Run it here");
    await at(page, "asking").waitFor();
    // Stated before anything large is asked for.
    expect(await bar(page).innerText()).toMatch(/\d\d\.\d MB at most/);
    expect(requests.filter((it) => /\.(wasm|safetensors|bin)/.test(it))).toEqual([]);
    expect(workers()).toBe(0);
    await press(page, 0, /^Download/);
    await at(page, "ready").waitFor();
    // Until the reader runs, nothing has changed.
    const { step, node, view } = await state(page);
    expect([step, node, view]).toEqual([before.step, 12, "passes"]);
    await press(page, 0, "Run");
    await at(page, "ready").waitFor();
    await expect.poll(() => bar(page).locator(".live-badge").innerText()).toMatch(/^live$/i);
    const told = JSON.parse(await exported(page)) as Trace;
    expect(told.recorded.device).toBe("cpu");
    expect(told.tokens).toEqual(golden(GREEDY).tokens);
    expect((await state(page)).view).toBe("passes");

    // The other figures have nothing to download any more.
    const others = Array.from({ length: 9 }, (_, i) => i + 1);
    for (const i of others) {
      await page.locator("decodescope-player").nth(i).scrollIntoViewIfNeeded();
      await press(page, i, "Run it here");
      await at(page, "ready", i).waitFor();
    }
    await Promise.all([...others, 0].map((i) => press(page, i, /^Run$/)));
    for (const i of others) {
      await expect
        .poll(async () => JSON.parse(await exported(page, i)).recorded.device, { timeout: 60_000 })
        .toBe("cpu");
      await at(page, "ready", i).waitFor();
      expect((JSON.parse(await exported(page, i)) as Trace).tokens).toEqual(told.tokens);
    }
    await at(page, "ready", 0).waitFor();
    const once = requests.filter((it) => /\.(wasm|safetensors|bin)|worker/.test(it));
    expect(once.length).toBe(new Set(once).size);
    expect(once.some((it) => it.endsWith("/model.safetensors"))).toBe(true);
    expect(workers()).toBe(1);

    await press(page, 0, "Back to the recorded run");
    await expect.poll(async () => (await state(page)).step).toBe(before.step);
    const { backend } = golden(GREEDY).recorded;
    expect((JSON.parse(await exported(page)) as Trace).recorded.backend).toBe(backend);
    expect(complaints).toEqual([]);
  });

  test("E4: a seed that no run can have is not rounded: Run says so and waits", async () => {
    const { page } = await host.open(figures(1, 'seed="1.5"'));
    await player(page).evaluate((it) => (it as DecodescopePlayer).ready);
    expect(await player(page).locator(".notice").innerText()).toBe(
      "seed cannot be “1.5”: it may be 0, 1, …–4294967295.",
    );
    await press(page, 0, "Run it here");
    await press(page, 0, /^Download/);
    await at(page, "ready").waitFor();
    const seed = bar(page).getByLabel("Seed");
    const said = () => seed.evaluate((it) => (it as HTMLInputElement).validationMessage);
    for (const typed of ["1.5", "5000000000", "-1", ""]) {
      await seed.fill(typed);
      await press(page, 0, /^Run$/);
      expect([typed, await said()]).toEqual([typed, expect.stringMatching(/\w+ \w+/)]);
      expect(await seed.inputValue()).toBe(typed);
      expect(await at(page, "ready").count()).toBe(1);
      expect(await bar(page).locator(".live-badge").innerText()).toMatch(/^recorded$/i);
    }
    await seed.fill("7");
    await press(page, 0, /^Run$/);
    await expect.poll(() => bar(page).locator(".live-badge").innerText()).toMatch(/^live$/i);
    await at(page, "ready").waitFor();
    expect((await state(page)).seed).toBe(7);
  });

  test.each([
    ["the engine", /wasm/, "engine"],
    ["the model", /safetensors/, "model.safetensors"],
    ["the script", /decodescope-live/, "script"],
  ])("E4: when %s does not come, it says so and the recorded run plays", async (_, lost, named) => {
    host.site.missing = lost;
    try {
      const { page } = await host.open(figures(1));
      await press(page, 0, "Run it here");
      if (named !== "script") await press(page, 0, /^Download/);
      const said = player(page).getByText(/The recorded run still plays/);
      await said.waitFor();
      expect(await said.innerText()).toContain(named);
      await player(page).evaluate((it) => (it as DecodescopePlayer).setState({ step: "end" }));
      const { step, length } = await state(page);
      expect(step).toBe(length);
      expect(await exported(page)).toContain(golden(GREEDY).recorded.backend);
    } finally {
      host.site.missing = null;
    }
  });
});

describe("P4: a download", () => {
  const begin = async () => {
    const { page } = await host.open(figures(1));
    await press(page, 0, "Run it here");
    await press(page, 0, /^Download/);
    return page;
  };

  test("that breaks off goes on from there", async () => {
    host.site.half = { of: /target\/model\.safetensors/, then: "cut" };
    try {
      const page = await begin();
      await at(page, "ready").waitFor();
      const [range] = host.site.ranges.splice(0);
      // What had come, some of what was still under way apart.
      expect(Number(/\d+/.exec(range!))).toBeGreaterThan(100_000);
      await press(page, 0, /^Run$/);
      await at(page, "ready").waitFor();
      expect((JSON.parse(await exported(page)) as Trace).tokens).toEqual(golden(GREEDY).tokens);
    } finally {
      host.site.half = null;
    }
  });

  test("says how many megabytes have come, can be cancelled, and begun again", async () => {
    host.site.half = { of: /target\/model\.safetensors/, then: "silence" };
    try {
      const page = await begin();
      const said = bar(page).getByText(/Loading .*: [1-9]\d*\.\d MB of \d+\.\d MB/);
      await said.waitFor();
      const share = () =>
        bar(page)
          .locator("progress")
          .evaluate((it) => (it as HTMLProgressElement).value / (it as HTMLProgressElement).max);
      // The server falls silent in the middle of the file.
      await expect.poll(share).toBeGreaterThan(0.1);
      expect(await share()).toBeLessThan(0.95);
      await press(page, 0, "Cancel");
      await player(page)
        .getByRole("button", { name: /^(Download|Try again)/ })
        .waitFor();
      await player(page).evaluate((it) => (it as DecodescopePlayer).setState({ step: "end" }));
      const { step, length } = await state(page);
      expect(step).toBe(length);
      host.site.half = null;
      if ((await at(page, "asking").count()) === 0) await press(page, 0, "Try again");
      await press(page, 0, /^Download/);
      await at(page, "ready").waitFor();
    } finally {
      host.site.half = null;
    }
  });
});

/** The height of the first frame of a page, and of what is in it. */
async function heights(page: Page): Promise<[number, number]> {
  const frame = page.locator("iframe").first();
  const outside = await frame.evaluate((it) => it.getBoundingClientRect().height);
  const inside = await frame
    .contentFrame()
    .locator("body")
    .evaluate((it) => it.getBoundingClientRect().height);
  return [outside, inside];
}

describe("a frame of another site", () => {
  const HOST_SCRIPT = "embed/decodescope-embed-host.js";
  const frame = (parameters: string, more = "") =>
    `<iframe title="A run" loading="lazy" width="700" style="border: 0" ${more} src="${host.site.address}embed.html?${parameters}"></iframe>`;
  const open = (body: string) => {
    host.author.pages.set("/notes/page.html", pageOf(body, host.site.address + HOST_SCRIPT));
    return host.visit(`${host.author.address}page.html`);
  };

  test("E2: is as high as its figure to a pixel, at every width, and has a title", async () => {
    const { page, complaints } = await open(frame(`method=${GREEDY}&start-at=50%25&view=passes`));
    const inner = page.locator("iframe").contentFrame();
    await inner.locator("decodescope-figure").waitFor();
    const near = async () => {
      const [outside, inside] = await heights(page);
      return inside > 200 && Math.abs(outside - inside) <= 1;
    };
    await expect.poll(near).toBe(true);
    const [before] = await heights(page);
    await page.locator("iframe").evaluate((it) => ((it as HTMLIFrameElement).width = "360"));
    await expect.poll(async () => (await heights(page))[0] !== before && (await near())).toBe(true);
    expect(await inner.locator("body").evaluate(() => document.title)).toContain(GREEDY);
    const { view, step, length } = await inner
      .locator("decodescope-player")
      .evaluate((it) => (it as DecodescopePlayer).getState());
    expect([view, Math.round((10 * step) / length)]).toEqual(["passes", 5]);
    expect(complaints).toEqual([]);
  });

  test.each(["light", "dark"] as const)(
    "E2: axe finds nothing serious, %s",
    async (colorScheme) => {
      const { page } = await host.visit(
        `${host.site.address}embed.html?method=${GREEDY}&live&theme=${colorScheme}`,
      );
      await player(page).evaluate((it) => (it as DecodescopePlayer).ready);
      expect(await serious(page)).toEqual([]);
    },
  );

  test("E2: neither side believes a message from elsewhere", async () => {
    // Another frame of the page asks the first one for its height, and claims one for itself.
    const liar = `<script>
      heard = []; sent = 0;
      addEventListener("message", (it) => heard.push(it.data));
      setInterval(() => {
        parent.frames[0].postMessage({ type: "decodescope:hello" }, "*");
        parent.postMessage({ type: "decodescope:height", height: 777 }, "*");
        sent++;
      }, 50);
    </script>`.replaceAll('"', "&quot;");
    const { page } = await open(
      frame(`method=${GREEDY}`) + `<iframe title="Another" srcdoc="${liar}"></iframe>`,
    );
    const inner = page.locator("iframe").first().contentFrame();
    await inner.locator("decodescope-figure").waitFor();
    await expect.poll(async () => (await heights(page))[0]).toBeGreaterThan(200);
    const told = async () =>
      page.evaluate(() => {
        const { heard, sent } = frames[1] as unknown as { heard: unknown[]; sent: number };
        return { heard, sent };
      });
    const { sent } = await told();
    await expect.poll(async () => (await told()).sent).toBeGreaterThan(sent + 10);
    expect((await told()).heard).toEqual([]);
    expect((await heights(page))[0]).not.toBe(777);
    const other = page.locator("iframe").nth(1);
    expect(await other.evaluate((it) => it.getBoundingClientRect().height)).not.toBe(777);
  });

  test("E2: sandboxed without an origin it plays, and says why it cannot run the model", async () => {
    const { page } = await open(frame(`method=${GREEDY}&live`, `sandbox="allow-scripts"`));
    const inner = page.locator("iframe").contentFrame();
    await inner.locator("decodescope-figure").waitFor();
    const { length } = await inner
      .locator("decodescope-player")
      .evaluate((it) => (it as DecodescopePlayer).getState());
    expect(length).toBeGreaterThan(100);
    await expect.poll(async () => (await heights(page))[0]).toBeGreaterThan(200);
    await inner.getByRole("button", { name: "Run it here" }).click();
    await inner.getByText(/sandboxed/).waitFor();
    await inner.getByText(/The recorded run still plays/).waitFor();
  });

  test("E4: runs the model of its own site", async () => {
    const { page, complaints } = await open(frame(`method=${GREEDY}&live`));
    const inner = page.locator("iframe").contentFrame();
    await inner.getByRole("button", { name: "Run it here" }).click();
    await inner.getByRole("button", { name: /^Download/ }).click();
    await inner.getByRole("button", { name: /^Run$/ }).click();
    await inner.locator(".live-badge[data-live]").waitFor();
    await inner.locator('.live-bar[data-state="ready"]').waitFor();
    const tokens = await inner.locator("decodescope-player").evaluate(async (it) => {
      const file = await (it as DecodescopePlayer).export("json");
      return (JSON.parse(await file.text()) as Trace).tokens;
    });
    expect(tokens).toEqual(golden(GREEDY).tokens);
    expect(complaints).toEqual([]);
  });
});

describe("R1: a second visit", () => {
  const cached = (page: Page) =>
    page.evaluate(async () => {
      const found: Record<string, string[]> = {};
      for (const name of await caches.keys())
        found[name] = (await (await caches.open(name)).keys()).map((it) => it.url);
      return found;
    });
  const siteCaches = async (page: Page) =>
    Object.entries(await cached(page)).filter(([name]) => name.startsWith("decodescope-site"));
  const kept = async (page: Page, end: string) =>
    (await siteCaches(page)).some(([, all]) => all.some((it) => it.endsWith(end)));

  async function firstVisit(place: Place): Promise<BrowserContext> {
    const context = await host.context({ serviceWorkers: "allow" });
    const { page } = await host.visitIn(context, `${place.address}?device=cpu`);
    await page.evaluate(() => globalThis.decodescope.ready);
    await expect.poll(() => kept(page, "wasm/cpu/engine_bg.wasm"), { timeout: 30_000 }).toBe(true);
    await page.close();
    return context;
  }

  test("works with the host down: the playground runs a model, a frame plays", async () => {
    const place = await Place.start();
    const context = await firstVisit(place);
    const { page: frame } = await host.visitIn(
      context,
      `${place.address}embed.html?method=${GREEDY}`,
    );
    await expect.poll(() => kept(frame, `traces/${GREEDY}.json`)).toBe(true);
    await frame.close();
    // The first picture did not wait for any of this.
    const { asked } = place;
    expect(asked.indexOf("/notes/sw.js")).toBeGreaterThan(
      asked.indexOf("/notes/traces/speculative-decoding.json"),
    );
    await place.stop();
    await expect(fetch(place.address)).rejects.toThrow();

    const { page } = await host.visitIn(context, `${place.address}?device=cpu`);
    const tokens = await page.evaluate(async () => {
      await globalThis.decodescope.ready;
      const prompt = "Once upon a time";
      const request = { method: "basic-sampling", prompt, maxNewTokens: 8 };
      return (await globalThis.decodescope.run(request)).tokens.length;
    });
    expect(tokens).toBe(8);
    const { page: again } = await host.visitIn(
      context,
      `${place.address}embed.html?method=${GREEDY}`,
    );
    await again.locator("decodescope-figure").waitFor();
    // Nothing of other sites is kept, and no weights twice.
    for (const [, all] of await siteCaches(page)) {
      expect(all.filter((it) => !it.startsWith(place.address))).toEqual([]);
      expect(all.filter((it) => it.includes("safetensors"))).toEqual([]);
    }
    await context.close();
  });

  test("shows nothing old while there is a network", async () => {
    const place = await Place.start();
    const context = await firstVisit(place);
    const html = readFileSync(new URL("../../dist/index.html", import.meta.url), "utf8");
    place.pages.set("/notes/", html.replace(/<title>.*?<\/title>/, "<title>Newer</title>"));
    const { page } = await host.visitIn(context, place.address);
    expect(await page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
    expect(await page.title()).toBe("Newer");
    await context.close();
    await place.stop();
  });

  test("after an update the old files are gone", async () => {
    const place = await Place.start();
    const context = await firstVisit(place);
    const worker = readFileSync(new URL("../../dist/sw.js", import.meta.url), "utf8");
    place.pages.set("/notes/sw.js", worker.replace(/VERSION = "\w+"/, 'VERSION = "newer"'));
    // The page that finds the new worker keeps the old one; it goes with the last such page.
    const { page } = await host.visitIn(context, `${place.address}embed.html?method=${GREEDY}`);
    await expect.poll(async () => (await siteCaches(page)).length).toBe(2);
    await page.close();
    await expect
      .poll(
        async () => {
          const { page: next } = await host.visitIn(
            context,
            `${place.address}embed.html?method=${GREEDY}`,
          );
          const names = (await siteCaches(next)).map(([name]) => name.split(" ").at(-1));
          await next.close();
          return names;
        },
        { timeout: 60_000 },
      )
      .toEqual(["newer"]);
    await context.close();
    await place.stop();
  });
});

describe("R4: the downloaded model", () => {
  test("can be deleted, and the page says when the browser has done so", async () => {
    const { page } = await host.visit(`${host.site.address}?device=cpu`);
    const said = page.getByTestId("kept-model");
    await expect.poll(() => said.innerText(), { timeout: 30_000 }).toMatch(/is kept/);
    const button = page.getByTestId("delete-model");
    expect(await button.innerText()).toMatch(/1\d\.\d MB/);
    await page.evaluate(() => caches.delete("decodescope-models-1"));
    await page.reload();
    await expect.poll(() => said.innerText(), { timeout: 30_000 }).toMatch(/make room/);
    await button.click();
    await expect.poll(() => said.innerText()).toMatch(/is deleted/);
    expect(await page.evaluate(() => caches.has("decodescope-models-1"))).toBe(false);
    await page.reload();
    await expect.poll(() => said.innerText(), { timeout: 30_000 }).toMatch(/^The model is kept/);
  });

  test("is not kept where storage is refused, and the page says so", async () => {
    const context = await host.context();
    await context.addInitScript(() => {
      Object.defineProperty(globalThis, "caches", {
        get() {
          throw new DOMException("refused", "SecurityError");
        },
      });
    });
    const { page } = await host.visitIn(context, `${host.site.address}?device=cpu`);
    const said = page.getByTestId("kept-model");
    await expect.poll(() => said.innerText(), { timeout: 30_000 }).toMatch(/keeps no files/);
  });
});

describe("E8: a strict policy", () => {
  /** As web/embed/README.md states it; frames of other sites may show embed.html. */
  const README = readFileSync(new URL("../../web/embed/README.md", import.meta.url), "utf8");
  const policy = /```http\nContent-Security-Policy: ([\s\S]*?)\n```/
    .exec(README)![1]!
    .replaceAll(/\s+/g, " ");

  test("the playground and a live frame run under it without a violation", async () => {
    host.site.headers = { "content-security-policy": policy };
    try {
      expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
      expect(policy).not.toMatch(/'unsafe-(inline|eval)'/);
      const { page, complaints } = await host.visit(`${host.site.address}?device=cpu`, {
        serviceWorkers: "allow",
      });
      await page.evaluate(() => globalThis.decodescope.ready);
      await page.getByTestId("length").fill("8");
      await page.getByTestId("run").click();
      await page.getByTestId("run").waitFor();
      const figure = page.getByTestId("figure").first();
      for (const name of await figure.getByRole("tab").allInnerTexts())
        await figure.getByRole("tab", { name }).click();
      await page.locator(".method-page h2").first().waitFor();
      expect(complaints).toEqual([]);

      const frame = await host.visit(`${host.site.address}embed.html?method=${GREEDY}&live`);
      await press(frame.page, 0, "Run it here");
      await press(frame.page, 0, /^Download/);
      await press(frame.page, 0, /^Run$/);
      await player(frame.page).locator(".live-badge[data-live]").waitFor();
      await at(frame.page, "ready").waitFor();
      expect(frame.complaints).toEqual([]);
    } finally {
      host.site.headers = {};
    }
  });
});

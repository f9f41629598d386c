// R2: the graphics card is lost or full in the middle of a run, or nobody sees the page: the run
// rests, what is shown stays, and the CPU goes on with the same tokens.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import type { DecodescopeFigure } from "../../web/components/decodescope-figure.ts";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import type { Event } from "../../web/generated/Event.ts";
import type { Trace } from "../../web/generated/Trace.ts";
import { CHROME, FLAGS } from "../../web/tools/site.mjs";
import { figure, place } from "./figure.ts";
import { document as pageOf, Place } from "./host.ts";

let browser: Browser;
let site: Place;
/** What the CPU writes for the same request; few tokens, since software computes on WebGPU here. */
let written: Trace;

beforeAll(async () => {
  site = await Place.start();
  const args = [...FLAGS, "--enable-unsafe-webgpu"];
  browser = await chromium.launch({ executablePath: CHROME, args });
  const page = await browser.newPage();
  await page.goto(`${site.address}?device=cpu`);
  written = await page.evaluate(async (request) => {
    await globalThis.decodescope.ready;
    return globalThis.decodescope.run(request);
  }, REQUEST);
  await page.close();
  site.pages.set("/notes/written.json", JSON.stringify(written));
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

const dist = (name: string) => new URL(`../../dist/${name}`, import.meta.url);
/** A recorded run of the gallery. */
const EXAMPLE = "token-recycling";
const REQUEST = {
  method: "basic-sampling",
  params: { temperature: 0 },
  prompt: "Once upon a time",
  maxNewTokens: 24,
};
/** Events of a run that has come some way: more than the prompt has, fewer than all. */
const SOME = 40;
/** The software adapter takes its time over a pass. */
const SLOW = { timeout: 120_000 };

/** The worker's own device, at the mercy of the test. */
const MERCY = `
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...all) {
    const device = await requestDevice.apply(this, all);
    new BroadcastChannel("card").onmessage = ({ data }) => {
      if (data === "lose") device.destroy();
      else {
        const error = new GPUOutOfMemoryError("no room");
        device.dispatchEvent(new GPUUncapturedErrorEvent("uncapturederror", { error }));
      }
    };
    return device;
  };
`;

async function visit(address: string): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, serviceWorkers: "block" }); // prettier-ignore
  // The adapter of the tests computes in software, which a live figure would leave alone.
  await context.addInitScript(() => {
    const info = GPUAdapterInfo.prototype;
    for (const name of ["vendor", "architecture", "description"])
      Object.defineProperty(info, name, { get: () => "test" });
    Object.defineProperty(info, "isFallbackAdapter", { get: () => false });
  });
  await context.route(/wasm\/webgpu\/engine\.js/, (route) => {
    const body = MERCY + readFileSync(dist("wasm/webgpu/engine.js"), "utf8");
    return route.fulfill({ body, contentType: "text/javascript" });
  });
  context.setDefaultTimeout(SLOW.timeout);
  const page = await context.newPage();
  await page.goto(address);
  return { page, context };
}

declare const GPUAdapterInfo: { prototype: object };

const card = (page: Page, what: "lose" | "fill") =>
  page.evaluate((what) => new BroadcastChannel("card").postMessage(what), what);

/** Whether the page's thread believes that nobody sees it. */
const setHidden = (page: Page, hidden: boolean) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);

/** The step that was on its way ends; after that, nothing comes. A step takes half a second here. */
async function rests(length: () => Promise<number>): Promise<void> {
  await new Promise((done) => setTimeout(done, 2000));
  const resting = await length();
  await new Promise((done) => setTimeout(done, 3000));
  expect(await length()).toBe(resting);
}

const shownBy = (it: Element) => {
  const { trace, state, length, index, live } = it as DecodescopeFigure;
  return { begun: trace!.events.length, tokens: state.lanes[0]!.path.length, length, index, live };
};

/** The events of the page's own run. */
const eventsOf = (page: Page): Promise<Event[]> =>
  page.evaluate(() => {
    const app = document.querySelector("decodescope-app") as unknown as {
      panels: { trace: Trace }[];
    };
    return app.panels[0]!.trace.events;
  });
const traceOf = (page: Page): Promise<Trace> =>
  page.evaluate(
    () =>
      (document.querySelector("decodescope-app") as unknown as { panels: { trace: Trace }[] })
        .panels[0]!.trace,
  );

describe("the playground", () => {
  const address = () =>
    `${site.address}?method=${REQUEST.method}&p.temperature=0&length=24&prompt=Once+upon+a+time&device=webgpu`;

  /** The page with a run that has come some way. */
  async function running() {
    const visited = await visit(address());
    const { page } = visited;
    await page.evaluate(() => globalThis.decodescope.ready);
    expect(await page.getByTestId("device").innerText()).toContain("WebGPU");
    await page.getByTestId("run").click();
    const length = async () => (await figure(page).evaluate(shownBy)).length;
    await expect.poll(length, SLOW).toBeGreaterThan(SOME);
    return visited;
  }

  test.each([
    ["lose", /lost the graphics card/],
    ["fill", /no memory left/],
  ] as const)(
    "a card that it may %s: the run and the place stay, the CPU goes on",
    async (what, said) => {
      const { page, context } = await running();
      // The reader looks back while the run goes on.
      await figure(page).evaluate((it) => (it as DecodescopeFigure).seek(20));
      await card(page, what);
      await page.getByTestId("problem").getByText(said).waitFor();
      const kept = await figure(page).evaluate(shownBy);
      expect(kept).toMatchObject({ index: 20, live: false });
      expect(kept.length).toBeGreaterThan(SOME);
      const before = await eventsOf(page);
      expect(before.length).toBe(kept.length);

      await page.getByTestId("go-on-cpu").click();
      await page.getByTestId("run").waitFor();
      const trace = await traceOf(page);
      expect(trace.recorded.device).toBe("cpu");
      expect(trace.tokens).toEqual(written.tokens);
      // The same figure, the same run, longer; the reader has not moved.
      const after = await figure(page).evaluate(shownBy);
      expect(after).toMatchObject({ begun: kept.begun, index: 20, live: false });
      expect(after.length).toBeGreaterThan(kept.length);
      const kinds = (events: Event[]) => events.map((it) => it.kind);
      expect(kinds(trace.events).slice(0, before.length)).toEqual(kinds(before));
      // What was known is not told a second time.
      expect(kinds(trace.events)).toEqual(kinds(written.events));
      expect(after.length).toBe(written.events.length);
      expect(await page.getByTestId("problem").innerText()).toBe("");
      expect(await page.getByTestId("device").innerText()).toMatch(/CPU.*because WebGPU failed/s);
      await context.close();
    },
  );

  test("nobody sees the page: the run rests, and goes on to the same tokens", async () => {
    const { page, context } = await running();
    await setHidden(page, true);
    await rests(async () => (await place(page)).length);
    expect(await page.getByTestId("stop").count()).toBe(1);
    await setHidden(page, false);
    await page.getByTestId("run").waitFor();
    const trace = await traceOf(page);
    expect([trace.recorded.device, trace.tokens]).toEqual(["webgpu", written.tokens]);
    await context.close();
  });

  test("nobody sees the page: a recorded run that plays stands still", async () => {
    const { page, context } = await visit(`${site.address}?example=${EXAMPLE}&device=cpu`);
    await figure(page).waitFor();
    await figure(page).evaluate((it) => (it as DecodescopeFigure).play());
    await setHidden(page, true);
    const resting = await place(page);
    await page.waitForTimeout(2000);
    expect(await place(page)).toEqual(resting);
    await setHidden(page, false);
    await expect.poll(async () => (await place(page)).index).toBeGreaterThan(resting.index);
    await context.close();
  });

  test("a card that was lost while nobody ran anything is asked for anew", async () => {
    const { page, context } = await visit(address());
    await page.evaluate(() => globalThis.decodescope.ready);
    await card(page, "lose");
    // A run that began before the loss is known would end with it.
    await page.waitForTimeout(1000);
    const device = await page.evaluate(async () => {
      const request = { method: "basic-sampling", prompt: "Once", maxNewTokens: 2 };
      return (await globalThis.decodescope.run(request)).recorded.device;
    });
    expect(device).toBe("webgpu");
    await context.close();
  });
});

describe("a live figure", () => {
  const bar = (page: Page) => page.locator(".live-bar");
  const state = (page: Page) =>
    page.locator("decodescope-player").evaluate((it) => (it as DecodescopePlayer).getState());
  const exported = (page: Page) =>
    page
      .locator("decodescope-player")
      .evaluate(async (it) =>
        JSON.parse(await (await (it as DecodescopePlayer).export("json")).text()),
      ) as Promise<Trace>;
  const press = (page: Page, name: RegExp) => page.getByRole("button", { name }).click();

  /** A figure that computes on WebGPU, with consent. */
  async function ready() {
    const tag = `<decodescope-player live src="written.json"></decodescope-player>`;
    site.pages.set("/notes/page.html", pageOf(tag, "embed/decodescope-player.js"));
    const visited = await visit(`${site.address}page.html`);
    const { page } = visited;
    const asked: string[] = [];
    page.context().on("request", (it) => asked.push(new URL(it.url()).pathname));
    await press(page, /^Run it here/);
    await bar(page)
      .getByText(/Computing on WebGPU \(test/)
      .waitFor();
    expect(asked.filter((it) => /\.(wasm|safetensors)$/.test(it))).toEqual([]);
    await press(page, /^Download/);
    await page.locator('.live-bar[data-state="ready"]').waitFor();
    return { ...visited, asked };
  }

  test("E4: runs on WebGPU what the CPU writes", async () => {
    const { page, context, asked } = await ready();
    await press(page, /^Run$/);
    await page.locator(".live-badge[data-live]").waitFor();
    await page.locator('.live-bar[data-state="ready"]').waitFor();
    const trace = await exported(page);
    expect(trace.recorded.device).toBe("webgpu");
    expect(trace.tokens).toEqual(written.tokens);
    const wasm = asked.filter((it) => it.endsWith(".wasm"));
    expect(wasm).toEqual(["/notes/wasm/webgpu/engine_bg.wasm"]);
    await context.close();
  });

  test("R2: after the card is lost the run is kept, and the CPU goes on with it", async () => {
    const { page, context } = await ready();
    await press(page, /^Run$/);
    await expect.poll(async () => (await state(page)).length, SLOW).toBeGreaterThan(SOME);
    // What has come can be saved while the run goes on.
    expect((await exported(page)).events.length).toBeGreaterThan(SOME);
    await page
      .locator("decodescope-player")
      .evaluate((it) => (it as DecodescopePlayer).setState({ step: 20, view: "passes" }));
    await card(page, "lose");
    await bar(page)
      .getByText(/lost the graphics card.* The run is kept/)
      .waitFor();
    const kept = await state(page);
    expect(kept).toMatchObject({ step: 20, view: "passes" });
    expect(kept.length).toBeGreaterThan(SOME);
    const half = await exported(page);
    expect(half.events.length).toBe(kept.length);
    expect(half.tokens.length).toBeGreaterThan(0);
    expect(written.tokens.slice(0, half.tokens.length)).toEqual(half.tokens);
    await press(page, /^Go on with the CPU/);
    await page.locator('.live-bar[data-state="ready"]').waitFor();
    expect(await state(page)).toMatchObject({ step: 20, view: "passes" });
    const trace = await exported(page);
    expect([trace.recorded.device, trace.tokens]).toEqual(["cpu", written.tokens]);
    // The recorded run is still behind it.
    await press(page, /^Back to the recorded run/);
    expect((await exported(page)).recorded.backend).toBe(written.recorded.backend);
    await context.close();
  });

  test("R2: nobody sees the page: the run rests, and goes on to the same tokens", async () => {
    const { page, context } = await ready();
    await press(page, /^Run$/);
    await expect.poll(async () => (await state(page)).length, SLOW).toBeGreaterThan(SOME);
    await setHidden(page, true);
    await rests(async () => (await state(page)).length);
    await setHidden(page, false);
    await page.locator('.live-bar[data-state="ready"]').waitFor();
    expect((await exported(page)).tokens).toEqual(written.tokens);
    await context.close();
  });
});

// embed.html itself: for readers with other eyes, in a browser that keeps nothing, beside strangers.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromium, type Locator, type Page } from "playwright-core";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import { CHROME, FLAGS } from "../../web/tools/site.mjs";
import { findings } from "./axe.ts";
import { document as pageOf, Host } from "./host.ts";

const METHOD = "token-recycling";
let host: Host;

beforeAll(async () => {
  host = await Host.start();
});

afterAll(() => host?.stop());

describe("E2: axe finds nothing at all", () => {
  test.each([
    ["light", 1000],
    ["dark", 1000],
    ["light", 390],
    ["dark", 390],
  ] as const)("%s, %i px wide, each view, and while the reader is asked", async (theme, width) => {
    const { page } = await host.visit(
      `${host.site.address}embed.html?method=${METHOD}&start-at=50%25&live&theme=${theme}`,
      { viewport: { width, height: 844 }, colorScheme: theme },
    );
    const player = page.locator("decodescope-player");
    await player.evaluate((it) => (it as DecodescopePlayer).ready);
    await page.getByRole("button", { name: /^Run it here/ }).click();
    await page.locator('.live-bar[data-state="asking"]').waitFor();
    const views = await player.evaluate((it) => (it as DecodescopePlayer).getState().views);
    for (const view of views) {
      await player.evaluate((it, view) => (it as DecodescopePlayer).setState({ view }), view);
      expect(await findings(page), view).toEqual([]);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      width,
    );
    await page.context().close();
  });
});

test("E2: a browser that keeps nothing, and has no WebGPU: it plays and says both", async () => {
  // Site data are blocked as a reader blocks them, in the settings.
  const folder = mkdtempSync(join(tmpdir(), "decodescope-profile-"));
  mkdirSync(join(folder, "Default"));
  const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(folder, "Default/Preferences"), JSON.stringify(blocked));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: CHROME,
    args: [...FLAGS, "--disable-gpu"],
  });
  try {
    const src = `${host.site.address}embed.html?method=${METHOD}&live`;
    const body = `<iframe title="A run" width="700" height="700" src="${src}"></iframe>`;
    host.author.pages.set("/notes/page.html", pageOf(body, "data:text/javascript,"));
    const { page } = await host.visitIn(context, `${host.author.address}page.html`);
    const inner = page.locator("iframe").contentFrame();
    const refused = await inner
      .locator("body")
      .evaluate(() => caches.has("x").then(String, (it: Error) => it.name));
    expect(refused).toBe("SecurityError");
    await inner.locator("decodescope-figure").waitFor();
    const player = inner.locator("decodescope-player");
    const length = await player.evaluate((it) => (it as DecodescopePlayer).getState().length);
    expect(length).toBeGreaterThan(100);
    await inner.getByRole("button", { name: /^Run it here/ }).click();
    const bar = inner.locator('.live-bar[data-state="asking"]');
    await bar.getByText(/This browser keeps nothing for this page/).waitFor();
    expect(await bar.innerText()).toMatch(/Computing on the CPU, because .*WebGPU/);
    // The model runs all the same.
    await inner.getByRole("button", { name: /^Download/ }).click();
    await inner.getByRole("button", { name: /^Run$/ }).click();
    await inner.locator(".live-badge[data-live]").waitFor();
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A page whose height the frame has told. */
async function framed(search = "") {
  const src = `${host.site.address}embed.html?method=${METHOD}${search}`;
  const script = `${host.site.address}embed/decodescope-embed-host.js`;
  const body = `<iframe title="A run" width="700" style="border: 0" src="${src}"></iframe>`;
  host.author.pages.set("/notes/page.html", pageOf(body, script));
  const { page } = await host.visit(`${host.author.address}page.html`);
  const frame = page.locator("iframe");
  const height = () => frame.evaluate((it) => it.getBoundingClientRect().height);
  await frame.contentFrame().locator("decodescope-figure").waitFor();
  await expect.poll(height).toBeGreaterThan(200);
  return { page, frame, height };
}

describe("E6: the theme of the page around a frame", () => {
  const PAPERS = { light: "rgb(255, 253, 249)", dark: "rgb(20, 23, 28)" };
  const paperOf = (frame: Locator) => () =>
    frame
      .contentFrame()
      .locator("decodescope-figure >> .figure")
      .evaluate((it) => getComputedStyle(it).backgroundColor);
  const wear = (page: Page, theme: string) =>
    page.evaluate((it) => void (document.documentElement.dataset.theme = it), theme);

  test("comes with a message, and again when it changes", async () => {
    const { page, frame } = await framed();
    for (const theme of ["dark", "light", "dark"] as const) {
      await wear(page, theme);
      await expect.poll(paperOf(frame)).toBe(PAPERS[theme]);
    }
    await page.context().close();
  });

  test("gives way to the theme in the address; other words and other origins are not heard", async () => {
    const { page, frame } = await framed("&theme=light");
    await wear(page, "dark");
    const free = await framed();
    const inner = free.frame.contentFrame().locator("body");
    const { origin } = new URL(host.author.address);
    for (const [from, theme] of [
      ["https://evil.example", "dark"],
      [origin, "dark; background: red"],
    ])
      await inner.evaluate(
        (_, [origin, theme]) => {
          const data = { type: "decodescope:theme", theme };
          dispatchEvent(new MessageEvent("message", { source: parent, origin, data }));
        },
        [from!, theme!] as const,
      );
    const player = free.frame.contentFrame().locator("decodescope-player");
    expect(await player.getAttribute("theme")).toBe("light");
    expect(await paperOf(free.frame)()).toBe(PAPERS.light);
    // The page of the first has had all that time to say it is dark.
    expect(await paperOf(frame)()).toBe(PAPERS.light);
    for (const it of [page, free.page]) await it.context().close();
  });
});

describe("E2: strangers", () => {
  test.each([
    ["more than a page", { type: "decodescope:height", height: 1e9 }],
    ["of another kind", { type: "height", height: 777 }],
    ["null", null],
  ])("a height that is %s changes nothing, even from the frame itself", async (_, message) => {
    const { page, frame, height } = await framed();
    const complaints: string[] = [];
    page.on("pageerror", (it) => complaints.push(String(it)));
    expect(await height()).not.toBe(333);
    // Every height that the frame is given from now on.
    await frame.evaluate((it) => {
      const given: string[] = [];
      Object.assign(globalThis, { given });
      const note = () => given.push((it as HTMLIFrameElement).style.height);
      new MutationObserver(note).observe(it, { attributes: true });
    });
    const inner = frame.contentFrame().locator("body");
    await inner.evaluate((_, it) => parent.postMessage(it, "*"), message);
    // A true one that follows has been heard: so has the first.
    await inner.evaluate(() =>
      parent.postMessage({ type: "decodescope:height", height: 333 }, "*"),
    );
    await expect.poll(height).toBe(333);
    const given = await page.evaluate(() => (globalThis as unknown as { given: string[] }).given);
    expect(given).toEqual(["333px"]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("a greeting from another origin than the page around is not answered", async () => {
    const { page, frame } = await framed();
    await page.evaluate(() => {
      Object.assign(globalThis, { heard: 0 });
      addEventListener("message", ({ data }: MessageEvent<{ type?: string }>) => {
        if (data.type === "decodescope:height")
          (globalThis as unknown as { heard: number }).heard++;
      });
    });
    const heard = () => page.evaluate(() => (globalThis as unknown as { heard: number }).heard);
    const inner = frame.contentFrame().locator("body");
    const greet = (origins: string[]) =>
      inner.evaluate((_, origins) => {
        for (const origin of origins) {
          const data = { type: "decodescope:hello" };
          dispatchEvent(new MessageEvent("message", { source: parent, origin, data }));
        }
      }, origins);
    const { origin } = new URL(host.author.address);
    await greet(["https://evil.example", "null", `${origin}.evil.example`]);
    expect(await heard()).toBe(0);
    // Nor does it change whom the frame tells of its height.
    await frame.evaluate((it) => ((it as HTMLIFrameElement).width = "360"));
    await expect.poll(heard).toBeGreaterThan(0);
    const before = await heard();
    await greet([origin]);
    await expect.poll(heard).toBeGreaterThan(before);
    await page.context().close();
  });
});

// embed.html itself: for readers with other eyes, in a browser that keeps nothing, beside strangers.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromium } from "playwright-core";
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

describe("E2: strangers", () => {
  /** A page whose height the frame has told, with what it was told since. */
  async function framed() {
    const src = `${host.site.address}embed.html?method=${METHOD}`;
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

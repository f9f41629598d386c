// The page as readers meet it: before the model is there, by keyboard, on a phone, with a screen
// reader, without WebGPU.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serious } from "./axe.ts";
import { figure, place, show } from "./figure.ts";
import { NO_MODEL, Site } from "./site.ts";

let site: Site;

beforeAll(async () => {
  site = await Site.start({ webgpu: false });
});

afterAll(() => site?.stop());

describe("with the model out of reach", () => {
  test("recorded examples of at least eight methods play", async () => {
    const { page } = await site.open("", { blocked: NO_MODEL });
    await figure(page).waitFor();
    const examples = page.getByTestId("example");
    const methods = new Set<string>();
    for (let i = 0; i < (await examples.count()); i++) {
      const example = examples.nth(i);
      const id = await example.getAttribute("data-example");
      await example.click();
      await page.locator(`[data-example="${id}"][aria-current="true"]`).waitFor();
      await figure(page).evaluate((it) =>
        (it as unknown as { seekFraction(n: number): void }).seekFraction(1),
      );
      const { index, length } = await place(page);
      expect(index).toBe(length);
      expect(length).toBeGreaterThan(20);
      methods.add(
        await figure(page).evaluate(
          (it) => (it as unknown as { trace: { method: string } }).trace.method,
        ),
      );
    }
    expect(methods.size).toBeGreaterThanOrEqual(8);
  });

  test("the page says in a sentence that the model did not come, and offers to try again", async () => {
    const { page } = await site.open("?device=cpu", { blocked: NO_MODEL });
    await page.getByTestId("retry").waitFor();
    expect(await page.getByTestId("status").innerText()).toMatch(/recorded examples still play/);
  });

  test("what the reader typed survives a bad file", async () => {
    const { page } = await site.open("", { blocked: NO_MODEL });
    await page.getByTestId("prompt").fill("My own beginning");
    const broken = {
      name: "run.json",
      mimeType: "application/json",
      buffer: Buffer.from('{"version": 1, "events": ['),
    };
    await page.getByTestId("open-file").setInputFiles(broken);
    await page.getByTestId("problem").getByText(/./).waitFor();
    expect(await page.getByTestId("prompt").inputValue()).toBe("My own beginning");
  });
});

describe("two methods side by side", () => {
  test("share a scrubber that is aligned by passes, tokens or time", async () => {
    const { page } = await site.open("?method=token-recycling&with=anpd", {
      blocked: NO_MODEL,
    });
    await expect.poll(() => page.getByTestId("figure").count()).toBe(2);
    const places = () =>
      page
        .getByTestId("figure")
        .evaluateAll((all) => all.map((it) => (it as unknown as { index: number }).index));
    const axis = page.getByTestId("axis");
    expect(await axis.locator("option, input").count()).toBeGreaterThanOrEqual(3);
    const scrubber = page.getByTestId("shared-scrubber");
    await scrubber.focus();
    await page.keyboard.press("Home");
    const start = await places();
    await page.keyboard.press("End");
    const end = await places();
    expect(end.every((place, i) => place > start[i]!)).toBe(true);
  });
});

describe("by keyboard", () => {
  test("a run steps forward, back, by rounds, to its ends, and scrubs", async () => {
    const { page } = await site.open("?method=speculative-decoding", { blocked: NO_MODEL });
    await figure(page).waitFor();
    await figure(page).locator('input[type="range"]').first().focus();
    await page.keyboard.press("Home");
    expect((await place(page)).index).toBe(0);
    await page.keyboard.press("PageDown");
    const round = (await place(page)).index;
    expect(round).toBeGreaterThan(1);
    await page.keyboard.press(".");
    expect((await place(page)).index).toBe(round + 1);
    await page.keyboard.press(",");
    expect((await place(page)).index).toBe(round);
    await page.keyboard.press("PageUp");
    expect((await place(page)).index).toBeLessThan(round);
    await page.keyboard.press("5");
    const { index, length } = await place(page);
    expect(Math.abs(index / length - 0.5)).toBeLessThan(0.1);
    await page.keyboard.press("End");
    expect((await place(page)).index).toBe(length);
  });

  test("every control is reached with the tab key, and shows where it is", async () => {
    const { page } = await site.open("", { blocked: NO_MODEL });
    await figure(page).waitFor();
    const seen = new Set<string>();
    for (let i = 0; i < 90; i++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        if (!at || at === document.body) return "";
        // A tree item marks its own words, not the items below it.
        const styles = [at, ...at.children].map((it) => getComputedStyle(it));
        const shown = styles.some((it) => it.outlineStyle !== "none" || it.boxShadow !== "none");
        return `${shown ? "" : "INVISIBLE "}${at.localName}#${at.getAttribute("data-testid") ?? at.id}.${at.className}`;
      });
      if (name) seen.add(name);
    }
    expect([...seen].filter((name) => name.startsWith("INVISIBLE"))).toEqual([]);
    const all = [...seen].join("\n");
    for (const needed of ["#prompt", "#run", "#step", "#example", "#open-file"]) {
      expect(all).toContain(needed);
    }
  });
});

describe("for everyone", () => {
  const looks = [
    { name: "desktop, light", options: { colorScheme: "light" as const } },
    { name: "desktop, dark", options: { colorScheme: "dark" as const } },
    { name: "phone", options: { viewport: { width: 390, height: 844 }, isMobile: true } },
  ];
  test.each(looks)("axe finds nothing serious: $name", async ({ options }) => {
    const { page, complaints } = await site.open("?method=speculative-decoding", options);
    await figure(page).waitFor();
    expect(await serious(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("a phone scrolls down, never sideways", async () => {
    const { page } = await site.open("", { viewport: { width: 390, height: 844 }, isMobile: true });
    await figure(page).waitFor();
    const { content, window } = await page.evaluate(() => ({
      content: document.documentElement.scrollWidth,
      window: document.documentElement.clientWidth,
    }));
    expect(content).toBeLessThanOrEqual(window);
  });

  test("the steps are said aloud in a polite live region", async () => {
    const { page } = await site.open("?method=speculative-decoding", { blocked: NO_MODEL });
    await figure(page).waitFor();
    const live = figure(page).locator('[aria-live="polite"]').first();
    await figure(page).locator('input[type="range"]').first().focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("PageDown");
    await expect.poll(() => live.innerText()).toMatch(/\w/);
  });
});

describe("the device", () => {
  test("without WebGPU the page runs on the CPU and says why", async () => {
    const { page, complaints } = await site.open("");
    await page.getByTestId("device").waitFor({ timeout: 90_000 });
    expect(await page.getByTestId("device").innerText()).toMatch(/CPU/);
    expect(await page.getByTestId("device").innerText()).toMatch(/WebGPU/);
    expect(complaints).toEqual([]);
  });

  test("a run can be scrubbed while it goes on, and no event is lost", async () => {
    const { page } = await site.open("?device=cpu");
    await page.evaluate(() => {
      const counted = globalThis as unknown as { sent: number };
      counted.sent = 0;
      const send = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (...all: unknown[]) {
        counted.sent++;
        return (send as (...all: unknown[]) => void).apply(this, all);
      };
    });
    await page.getByTestId("device").waitFor({ timeout: 90_000 });
    await page.getByTestId("prompt").fill("One day, a small dog");
    await page.getByTestId("run").click();
    await expect.poll(async () => (await place(page)).length).toBeGreaterThan(60);
    const lengths: number[] = [];
    for (let i = 0; i < 5; i++) {
      await figure(page).evaluate((it) => (it as unknown as { seek(n: number): void }).seek(10));
      lengths.push((await place(page)).length);
      await page.waitForTimeout(50);
    }
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    await page.getByTestId("run").waitFor({ timeout: 90_000 });
    const { length } = await place(page);
    // What the engine says of the run, once it is over.
    const events = await page.evaluate(() => {
      const app = document.querySelector("decodescope-app") as unknown as {
        panels: { trace: { events: unknown[] } }[];
      };
      return app.panels[0]!.trace.events.length;
    });
    expect(length).toBe(events);
    // Now that the run is over, looking back asks the engine for nothing.
    const sent = () => page.evaluate(() => (globalThis as unknown as { sent: number }).sent);
    const before = await sent();
    expect(before).toBeGreaterThan(0);
    for (const share of [0.2, 0.8, 0.5]) await show(page, "passes", share);
    expect(await sent()).toBe(before);
  });

  test("the page answers while a run goes on: no task over 50 ms", async () => {
    const { page } = await site.open("?device=cpu&length=48");
    await page.getByTestId("device").waitFor({ timeout: 90_000 });
    await site.browser.startTracing(page, { categories: ["toplevel", "devtools.timeline"] });
    await page.getByTestId("run").click();
    await page.getByTestId("stop").waitFor();
    await page.getByTestId("run").waitFor({ timeout: 90_000 });
    const trace = JSON.parse((await site.browser.stopTracing()).toString()) as {
      traceEvents: {
        name: string;
        pid: number;
        tid: number;
        tdur?: number;
        args: { data?: { url?: string }; name?: string };
      }[];
    };
    const names = trace.traceEvents.filter((it) => it.name === "thread_name");
    const main = new Set(
      names.filter((it) => it.args.name === "CrRendererMain").map((it) => `${it.pid} ${it.tid}`),
    );
    // The thread's own time: other programs on the machine do not stretch it.
    const tasks = trace.traceEvents
      .filter((it) => it.name.endsWith("RunTask") && main.has(`${it.pid} ${it.tid}`))
      .map((it) => (it.tdur ?? 0) / 1000);
    expect(tasks.length).toBeGreaterThan(50);
    expect(Math.max(...tasks)).toBeGreaterThan(1);
    expect(Math.max(...tasks)).toBeLessThan(50);
  });
});

test("the address shapes the figure in the words of an embed's attributes", async () => {
  const words =
    "start-at=half-way&markers=12:early;50%25:half-way&speed=2&view=passes&theme=dark&hide=why,knobs&height=500";
  const { page } = await site.open(`?example=speculative-decoding&${words}`, { blocked: NO_MODEL });
  await figure(page).waitFor();
  await expect.poll(async () => (await place(page)).index).toBeGreaterThan(12);
  const { index, length } = await place(page);
  expect(index).toBe(Math.round(length / 2));
  expect((await figure(page).boundingBox())!.height).toBe(500);
  expect(await figure(page).locator(".side").count()).toBe(0);
  expect(await figure(page).locator(".mark").count()).toBe(2);
  expect(await figure(page).locator("[role=tab][aria-selected=true]").innerText()).toBe(
    "Passes and time",
  );
  expect(await figure(page).locator(".speed select").inputValue()).toBe("2");
  expect(await page.locator("decodescope-parameters").isVisible()).toBe(false);
  expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
  expect(new URL(page.url()).searchParams.get("height")).toBe("500");
});

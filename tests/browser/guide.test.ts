// Rows of the guide that only a browser can show, on recorded runs without a model: they are
// quick. README.md beside this file says which test stands for which row.

import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BrowserContextOptions, Page } from "playwright-core";
import type { DecodescopeFigure } from "../../web/components/decodescope-figure.ts";
import { figure, place, recorded, show } from "./figure.ts";
import { NO_MODEL, Site } from "./site.ts";

let site: Site;

beforeAll(async () => {
  site = await Site.start({ webgpu: false });
});

afterAll(() => site?.stop());

async function open(search: string, options: BrowserContextOptions = {}): Promise<Page> {
  return (await recorded(site, search, options)).page;
}

describe("T4: the pseudo-code", () => {
  test("has the line that runs now lit, at every place of a run", async () => {
    const page = await open("?example=speculative-decoding");
    const told = await figure(page).evaluate(async (it) => {
      const figure = it as DecodescopeFigure;
      const events = figure.trace!.events;
      const wrong: string[] = [];
      let seen = 0;
      for (let at = 1; at <= events.length; at++) {
        const event = events[at - 1]!;
        if (event.kind !== "line") continue;
        const { line } = event;
        figure.seek(at);
        await figure.updateComplete;
        const lit = [...figure.shadowRoot!.querySelectorAll(".pseudo li")].flatMap((it, i) =>
          it.getAttribute("aria-current") === "step" ? [i + 1] : [],
        );
        if (lit.join() !== String(line)) wrong.push(`event ${at}: ${lit.join()}, not ${line}`);
        seen++;
      }
      return { wrong, seen };
    });
    expect(told.wrong).toEqual([]);
    expect(told.seen).toBeGreaterThan(20);
  });
});

describe("T8: the coin", () => {
  test("shows p, q and u of the test that is looked at", async () => {
    const page = await open("?example=speculative-decoding");
    const judge = await figure(page).evaluate(async (it) => {
      const figure = it as DecodescopeFigure;
      const at = figure.trace!.events.findIndex((it) => it.kind === "judge" && !it.accepted);
      const event = figure.trace!.events[at]!;
      figure.seek(at + 1);
      await figure.updateComplete;
      return event.kind === "judge" ? { p: event.p, q: event.q!, u: event.u! } : null;
    });
    const said = await figure(page).locator(".inspector").innerText();
    const numbers = [...said.matchAll(/\d+(?:\.\d+)?/g)].map(([it]) => Number(it));
    for (const wanted of [judge!.p, judge!.q, judge!.u]) {
      // Two or three digits are shown.
      const near = [2, 3].some((digits) => numbers.includes(Number(wanted.toPrecision(digits))));
      const percent = numbers.some((it) => Math.abs(it / 100 - wanted) <= 0.006);
      expect(near || percent, `${wanted} in ${said}`).toBe(true);
    }
  });
});

describe("I1: playing", () => {
  test("goes on by itself at every speed, and faster at 8×", async () => {
    const page = await open("?example=basic-sampling");
    const scrubber = figure(page).locator('input[aria-label="Place in the run"]');
    const speed = figure(page).locator(".speed select");
    expect(await speed.locator("option").allInnerTexts()).toEqual([
      "0.25×",
      "0.5×",
      "1×",
      "2×",
      "4×",
      "8×",
    ]);
    const gone = async (chosen: string) => {
      await speed.selectOption(chosen);
      await scrubber.focus();
      await page.keyboard.press("Home");
      await page.keyboard.press(" ");
      await page.waitForTimeout(1200);
      await page.keyboard.press(" ");
      return (await place(page)).index;
    };
    const slow = await gone("0.25");
    const fast = await gone("8");
    expect(fast).toBeGreaterThan(slow);
    expect(slow).toBeGreaterThanOrEqual(0);
  });
});

describe("I3: scrubbing", () => {
  test("asks for nothing: no message to an engine, no file", async () => {
    const page = await open("?example=speculative-decoding");
    // The method's page and its fonts come after the first picture.
    await page.waitForLoadState("networkidle");
    await page.evaluate(() => {
      const counted = globalThis as unknown as { messages: number };
      counted.messages = 0;
      const send = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (...all: unknown[]) {
        counted.messages++;
        return (send as (...all: unknown[]) => void).apply(this, all);
      };
    });
    const files: string[] = [];
    page.on("request", (it) => files.push(it.url()));
    for (const share of [0.1, 0.9, 0.4, 1, 0]) await show(page, "tree", share);
    await page.waitForTimeout(100);
    const messages = await page.evaluate(
      () => (globalThis as unknown as { messages: number }).messages,
    );
    expect([messages, files]).toEqual([0, []]);
  });
});

describe("I6: two methods side by side", () => {
  test("stand at other places when the scrubber counts tokens instead of passes", async () => {
    const page = await open("?method=token-recycling&with=anpd");
    await page.getByTestId("shared-scrubber").waitFor();
    const places = () =>
      page
        .getByTestId("figure")
        .evaluateAll((all) => all.map((it) => (it as DecodescopeFigure).index).join());
    const scrubber = page.getByTestId("shared-scrubber");
    const seen = new Set<string>();
    const axis = page.getByTestId("axis");
    const choices = await axis
      .locator("option")
      .evaluateAll((all) => all.map((it) => (it as HTMLOptionElement).value));
    expect(choices.length).toBe(3);
    for (const choice of choices) {
      await axis.selectOption(choice);
      await scrubber.evaluate((it) => {
        const input = it as HTMLInputElement;
        input.value = String((Number(input.min) + Number(input.max)) / 2);
        input.dispatchEvent(new Event("input", { bubbles: true }));
      });
      seen.add(await places());
    }
    expect(seen.size).toBeGreaterThan(1);
  });
});

describe("I7: what is pointed at", () => {
  test("is marked in the text, in the picture and on the timeline at once", async () => {
    const page = await open("?example=speculative-decoding");
    await show(page, "tree", 1);
    const node = await figure(page).evaluate(
      (it) => (it as DecodescopeFigure).state.rounds.at(-1)!.nodes[0]!,
    );
    const marked = () =>
      figure(page).evaluate((it) =>
        [".text", ".stage-body", ".scrubber"].map(
          (band) => it.shadowRoot!.querySelectorAll(`${band} [marked]`).length > 0,
        ),
      );
    expect(await marked()).toEqual([false, false, false]);
    await figure(page).locator(`.text [data-node="${node}"]`).hover();
    expect(await marked()).toEqual([true, true, true]);
  });
});

describe("V9: the draw", () => {
  test("another u gives the token on whose stretch it falls, by keyboard too", async () => {
    const page = await open("?example=basic-sampling");
    await show(page, "distribution", 0.5);
    const handle = figure(page).locator(".try-u");
    await handle.focus();
    const before = await place(page);
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    expect(await handle.getAttribute("aria-valuetext")).toMatch(/^u = 0\.001 would give /);
    const first = await handle.getAttribute("aria-valuetext");
    await page.keyboard.press("End");
    expect(await handle.getAttribute("aria-valuetext")).not.toBe(first);
    await page.keyboard.press("Escape");
    expect(await handle.getAttribute("aria-valuetext")).toMatch(/falls on/);
    expect(await place(page)).toEqual(before);
  });
});

describe("V14: looks", () => {
  /** Luminance contrast of the ink on the paper behind it, and of the two. */
  const ink = (page: Page) =>
    figure(page).evaluate((it) => {
      const style = getComputedStyle(it.shadowRoot!.querySelector(".figure")!);
      const canvas = document
        .createElement("canvas")
        .getContext("2d", { willReadFrequently: true })!;
      const luminance = (colour: string) => {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((it) => {
          const share = it / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      return { ink: luminance(style.color), paper: luminance(style.backgroundColor) };
    });

  test("light and dark follow the system", async () => {
    const light = await ink(await open("?example=anpd", { colorScheme: "light" }));
    const dark = await ink(await open("?example=anpd", { colorScheme: "dark" }));
    expect(light.paper).toBeGreaterThan(0.9);
    expect(light.ink).toBeLessThan(0.1);
    expect(dark.paper).toBeLessThan(0.1);
    expect(dark.ink).toBeGreaterThan(0.6);
  });

  test("in print the picture and its explanation stand, the controls are gone", async () => {
    const page = await open("?example=speculative-decoding", { colorScheme: "dark" });
    await show(page, "tree", 0.5);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect((await ink(page)).paper).toBeGreaterThan(0.9);
    const inside = figure(page);
    for (const gone of [".scrubber", ".tabs"])
      expect(await inside.locator(gone).isVisible(), gone).toBe(false);
    expect(await page.locator("form.controls").isVisible()).toBe(false);
    for (const there of [".text", ".stage-body svg", ".side-body", ".pseudo"])
      expect(await inside.locator(there).first().isVisible(), there).toBe(true);
    // Nothing is cut off: what is on paper cannot be scrolled.
    const cut = await inside.evaluate((it) =>
      [".text", ".side-body"].filter((band) => {
        const box = it.shadowRoot!.querySelector(band)!;
        return box.scrollHeight > box.clientHeight + 1;
      }),
    );
    expect(cut).toEqual([]);
  });

  test("forced colours leave borders, marks and text", async () => {
    const page = await open("?example=speculative-decoding", { forcedColors: "active" });
    await show(page, "tree", 0.5);
    const looks = await figure(page).evaluate((it) => {
      const root = it.shadowRoot!;
      const canvas = getComputedStyle(root.querySelector(".figure")!).backgroundColor;
      const bare = [...root.querySelectorAll(".stage-body svg text, .stage-body svg .body")]
        .map((mark) => getComputedStyle(mark))
        .filter((it) => it.fill === canvas && (it.stroke === canvas || it.stroke === "none"));
      return { bare: bare.length, marks: root.querySelectorAll(".stage-body svg text").length };
    });
    expect(looks.marks).toBeGreaterThanOrEqual(3);
    expect(looks.bare).toBe(0);
  });
});

describe("S3: a link to this moment", () => {
  test("opens the same place with the same token selected", async () => {
    const page = await open("?example=rsd-s&at=60&node=14");
    await expect.poll(async () => (await place(page)).index).toBe(60);
    const selected = await figure(page).evaluate((it) => (it as DecodescopeFigure).selection.node);
    expect(selected).toBe(14);
  });

  test("is what the share button copies", async () => {
    const page = await open("?example=rsd-s");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await show(page, "tree", 0.5);
    const { index } = await place(page);
    await page.getByTestId("share").click();
    await page.getByTestId("copy-moment").click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toContain(`at=${index}`);
  });
});

describe("A3: reduced motion", () => {
  test("nothing moves by itself while a run plays", async () => {
    const page = await open("?example=speculative-decoding", { reducedMotion: "reduce" });
    await show(page, "tree", 0);
    const moving = await figure(page).evaluate(async (it) => {
      const figure = it as DecodescopeFigure;
      let most = 0;
      for (let at = 0; at < 60; at++) {
        figure.seek(at);
        figure.play();
        await figure.updateComplete;
        await new Promise(requestAnimationFrame);
        const running = figure.shadowRoot!.getAnimations().filter((it) => {
          const { duration } = it.effect!.getComputedTiming();
          return typeof duration === "number" && duration > 1;
        });
        most = Math.max(most, running.length);
      }
      figure.pause();
      return most;
    });
    expect(moving).toBe(0);
  });
});

describe("A4: contrast of marks", () => {
  test.each(["light", "dark"] as const)("is three to one or more: %s", async (colorScheme) => {
    const page = await open("?example=speculative-decoding", { colorScheme });
    const low = await page.evaluate(() => {
      const canvas = document
        .createElement("canvas")
        .getContext("2d", { willReadFrequently: true })!;
      const probe = document.body.appendChild(document.createElement("i"));
      const luminance = (name: string) => {
        probe.style.color = `var(${name})`;
        canvas.fillStyle = getComputedStyle(probe).color;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((it) => {
          const share = it / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      const paper = luminance("--paper");
      const contrast = (name: string) => {
        const mark = luminance(name);
        return (Math.max(mark, paper) + 0.05) / (Math.min(mark, paper) + 0.05);
      };
      const states = ["draft", "accepted", "rejected", "recovered", "bonus", "pool"];
      const marks = [...states.map((it) => `--state-${it}-ink`), "--rule-strong", "--accent"];
      return marks.filter((it) => contrast(it) < 3).map((it) => `${it} ${contrast(it).toFixed(2)}`);
    });
    expect(low).toEqual([]);
  });
});

describe("P1, P2: the first picture", () => {
  test("waits for no more bytes than slow 4G brings in a second", async () => {
    const context = await site.browser.newContext();
    const page = await context.newPage();
    await page.route(NO_MODEL, (route) => route.abort());
    // The trace stays away: whatever is asked for now is asked for before the picture.
    let release = (): void => undefined;
    const held = new Promise<void>((done) => (release = done));
    await page.route(/\/traces\//, (route) => held.then(() => route.continue()));
    const asked: string[] = [];
    page.on("request", (it) => asked.push(it.url()));
    await page.goto(site.address, { waitUntil: "commit" });
    await expect.poll(() => asked.some((it) => it.includes("/traces/"))).toBe(true);
    await page.getByTestId("run").waitFor();
    await page.waitForTimeout(300);
    const early = [...asked];
    release();
    await figure(page).waitFor();
    await context.close();
    const sizes = early.map(
      async (it) => gzipSync(new Uint8Array(await (await fetch(it)).arrayBuffer())).length,
    );
    const total = (await Promise.all(sizes)).reduce((sum, it) => sum + it, 0);
    expect(total).toBeGreaterThan(20_000);
    // 1.6 Mbit/s; the rest of 1.5 s is for three journeys of 150 ms.
    expect(total, early.join("\n")).toBeLessThan(200_000);
  });
});

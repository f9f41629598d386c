// Rows S1 to S3 and X1 to X5 of the guide: what the page shares and exports, on recorded runs.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BrowserContextOptions, Download, Page } from "playwright-core";
import type { DecodescopeFigure } from "../../web/components/decodescope-figure.ts";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import { STACKS } from "../../web/export/faces.ts";
import { glyphsOf, readFont } from "../../web/export/font-file.ts";
import type { Request } from "../../web/export/harness.ts";
import { tikz } from "../../web/export/tikz.ts";
import type { Trace } from "../../web/generated/Trace.ts";
import { diff } from "../../web/trace/diff.ts";
import { CHROME } from "../../web/tools/site.mjs";
import { figure, place, recorded, show } from "./figure.ts";
import { Site } from "./site.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const GOLDEN = `${ROOT}tests/golden/`;

let site: Site;

beforeAll(async () => {
  site = await Site.start({ webgpu: false });
});

afterAll(() => site?.stop());

async function open(search: string, options: BrowserContextOptions = {}): Promise<Page> {
  return (await recorded(site, search, options)).page;
}

/** Opens the dialog at a tab. */
async function share(page: Page, tab: string): Promise<void> {
  if ((await page.locator("dialog[open]").count()) === 0) await page.getByTestId("share").click();
  await page.getByTestId(`tab-${tab}`).click();
}

async function saved(page: Page, button: string): Promise<Download> {
  const [download] = await Promise.all([
    page.waitForEvent("download", { timeout: 120_000 }),
    page.getByTestId(button).click(),
  ]);
  return download;
}

const bytes = async (download: Download): Promise<Buffer> => readFile(await download.path());
const hash = (data: Buffer | string): string => createHash("sha256").update(data).digest("hex");

/** A page with the script that `decodescope-render` uses. */
async function renderer(): Promise<(json: string, request: Request) => Promise<string>> {
  const page = await (await site.browser.newContext()).newPage();
  await page.setContent("<!doctype html><title>Decodescope</title>");
  await page.addScriptTag({ path: `${ROOT}dist/export/render.js` });
  return (json, request) =>
    page.evaluate(
      ([json, request]) =>
        (globalThis as unknown as { render(json: string, it: Request): Promise<string> }).render(
          json,
          request,
        ),
      [json, request] as const,
    );
}

describe("X1: the picture as SVG", () => {
  /** One run for each view; the others draw the same with other words. */
  const RUNS: Record<string, string> = {
    tree: "rsd-s",
    lanes: "pearl",
    batch: "bass",
    lattice: "beam-search",
    braid: "superposed",
    grid: "lookahead",
    dependencies: "jacobi",
    copies: "copyspec",
    distribution: "basic-sampling",
    layers: "unified-layer-skip",
    tables: "token-recycling",
    curve: "mirostat",
    cost: "speculative-decoding",
    rounds: "speculative-decoding",
    passes: "speculative-decoding",
  };

  test("there is a run for every view", async () => {
    const page = await open("?example=speculative-decoding");
    const known = new Set(Object.keys(RUNS));
    for (const file of await readdir(GOLDEN)) {
      const id = file.replace(/\.json$/, "");
      if (!Object.values(RUNS).includes(id)) continue;
      await page.locator(`[data-example="${id}"]`).click();
      await page.locator(`[data-example="${id}"][aria-current="true"]`).waitFor();
      const tabs = figure(page).locator("[role=tab]");
      for (const tab of await tabs.evaluateAll((all) => all.map((it) => it.id.slice(4))))
        expect(known).toContain(tab);
    }
  });

  test("every view is a file of its own, with its text as text, in light and dark", async () => {
    const render = await renderer();
    const page = await open("?example=speculative-decoding");
    for (const [view, run] of Object.entries(RUNS)) {
      const json = await readFile(`${GOLDEN}${run}.json`, "utf8");
      for (const theme of ["light", "dark"] as const) {
        // Copying begins late in its run.
        const svg = await render(json, { step: "90%", format: "svg", options: { view, theme } });
        const said = await page.evaluate(async (svg) => {
          const file = new DOMParser().parseFromString(svg, "image/svg+xml");
          const all = [...file.querySelectorAll("*")];
          const ids = all.flatMap((it) => it.id || []);
          // The fonts are tested below; by chance their letters say anything.
          const bare = svg.replace(/<style>.*?<\/style>/s, "");
          const used = [...bare.matchAll(/url\(([^)]*)\)/g)].map(([, it]) => it!);
          const image = new Image();
          image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
          await image.decode();
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [image.width, image.height];
          const context = canvas.getContext("2d")!;
          context.drawImage(image, 0, 0);
          const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
          let inked = 0;
          for (let i = 4; i < data.length; i += 4)
            if (Math.abs(data[i]! - data[0]!) + Math.abs(data[i + 1]! - data[1]!) > 40) inked++;
          return {
            broken: file.querySelector("parsererror")?.textContent,
            strange: all.map((it) => it.localName).filter((it) => /foreign|script|image/.test(it)),
            repeated: ids.filter((it, i) => ids.indexOf(it) !== i),
            missing: used.filter(
              (it) =>
                !it.startsWith("data:font/woff;base64,") && !ids.includes(it.replace("#", "")),
            ),
            outside: bare.replace('xmlns="http://www.w3.org/2000/svg"', "").includes("http"),
            unresolved: /var\(|color-mix|light-dark|NaN|undefined/.test(bare),
            texts: [...file.querySelectorAll("text")].filter((it) => it.textContent.trim()).length,
            paper: data[0]!,
            inked,
          };
        }, svg);
        const { texts, paper, inked, ...wrong } = said;
        expect(wrong, `${view}, ${theme}`).toEqual({
          broken: undefined,
          strange: [],
          repeated: [],
          missing: [],
          outside: false,
          unresolved: false,
        });
        expect(texts, `texts of ${view}`).toBeGreaterThan(2);
        expect(inked, `ink of ${view}`).toBeGreaterThan(500);
        expect(paper > 128, `${view}, ${theme}`).toBe(theme === "light");
      }
    }
  });

  test("the fonts travel in the file, cut down to its signs, and its lines were measured with them", async () => {
    const render = await renderer();
    const page = await (await site.browser.newContext()).newPage();
    await page.setContent("<!doctype html><title>Without our fonts</title>");
    for (const view of ["tree", "tables"]) {
      const json = await readFile(`${GOLDEN}rsd-s.json`, "utf8");
      const request: Request = { step: "80%", format: "svg", options: { view, part: "figure" } };
      const svg = await render(json, request);
      expect(hash(await render(json, request)), view).toBe(hash(svg));
      const told = await page.evaluate(async (svg) => {
        const holder = document.createElement("div");
        holder.innerHTML = svg;
        document.body.replaceChildren(holder);
        await document.fonts.ready;
        const texts = [...holder.querySelectorAll("text")];
        const off = texts.flatMap((it) => {
          const said = Number(it.getAttribute("textLength"));
          if (!said) return [];
          it.removeAttribute("textLength");
          const own = it.getComputedTextLength();
          return Math.abs(own - said) > 0.5 ? [`${it.textContent}: ${said}, not ${own}`] : [];
        });
        const faces = [...document.fonts].map((it) => [it.family, it.status]);
        const ink = async (svg: string) => {
          const image = new Image();
          image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
          document.body.replaceChildren(image);
          await image.decode();
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [image.width, image.height];
          const context = canvas.getContext("2d")!;
          // Fonts in a picture come after it was first drawn.
          for (let i = 0; i < 20; i++) {
            context.drawImage(image, 0, 0);
            await new Promise((done) => setTimeout(done, 20));
          }
          return context.getImageData(0, 0, canvas.width, canvas.height).data;
        };
        const [own, others] = [await ink(svg), await ink(svg.replace(/<style>.*<\/style>/s, ""))];
        let differing = 0;
        for (let i = 0; i < own.length; i += 4)
          if (Math.abs(own[i]! - others[i]!) > 80) differing++;
        return { texts: texts.map((it) => it.textContent).join(""), off, faces, differing };
      }, svg);
      expect(told.off, view).toEqual([]);
      const families = [...new Set(told.faces.map(([family]) => family))].sort();
      const parts = ["Code", "Label", "Signs", "Text"].map((it) => `"Decodescope ${it}"`);
      expect(families.map((it) => `"${it!.replaceAll('"', "")}"`)).toEqual(parts);
      expect(told.faces.filter(([, status]) => status !== "loaded")).toEqual([]);
      // Drawn in an <img>, which reaches no font of the page, the letters are ours.
      expect(told.differing, view).toBeGreaterThan(1000);
      const held = [...svg.matchAll(/base64,([\w+/=]+)/g)].map(([, it]) =>
        Buffer.from(it!, "base64"),
      );
      const known = await Promise.all(
        held.map(async (it) => [...glyphsOf(await readFont(it)).keys()]),
      );
      const written = new Set([...told.texts].map((it) => it.codePointAt(0)!));
      expect(known.flat().filter((it) => !written.has(it))).toEqual([]);
      const all = new Set(known.flat());
      expect([...written].filter((it) => it > 0x20 && !all.has(it))).toEqual([]);
      expect(
        held.reduce((sum, it) => sum + it.length, 0),
        view,
      ).toBeLessThan(40_000);
    }
  });

  test.each([
    ["rsvg-convert", (from: string, to: string) => [from, "-o", to]],
    ["inkscape", (from: string, to: string) => [from, "--export-type=png", "-o", to]],
  ] as const)("%s opens the file", async (program, words) => {
    try {
      await promisify(execFile)(program, ["--version"]);
    } catch {
      return console.log(`skipped: there is no ${program} on this machine`);
    }
    const folder = await mkdtemp(join(tmpdir(), "decodescope-"));
    const [from, to] = [join(folder, "picture.svg"), join(folder, "picture.png")];
    const render = await renderer();
    const json = await readFile(`${GOLDEN}rsd-s.json`, "utf8");
    const svg = await render(json, { step: "80%", format: "svg", options: { part: "figure" } });
    await writeFile(from, svg);
    await promisify(execFile)(program, words(from, to));
    const png = await readFile(to);
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!;
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([Number(width), Number(height)]);
    // What Chromium draws, at a quarter of the size: letters of another font have the same places.
    const own = await render(json, { step: "80%", format: "png", scale: 1, options: { part: "figure" } }); // prettier-ignore
    const page = await site.browser.newPage();
    const far = await page.evaluate(
      async (pictures) => {
        const [a, b] = await Promise.all(
          pictures.map(async (it) => {
            const image = new Image();
            image.src = `data:image/png;base64,${it}`;
            await image.decode();
            const canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [image.width / 4, image.height / 4];
            const context = canvas.getContext("2d")!;
            context.drawImage(image, 0, 0, canvas.width, canvas.height);
            return context.getImageData(0, 0, canvas.width, canvas.height).data;
          }),
        );
        let far = 0;
        for (let i = 0; i < a!.length; i += 4) if (Math.abs(a![i]! - b![i]!) > 70) far++;
        return far / (a!.length / 4);
      },
      [png.toString("base64"), own],
    );
    expect(far).toBeLessThan(0.02);
    await rm(folder, { recursive: true });
  });

  test.each(["light", "dark"] as const)(
    "colours stand beside the words of a legend, %s",
    async (theme) => {
      const render = await renderer();
      const json = await readFile(`${GOLDEN}copyspec.json`, "utf8");
      const svg = await render(json, {
        step: "80%",
        format: "svg",
        options: { view: "cost", theme },
      });
      for (const word of ["guessing", "target passes", "everything else"]) {
        const [, x, y] = new RegExp(`<text x="([\\d.]+)" y="([\\d.]+)"[^>]*>${word}<`).exec(svg)!;
        const swatches = [
          ...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="10" height="10"/g),
        ];
        const beside = swatches.filter(
          ([, left, top]) =>
            Math.abs(Number(x) - Number(left) - 14) < 2 &&
            Math.abs(Number(y) - Number(top) - 10) < 4,
        );
        expect(beside.length, word).toBeGreaterThan(0);
      }
    },
  );

  // Views that are not scrolled: what is on the page is what is in the file.
  test("a view looks as it does on the page", async () => {
    const page = await open("?example=speculative-decoding", {
      viewport: { width: 1500, height: 1200 },
      reducedMotion: "reduce",
    });
    // The pointer marks nothing, and switches are no part of a picture. The page takes the fonts of
    // pictures, which it knows as soon as it has drawn one.
    await page.mouse.move(0, 0);
    await share(page, "picture");
    await page.locator(".preview img").waitFor();
    await page.keyboard.press("Escape");
    await figure(page).evaluate((it, stacks) => {
      const style = document.createElement("style");
      const fonts = Object.entries(stacks).map(
        ([id, fonts]) => `--font-${id}: ${fonts} !important;`,
      );
      style.textContent = `.stage-body button, .stage-body input { visibility: hidden }
        :host { ${fonts.join(" ")} text-rendering: geometricPrecision }`;
      it.shadowRoot!.append(style);
    }, STACKS);
    for (const view of ["tree", "distribution", "rounds", "passes"]) {
      await show(page, view, 0.6);
      const stage = figure(page).locator(".stage-body");
      const width = await stage.evaluate((it) => it.clientWidth);
      // A picture of the page begins at a whole pixel, the stage perhaps just before the next.
      const above = Math.round((await stage.boundingBox())!.y % 1);
      const shot = (await stage.screenshot()).toString("base64");
      await share(page, "picture");
      await page.getByTestId("width").fill(String(width));
      await page.getByTestId("width").blur();
      await page.getByTestId("scale").selectOption("1");
      const drawn = (await bytes(await saved(page, "save-png"))).toString("base64");
      const differing = await page.evaluate(
        async ({ pictures, margin }) => {
          const [a, b] = (await Promise.all(
            pictures.map(async (it) => {
              const image = new Image();
              image.src = `data:image/png;base64,${it}`;
              await image.decode();
              return image;
            }),
          )) as [HTMLImageElement, HTMLImageElement];
          // The file has a margin above; both end where the shorter one ends.
          const [width, height] = [
            Math.min(a.width, b.width),
            Math.min(a.height, b.height - margin),
          ];
          const pixels = (image: HTMLImageElement, top: number) => {
            const canvas = document.createElement("canvas");
            // A quarter of the size: letters may stand half a pixel further on.
            [canvas.width, canvas.height] = [width / 4, height / 4];
            const context = canvas.getContext("2d")!;
            context.drawImage(image, 0, top, width, height, 0, 0, width / 4, height / 4);
            return context.getImageData(0, 0, canvas.width, canvas.height).data;
          };
          const [one, two] = [pixels(a, 0), pixels(b, margin)];
          let far = 0;
          for (let i = 0; i < one.length; i += 4)
            if (Math.abs(one[i]! - two[i]!) + Math.abs(one[i + 1]! - two[i + 1]!) > 120) far++;
          return far / (one.length / 4);
        },
        { pictures: [shot, drawn], margin: 10 - above },
      );
      expect(differing, view).toBeLessThan(0.002);
      await page.keyboard.press("Escape");
    }
  });

  test("the same run, step and view give the same bytes, however the page stands", async () => {
    const hashes = new Set<string>();
    for (const viewport of [
      { width: 1280, height: 900 },
      { width: 420, height: 800 },
    ]) {
      const page = await open("?example=rsd-s&at=120&node=14&view=tree", { viewport });
      await expect.poll(async () => (await place(page)).index).toBe(120);
      // A reader who has looked around before.
      await show(page, "rounds", 1);
      await figure(page).evaluate(async (it) => {
        const figure = it as DecodescopeFigure;
        figure.view = "tree";
        figure.seek(120);
        await figure.updateComplete;
      });
      await share(page, "picture");
      hashes.add(hash(await bytes(await saved(page, "save-svg"))));
      hashes.add(hash(await bytes(await saved(page, "save-svg"))));
    }
    expect(hashes.size).toBe(1);
  });

  test("a PNG is as fine as was asked", async () => {
    const page = await open("?example=speculative-decoding&at=100");
    await share(page, "picture");
    const sizes = [];
    for (const scale of ["1", "2", "3"]) {
      await page.getByTestId("scale").selectOption(scale);
      const png = await bytes(await saved(page, "save-png"));
      expect(png.subarray(1, 4).toString()).toBe("PNG");
      sizes.push([png.readUInt32BE(16), png.readUInt32BE(20)]);
    }
    const [[width, height]] = sizes as [[number, number]];
    expect(width).toBe(900);
    expect(sizes).toEqual([1, 2, 3].map((it) => [it * width, it * height]));
  });
});

describe("X2: a range as a film", () => {
  test("a GIF has a picture for each round and plays for ever; a WebM lasts as long", async () => {
    const page = await open("?example=speculative-decoding&view=tree");
    await share(page, "film");
    await page.getByTestId("from").fill("30");
    await page.getByTestId("to").fill("120");
    await page.getByTestId("ms").selectOption("400");
    const files = [];
    for (const kind of ["gif", "webm"])
      files.push((await bytes(await saved(page, `save-${kind}`))).toString("base64"));
    const render = await renderer();
    const still = (step: string) => json.then((it) => render(it, { step, format: "png", scale: 1, options: { view: "tree" } })); // prettier-ignore
    const json = readFile(`${GOLDEN}speculative-decoding.json`, "utf8");
    const stills = [await still("30"), await still("120")];
    const told = await page.evaluate(
      async ([[gif, webm], stills]) => {
        const data = Uint8Array.from(atob(gif!), (it) => it.charCodeAt(0));
        const decoder = new ImageDecoder({ data, type: "image/gif" });
        await Promise.all([decoder.completed, decoder.tracks.ready]);
        const { frameCount, repetitionCount } = decoder.tracks.selectedTrack!;
        const { image } = await decoder.decode({ frameIndex: frameCount - 1 });
        const draw = (picture: CanvasImageSource, width: number, height: number) => {
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [width, height];
          const context = canvas.getContext("2d")!;
          context.drawImage(picture, 0, 0);
          const { data } = context.getImageData(0, 0, width, height);
          // Means of squares: codecs round single pixels.
          const [across, down] = [width >> 2, height >> 2];
          return Array.from({ length: 3 * across * down }, (_, i) => {
            const [x, y] = [Math.floor(i / 3) % across, Math.floor(i / 3 / across)];
            let sum = 0;
            for (let k = 0; k < 16; k++)
              sum += data[4 * ((4 * y + (k >> 2)) * width + 4 * x + (k & 3)) + (i % 3)]!;
            return sum / 16;
          });
        };
        /** Share of pixels that are far from those of a still. */
        const far = async (shown: number[], width: number, height: number, still: string) => {
          const picture = new Image();
          picture.src = `data:image/png;base64,${still}`;
          await picture.decode();
          // A film is as large as its largest picture: a smaller one stands on its paper.
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [width, height];
          const context = canvas.getContext("2d")!;
          context.drawImage(picture, 0, 0, 1, 1, 0, 0, width, height);
          context.drawImage(picture, 0, 0);
          const own = draw(canvas, width, height);
          let count = 0;
          for (let i = 0; i < own.length; i++) if (Math.abs(own[i]! - shown[i]!) > 30) count++;
          return count / own.length;
        };
        const [wide, high] = [image.displayWidth, image.displayHeight];
        const first = (await decoder.decode({ frameIndex: 0 })).image;
        const gifs = [draw(first, wide, high), draw(image, wide, high)] as const;
        let ms = 0;
        for (let frameIndex = 0; frameIndex < frameCount; frameIndex++)
          ms += (await decoder.decode({ frameIndex })).image.duration! / 1000;
        const video = document.createElement("video");
        video.src = `data:video/webm;base64,${webm}`;
        video.muted = true;
        await new Promise((done, fail) => {
          video.onloadeddata = done;
          video.onerror = () => fail(new Error(video.error?.message));
        });
        const seek = async (seconds: number) => {
          video.currentTime = seconds;
          await new Promise((done) => (video.onseeked = done));
          return draw(video, wide, high);
        };
        const films = [await seek(0.1), await seek(video.duration - 0.1)] as const;
        const against = async ([one, two]: readonly [number[], number[]]) => [
          await far(one, wide, high, stills![0]!),
          await far(two, wide, high, stills![1]!),
          await far(two, wide, high, stills![0]!),
        ];
        return {
          gif: await against(gifs),
          webm: await against(films),
          pictures: frameCount,
          loops: repetitionCount,
          ms,
          size: [image.displayWidth, image.displayHeight],
          video: [video.videoWidth, video.videoHeight],
          seconds: video.duration,
        };
      },
      [files, stills] as const,
    );
    const { rounds } = await figure(page).evaluate((it) => {
      const { events } = (it as DecodescopeFigure).trace!;
      const part = events.slice(31, 120);
      return { rounds: part.filter((it) => it.kind === "step").length };
    });
    // Both ends, and what stands between rounds.
    expect(told.pictures).toBe(rounds + 2);
    expect(told.loops).toBe(Infinity);
    expect(told.ms).toBe(400 * told.pictures);
    expect(told.video).toEqual(told.size);
    expect(told.seconds).toBeCloseTo(told.ms / 1000, 1);
    // The first and the last picture, played back, are the views of those places; and they differ.
    for (const [first, last, other] of [told.gif, told.webm]) {
      expect(first).toBeLessThan(0.002);
      expect(last).toBeLessThan(0.002);
      expect(other).toBeGreaterThan(0.004);
    }
  });
});

describe("X4: copying", () => {
  async function copied(page: Page, tab: string, button: string): Promise<string> {
    await share(page, tab);
    await page.getByTestId(button).click();
    await page.getByTestId("share-said").getByText("Copied").waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  }

  test("the embed code opens this moment, and the citation names the paper", async () => {
    const page = await open("?example=rsd-s&at=60&view=rounds");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await expect.poll(async () => (await place(page)).index).toBe(60);
    const element = await copied(page, "embed", "copy-element");
    expect(element).toContain(`src="${site.address}traces/rsd-s.json" view="rounds" start-at="60"`);
    expect(element).toContain("<figcaption>");
    const frame = await copied(page, "embed", "copy-frame");
    expect(frame).toContain('loading="lazy"');
    const other = await page.context().newPage();
    await other.goto(/src="([^"]+)"/.exec(frame)![1]!.replaceAll("&amp;", "&"));
    const opened = other.locator("decodescope-player").evaluate(async (it) => {
      const player = it as DecodescopePlayer;
      await player.ready;
      return player.getState();
    });
    expect(await opened).toMatchObject({ method: "rsd-s", step: 60, view: "rounds" });
    await other.close();
    const cited = await copied(page, "cite", "copy-cite");
    expect(cited).toContain("eprint        = {2402.14160}");
    expect(cited).toContain("@software{decodescope,");
  });

  test("a run that is short travels in the link, and opens there", async () => {
    const page = await open("");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.locator("input[type=file]").setInputFiles(`${ROOT}web/dev/toy.json`);
    await page.getByText("From a file").waitFor();
    await show(page, "tree", 0.5);
    const before = await place(page);
    const link = await copied(page, "link", "copy-trace");
    expect(link.length).toBeLessThan(8_400);
    const other = await open(link.slice(site.address.length));
    await other.getByText("From a link").waitFor();
    await expect.poll(() => place(other)).toEqual(before);
  });

  test("a run that is long says so, and what to do", async () => {
    const page = await open("?example=rsd-s");
    await share(page, "link");
    await page.getByTestId("too-long").getByText("kB in a link").waitFor();
    expect(await page.getByTestId("copy-trace").count()).toBe(0);
  });
});

describe("S2, S3: a trace that lies elsewhere", () => {
  test("opens by its address, at the moment the link names", async () => {
    const page = await open("?trace=traces/rsd-s.json&at=60&node=14&view=rounds");
    await expect.poll(async () => (await place(page)).index).toBe(60);
    const shown = await figure(page).evaluate((it) => {
      const { selection, openView } = it as DecodescopeFigure;
      return [selection.node, openView?.id];
    });
    expect(shown).toEqual([14, "rounds"]);
    await share(page, "link");
    const link = new URL(await page.locator("#share-moment-text").inputValue());
    expect(Object.fromEntries(link.searchParams)).toEqual({
      trace: "traces/rsd-s.json",
      at: "60",
      node: "14",
      view: "rounds",
    });
  });

  test("that is not there is said in a sentence, and the page goes on", async () => {
    const page = await open("?trace=traces/none.json");
    await page
      .getByTestId("problem")
      .getByText("traces/none.json answers with status 404")
      .waitFor();
  });
});

describe("X5: without a window", () => {
  test("the command draws the bytes that the page saves", async () => {
    const page = await open("?example=rsd-s&at=120&view=tree");
    await expect.poll(async () => (await place(page)).index).toBe(120);
    await share(page, "picture");
    const drawn = await bytes(await saved(page, "save-svg"));
    const { stdout } = await promisify(execFile)(
      "node",
      [`${ROOT}web/export/render.mjs`, `${GOLDEN}rsd-s.json`, "--step", "120", "--view", "tree"],
      { env: { ...process.env, CHROME }, maxBuffer: 1e8 },
    );
    expect(hash(stdout)).toBe(hash(drawn));
  });

  test("recorded runs give the same bytes in the page and without a window", async () => {
    const render = await renderer();
    const page = await open("?example=speculative-decoding");
    const every = (await readdir(GOLDEN)).filter((it) => it.endsWith(".json")).sort();
    expect(every.length).toBeGreaterThan(30);
    // All take minutes.
    const all = process.env["SLOW"] ? every : every.filter((_, i) => i % 6 === 0);
    if (all.length < every.length)
      console.log(`${all.length} of ${every.length} recorded runs; SLOW=1 tries all`);
    for (const file of all) {
      const id = file.replace(/\.json$/, "");
      await page.locator(`[data-example="${id}"]`).click();
      await page.locator(`[data-example="${id}"][aria-current="true"]`).waitFor();
      await show(page, "none", 0.7);
      const { index } = await place(page);
      await share(page, "picture");
      const preview = page.locator(".preview img");
      await preview.waitFor();
      const drawn = await preview.evaluate(async (it: HTMLImageElement) =>
        (await fetch(it.src)).text(),
      );
      await page.keyboard.press("Escape");
      const request: Request = { step: String(index), format: "svg", options: { theme: "light" } };
      const json = await readFile(`${GOLDEN}${file}`, "utf8");
      expect(hash(await render(json, request)), id).toBe(hash(drawn));
    }
  });

  test("X3: the tree for LaTeX is that of the place shown, from the page and from the command", async () => {
    const page = await open("?example=rsd-s&at=120");
    await expect.poll(async () => (await place(page)).index).toBe(120);
    await share(page, "data");
    const drawn = (await bytes(await saved(page, "save-tree-tikz"))).toString();
    const trace = JSON.parse(await readFile(`${GOLDEN}rsd-s.json`, "utf8")) as Trace;
    expect(drawn).toBe(tikz(trace, 120));
    const folder = await mkdtemp(join(tmpdir(), "decodescope-"));
    const path = join(folder, "tree.tex");
    await promisify(execFile)(
      "node",
      [`${ROOT}web/export/render.mjs`, `${GOLDEN}rsd-s.json`, "--step", "120", "-o", path],
      { env: { ...process.env, CHROME } },
    );
    expect(await readFile(path, "utf8")).toBe(drawn);
    await rm(folder, { recursive: true });
  });

  test("what it cannot draw it refuses in a sentence", async () => {
    const refused = promisify(execFile)(
      "node",
      [`${ROOT}web/export/render.mjs`, `${GOLDEN}rsd-s.json`, "--view", "braid"],
      { env: { ...process.env, CHROME } },
    );
    await expect(refused).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^This run has no view "braid". It has: tree, .*\.\n$/),
    });
  });
});

describe("S6: another trace beside the run", () => {
  test("shows where the texts part, what each run chose from, and what was set otherwise", async () => {
    const page = await open("?example=basic-sampling");
    await share(page, "compare");
    await page.getByTestId("other-trace").setInputFiles(`${GOLDEN}speculative-decoding.json`);
    const found = page.getByTestId("difference");
    await found.waitFor();
    const [mine, theirs] = await Promise.all(
      ["basic-sampling", "speculative-decoding"].map(
        async (it) => JSON.parse(await readFile(`${GOLDEN}${it}.json`, "utf8")) as Trace,
      ),
    );
    const { settings, parting } = diff(mine!, theirs!);
    const words = await found.innerText();
    for (const { name, values } of settings)
      for (const it of [name, ...values]) expect(words).toContain(it);
    expect(await found.locator(".token").allInnerTexts()).toEqual(parting!.map((it) => it.token));
    expect(await found.locator(".chosen").count()).toBeGreaterThan(0);
    await page.addScriptTag({ path: `${ROOT}node_modules/axe-core/axe.min.js` });
    const faults = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(at: string): Promise<{ violations: { id: string }[] }> };
      };
      return (await axe.run("dialog")).violations.map((it) => it.id);
    });
    expect(faults).toEqual([]);
    await page.getByTestId("go-to-parting").click();
    await expect.poll(async () => (await place(page)).index).toBe(parting![0].step);
  });

  test("says in a sentence what it cannot compare, and shows hostile text as text", async () => {
    const page = await open("?example=basic-sampling");
    await share(page, "compare");
    const give = (name: string, text: string) =>
      page
        .getByTestId("other-trace")
        .setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
    const problem = page.locator("dialog .problem");
    for (const [name, text, sentence] of [
      ["diary.txt", "dear diary", /^“diary\.txt” cannot be compared: This is neither a trace nor/],
      ["cut.json", '{"version": 1, "events": [', /This file is not JSON/],
      ["newer.json", '{"version": 9}', /version is 9, newer than 1/],
      [
        "metrics.txt",
        await readFile(`${ROOT}tests/import/answers/vllm-metrics.txt`, "utf8"),
        /it holds counts of a server, not a run/,
      ],
    ] as const) {
      await give(name, text);
      await problem.getByText(sentence).waitFor();
      expect(await page.getByTestId("difference").count()).toBe(0);
    }
    const trace = JSON.parse(await readFile(`${GOLDEN}basic-sampling.json`, "utf8")) as Trace;
    for (const id of Object.keys(trace.vocabulary))
      trace.vocabulary[Number(id)] = "<img src=x onerror=globalThis.harmed=1>";
    await give("<b>evil</b>.json", JSON.stringify(trace));
    await page.getByTestId("difference").getByText("<img src=x").first().waitFor();
    expect(await page.locator("dialog :is(img[src=x], b:not(.token))").count()).toBe(0);
    expect(await page.evaluate(() => "harmed" in globalThis)).toBe(false);
    expect(await problem.count()).toBe(0);
  });
});

describe("The dialog", () => {
  test("is opened, walked through and closed with keys alone", async () => {
    const page = await open("?example=rsd-s");
    await page.getByTestId("share").focus();
    await page.keyboard.press("Enter");
    await page.locator("dialog[open]").waitFor();
    await page.getByTestId("tab-link").focus();
    for (const tab of ["embed", "picture", "film", "data", "cite", "compare", "link"]) {
      await page.keyboard.press("ArrowRight");
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe(`share-${tab}`);
    }
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("decodescope-share-dialog").count()).toBe(0);
    const focused = await page.evaluate(() => document.activeElement?.getAttribute("data-testid"));
    expect(focused).toBe("share");
  });

  test.each(["light", "dark"] as const)("axe finds nothing in any tab, %s", async (colorScheme) => {
    const page = await open("?example=rsd-s", { colorScheme });
    await page.addScriptTag({ path: `${ROOT}node_modules/axe-core/axe.min.js` });
    for (const tab of ["link", "embed", "picture", "film", "data", "cite", "compare"]) {
      await share(page, tab);
      await page.waitForTimeout(200);
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: {
            run(at: string): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
          };
        };
        const { violations } = await axe.run("dialog");
        return violations.map((it) => `${it.id}: ${it.nodes[0]!.html}`);
      });
      expect(found, tab).toEqual([]);
    }
  });
});

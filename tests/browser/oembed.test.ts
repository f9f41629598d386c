// E10: what other sites read when somebody links to a recorded run: its picture (Open Graph), and a
// frame that plays it (oEmbed). The pages are written for the address that the test serves them at.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import { markChapters } from "../../web/tools/book.mjs";
import { recordedRuns, writePages } from "../../web/tools/run-pages.mjs";
import { siteAddress } from "../../web/tools/share-tags.mjs";
import { findings } from "./axe.ts";
import { document as pageOf, Host } from "./host.ts";

const DIST = new URL("../../dist/", import.meta.url).pathname;
const RUNS = join(DIST, "runs");
const ids = readdirSync(join(DIST, "traces"))
  .filter((it) => it.endsWith(".json"))
  .map((it) => it.replace(".json", ""));

let host: Host;
let folder: string;

beforeAll(async () => {
  host = await Host.start();
  folder = mkdtempSync(join(tmpdir(), "decodescope-runs-"));
  for (const id of ids) cpSync(join(RUNS, `${id}.png`), join(folder, `${id}.png`));
  writePages(recordedRuns(), folder, host.site.address);
  for (const name of readdirSync(folder))
    host.site.pages.set(`/notes/runs/${name}`, readFileSync(join(folder, name)));
});

afterAll(async () => {
  await host?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Width and height that a PNG states; throws for what is none. */
function sizeOf(bytes: Buffer): number[] {
  expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

interface Head {
  /** Contents of the tags, by name. */
  tags: Record<string, string>;
  canonical: string | null;
  /** Type and address of each link to another form of the page. */
  alternates: (string | null)[][];
}

/** What a reader of tags finds in a page. */
function headOf(html: string): Head {
  const tags = Object.fromEntries(
    [...html.matchAll(/<meta (?:name|property)="([^"]+)" content="([^"]*)"/g)].map(
      ([, name, content]) => [name, content],
    ),
  ) as Record<string, string>;
  const links = [...html.matchAll(/<link ([^>]+)>/g)].map(([, all]) => {
    const attribute = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(all!)?.[1] ?? null;
    return { rel: attribute("rel"), type: attribute("type"), href: attribute("href") };
  });
  return {
    tags,
    canonical: links.find((it) => it.rel === "canonical")?.href ?? null,
    alternates: links.filter((it) => it.rel === "alternate").map((it) => [it.type, it.href]),
  };
}

const get = async (address: string) => {
  const answer = await fetch(address);
  expect(answer.status, address).toBe(200);
  return answer;
};

/** What oembed.com, section 2.3.4, says an answer of the type `rich` must be. */
function checkAnswer(answer: Record<string, unknown>): void {
  const { version, type, title, html, cache_age, provider_name, provider_url } = answer;
  expect([version, type]).toEqual(["1.0", "rich"]);
  for (const it of [title, html, provider_name]) expect(it).toEqual(expect.stringMatching(/./));
  for (const it of [answer["width"], answer["height"]])
    expect(Number.isInteger(it) && (it as number) > 0).toBe(true);
  expect(Number.isInteger(cache_age)).toBe(true);
  expect(new URL(provider_url as string).href).toBe(provider_url);
  // All three or none.
  const thumbnail = ["thumbnail_url", "thumbnail_width", "thumbnail_height"];
  expect(thumbnail.filter((it) => it in answer)).toHaveLength(3);
  const known = [
    "author_name",
    "author_url",
    "version",
    "type",
    "title",
    "html",
    "width",
    "height",
  ];
  const all = [...known, "cache_age", "provider_name", "provider_url", ...thumbnail];
  expect(Object.keys(answer).filter((it) => !all.includes(it))).toEqual([]);
}

describe("E10: the page of a recorded run", () => {
  test.each(ids)("%s names a picture of the right size and a frame", async (id) => {
    const site = host.site.address;
    const page = `${site}runs/${id}.html`;
    const { tags, canonical, alternates } = headOf(await (await get(page)).text());
    expect(tags["og:url"]).toBe(page);
    expect(canonical).toBe(page);
    expect(tags["og:title"]).toBeTruthy();
    expect(tags["og:description"]).toMatch(/^A language model writes .*\.$/);
    expect(tags["twitter:card"]).toBe("summary_large_image");

    const image = await get(tags["og:image"]!);
    expect(image.headers.get("content-type")).toBe(tags["og:image:type"]);
    const bytes = Buffer.from(await image.arrayBuffer());
    expect(sizeOf(bytes)).toEqual([1200, 630]);
    expect([tags["og:image:width"], tags["og:image:height"]]).toEqual(["1200", "630"]);
    expect(bytes.length).toBeLessThan(60_000);

    expect(alternates).toEqual([["application/json+oembed", `${site}runs/${id}.oembed.json`]]);
    const response = await get(alternates[0]![1]!);
    expect(response.headers.get("content-type")).toBe("application/json");
    const answer = (await response.json()) as Record<string, string>;
    checkAnswer(answer);
    expect(answer["provider_url"]).toBe(site);
    expect(answer["thumbnail_url"]).toBe(tags["og:image"]);
    // One frame of this site, and nothing that runs in the page around it.
    const frame = /^<iframe ([^<>]*)><\/iframe>$/.exec(answer["html"]!)![1]!;
    expect(frame).toContain(`src="${site}embed.html?method=${id}&amp;`);
    expect(frame).toContain(`width="${answer["width"]}" height="${answer["height"]}"`);
    expect(frame).not.toMatch(/\bon\w+=/);
  });

  test("is linked from the list of all", async () => {
    const html = await (await get(`${host.site.address}runs/index.html`)).text();
    const linked = [...html.matchAll(/href="([\w-]+)\.html"/g)].map((it) => it[1]!);
    expect(linked.sort()).toEqual([...ids].sort());
    expect(headOf(html).tags["og:url"]).toBe(`${host.site.address}runs/`);
  });

  test.each([
    ["as it is", ""],
    ["in the sandbox that some sites put around frames", `sandbox="allow-scripts"`],
  ])("its frame plays in another site, %s", async (_, sandbox) => {
    const { html, height } = (await (
      await get(`${host.site.address}runs/beam-search.oembed.json`)
    ).json()) as { html: string; height: number };
    const path = "/notes/oembed.html";
    const body = html.replace("<iframe ", `<iframe ${sandbox} `);
    host.author.pages.set(path, pageOf(body, "data:text/javascript,"));
    const { page } = await host.visit(new URL(path, host.author.address).href);
    const inner = page.locator("iframe").contentFrame();
    await inner.locator("decodescope-figure").waitFor();
    const player = inner.locator("decodescope-player");
    const step = () => player.evaluate((it) => (it as DecodescopePlayer).getState().step);
    const before = await step();
    expect(before).toBeGreaterThan(100);
    await inner.getByRole("button", { name: /^Play/ }).click();
    await expect.poll(step).toBeGreaterThan(before);
    // The figure fits: nothing scrolls, and no room is left.
    const inside = await inner.locator("html").evaluate((it) => it.scrollHeight);
    expect(inside).toBe(height);
    await page.context().close();
  });

  test.each([
    ["light", 1280],
    ["dark", 390],
  ] as const)("stands, and axe finds nothing: %s, %i px", async (colorScheme, width) => {
    for (const name of ["lookahead.html", ""]) {
      const { page, complaints } = await host.visit(
        `${host.site.address}runs/${name || "index.html"}`,
        {
          colorScheme,
          viewport: { width, height: 844 },
        },
      );
      if (name) {
        await page.locator("decodescope-figure").waitFor();
        const player = page.locator("decodescope-player");
        const state = await player.evaluate((it) => (it as DecodescopePlayer).getState());
        expect(Math.round((10 * state.step) / state.length)).toBe(5);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        width,
      );
      expect(await findings(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.context().close();
    }
  });
});

describe("E10: a site that was built without its address", () => {
  const text = (name: string) => readFileSync(join(DIST, name), "utf8");

  test("has pictures at relative addresses, and claims no address", () => {
    expect(readdirSync(RUNS).filter((it) => it.endsWith(".oembed.json"))).toEqual([]);
    const pages = ["index.html", "runs/index.html", ...ids.map((id) => `runs/${id}.html`)];
    for (const name of pages) {
      const { tags, canonical, alternates } = headOf(text(name));
      expect([tags["og:url"], canonical, alternates], name).toEqual([undefined, null, []]);
      const image = new URL(tags["og:image"]!, `file://${DIST}${name}`);
      expect(sizeOf(readFileSync(image)), name).toEqual([1200, 630]);
    }
  });

  test("an address that is none is refused with a sentence", () => {
    expect(siteAddress("https://example.org/notes")).toBe("https://example.org/notes/");
    expect(siteAddress("")).toBe(null);
    for (const wrong of ["example.org", "file:///tmp", "https://example.org/?page=1"])
      expect(() => siteAddress(wrong)).toThrow(/give the address of the folder/);
  });
});

test("E10: a chapter of the book shows its first figure", () => {
  const out = mkdtempSync(join(DIST, "book-"));
  try {
    // As mdBook writes them.
    const page = `<html><head><meta name="description" content="x">\n</head></html>`;
    writeFileSync(join(out, "trees.html"), page);
    markChapters(out, "https://example.org/scope/");
    const { tags, alternates } = headOf(readFileSync(join(out, "trees.html"), "utf8"));
    const address = `https://example.org/scope/${out.slice(DIST.length)}/`;
    expect(tags["og:title"]).toBe("Trees of guesses");
    expect(tags["og:description"]).toMatch(/^A chain of guesses dies with its first mistake\./);
    expect(tags["og:image"]).toBe(`${address}trees.card.png`);
    expect(sizeOf(readFileSync(join(out, "trees.card.png")))).toEqual([1200, 630]);
    expect(alternates).toEqual([["application/json+oembed", `${address}trees.oembed.json`]]);
    const answer = JSON.parse(readFileSync(join(out, "trees.oembed.json"), "utf8"));
    checkAnswer(answer);
    expect(answer.html).toContain(`src="https://example.org/scope/embed.html?method=mcsd&amp;`);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

// The embedded player in a page that has one script tag and no build.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import { Author, STRICT, withPlayer } from "./plain-page.ts";

let author: Author;

beforeAll(async () => {
  author = await Author.start();
});

afterAll(() => author?.stop());

const RUN = `<decodescope-player src="traces/speculative-decoding.json"></decodescope-player>`;
const run = (attributes: string, inside = "") =>
  `<decodescope-player src="traces/speculative-decoding.json" ${attributes}>${inside}</decodescope-player>`;
const state = (it: DecodescopePlayer) => it.getState();

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

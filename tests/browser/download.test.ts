// P4: files of the model that break off where the server knows no ranges, break off for good, or
// arrive altered. A real server breaks real connections; live.test.ts has one that goes on.

import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { Host } from "./host.ts";

const TARGET = /target\/model\.safetensors/;
const manifest = JSON.parse(
  readFileSync(new URL("../../dist/models/manifest.json", import.meta.url), "utf8"),
) as { roles: Record<string, { name: string; bytes: number }[]> };
const shard = manifest.roles["target"]!.find((it) => TARGET.test(it.name))!;

let host: Host;

beforeAll(async () => {
  host = await Host.start();
});

afterAll(() => host?.stop());

afterEach(() => {
  host.site.cut = null;
  host.site.asked.length = 0;
  host.site.pages.clear();
});

const open = () => host.visit(`${host.site.address}?device=cpu`);
const settled = (page: Page) =>
  page.evaluate(() =>
    globalThis.decodescope.ready.then(
      () => "ready",
      (it: { code: string }) => it.code,
    ),
  );
const asked = () => host.site.asked.filter((it) => TARGET.test(it)).length;
const runs = (page: Page) =>
  page.evaluate(async () => {
    const request = { method: "basic-sampling", prompt: "Once upon a time", maxNewTokens: 4 };
    return (await globalThis.decodescope.run(request)).tokens.length;
  });

test("P4: where the server knows no parts, the file comes again as a whole", async () => {
  host.site.cut = { of: TARGET, after: 1_000_000, times: 1 };
  const { page } = await open();
  expect(await settled(page)).toBe("ready");
  expect(asked()).toBe(2);
  expect(await runs(page)).toBe(4);
  await page.context().close();
});

test("P4: a connection that breaks again and again is an error with a way on", async () => {
  host.site.cut = { of: TARGET, after: 500_000, times: 99 };
  const { page } = await open();
  expect(await settled(page)).toBe("network");
  const status = page.locator('[data-testid="status"][data-state="failed"]');
  expect(await status.innerText()).toMatch(/check the connection and try again/);
  host.site.cut = null;
  await page.getByTestId("retry").click();
  await page.getByTestId("device").waitFor();
  expect(await runs(page)).toBe(4);
  await page.context().close();
});

test("P4: each file is checked: one that was altered on its way is refused", async () => {
  const file = readFileSync(new URL(`../../dist/models/stories/${shard.name}`, import.meta.url));
  file[shard.bytes >> 1]! ^= 1;
  host.site.pages.set(`/notes/models/stories/${shard.name}`, file);
  const { page } = await open();
  expect(await settled(page)).toBe("checksum");
  // Once more, in case it was the line.
  expect(asked()).toBe(2);
  const status = page.locator('[data-testid="status"][data-state="failed"]');
  expect(await status.innerText()).toMatch(/target\/model\.safetensors.*checksum differs/i);
  const kept = await page.evaluate(async () => {
    const cache = await caches.open("decodescope-models-1");
    return (await cache.keys()).map((it) => it.url);
  });
  expect(kept.filter((it) => it.includes("target/model.safetensors"))).toEqual([]);
  await page.context().close();
});

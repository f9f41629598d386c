// P4: the model on its way: bytes as they come, given up, cut off, altered. A real server breaks real
// connections.

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
  Object.assign(host.site, { cut: null, pace: null, knowsRanges: false });
  host.site.ranges.length = 0;
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

test("P4: a connection that is killed in the middle of a file goes on from there", async () => {
  const after = Math.floor(shard.bytes / 3);
  Object.assign(host.site, { knowsRanges: true, cut: { path: TARGET, after, times: 1 } });
  const { page } = await open();
  expect(await settled(page)).toBe("ready");
  expect(host.site.ranges).toHaveLength(1);
  const from = Number(/^bytes=(\d+)-$/.exec(host.site.ranges[0]!)![1]);
  expect(from).toBeGreaterThan(0);
  expect(from).toBeLessThanOrEqual(after);
  expect(asked()).toBe(2);
  expect(await runs(page)).toBe(4);
  await page.context().close();
});

test("P4: where the server knows no parts, the file comes again as a whole", async () => {
  host.site.cut = { path: TARGET, after: 1_000_000, times: 1 };
  const { page } = await open();
  expect(await settled(page)).toBe("ready");
  expect(asked()).toBe(2);
  expect(await runs(page)).toBe(4);
  await page.context().close();
});

test("P4: a connection that breaks again and again is an error with a way on", async () => {
  host.site.cut = { path: TARGET, after: 500_000, times: 99 };
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

test("P4: bytes are counted as they come, cancel stops them, and the reader may resume", async () => {
  host.site.pace = 2_000_000;
  const { page } = await open();
  const progress = page.locator(".loading progress");
  const bytes = async () => Number(await progress.evaluate((it: HTMLProgressElement) => it.value));
  await progress.waitFor();
  const seen: number[] = [];
  await expect
    .poll(async () => {
      seen.push(await bytes());
      return new Set(seen).size;
    })
    .toBeGreaterThan(3);
  expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  const total = await progress.evaluate((it: HTMLProgressElement) => it.max);
  const files = ["target", "draft"].flatMap((role) => manifest.roles[role]!);
  expect(total).toBe(files.reduce((sum, it) => sum + it.bytes, 0));
  expect(await page.locator("#progress-words").innerText()).toMatch(/\d\.\d MB of 1\d\.\d MB/);

  await page.getByTestId("cancel-load").click();
  expect(await settled(page)).toBe("cancelled");
  const before = host.site.asked.length;
  host.site.pace = null;
  await page.getByTestId("retry").click();
  await page.getByTestId("device").waitFor({ timeout: 60_000 });
  expect(host.site.asked.length).toBeGreaterThan(before);
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

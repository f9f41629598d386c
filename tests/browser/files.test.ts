// Files from elsewhere, dropped on the page or chosen with the button: each kind is shown, and what
// cannot be read leaves the picture as it is.

import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FileChooser, Page } from "playwright-core";
import { figure, place, recorded } from "./figure.ts";
import { NO_MODEL, Site } from "./site.ts";

const folder = new URL("../import/", import.meta.url).pathname;
const fileOf = (path: string) => readFileSync(folder + path, "utf8");

let site: Site;

beforeAll(async () => {
  site = await Site.start({ webgpu: false });
});

afterAll(() => site?.stop());

async function opened(): Promise<{ page: Page; complaints: string[] }> {
  const at = await recorded(site);
  await at.page.locator("html[data-takes-files]").waitFor();
  return at;
}

async function drop(page: Page, name: string, text: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ({ name, text }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], name));
      return transfer;
    },
    { name, text },
  );
  await page.dispatchEvent("main", "dragover", { dataTransfer });
  expect(await page.locator("html[data-dropping]").count()).toBe(1);
  await page.dispatchEvent("main", "drop", { dataTransfer });
  expect(await page.locator("html[data-dropping]").count()).toBe(0);
}

interface Shown {
  trace: { method: string; tokens: number[] };
  state: { lanes: { path: number[]; promptLen: number }[] };
  seekFraction(share: number): void;
}

const shown = (page: Page) =>
  figure(page).evaluate((it) => {
    const { trace, state } = it as unknown as Shown;
    const written = state.lanes.map(({ path, promptLen }) => path.length - promptLen);
    return { method: trace.method, tokens: trace.tokens.length, written };
  });

describe("a dropped file is played", () => {
  test.each(readdirSync(`${folder}recorded`))("a run of transformers: %s", async (name) => {
    const { page, complaints } = await opened();
    const text = fileOf(`recorded/${name}`);
    const { method, tokens } = JSON.parse(text) as Shown["trace"];
    await drop(page, name, text);
    await page
      .getByTestId("caption")
      .getByText(/From a file: target, transformers 5/)
      .waitFor();
    // The last place: all tokens are text.
    await expect.poll(async () => (await shown(page)).written[0]).toBe(tokens.length);
    expect(await shown(page)).toMatchObject({ method, tokens: tokens.length });
    const { index, length } = await place(page);
    expect(index).toBe(length);
    const own = complaints.filter((it) => !it.includes("ERR_FAILED"));
    expect(own).toEqual([]);
  });

  test.each(["completion.json", "completion.sse", "chat.json", "chat.sse", "native.json"])(
    "an answer of llama.cpp: %s",
    async (name) => {
      const { page } = await opened();
      await drop(page, name, fileOf(`answers/${name}`));
      await page
        .getByTestId("caption")
        .getByText(/From a file: .*llama\.cpp server/)
        .waitFor();
      expect((await shown(page)).method).toBe("Log of a server");
      // The logged distribution opens first, with the mass of all others.
      await figure(page).getByText("other", { exact: true }).first().waitFor();
      await figure(page)
        .getByText(/was written; how it was chosen is not recorded/)
        .waitFor();
    },
  );

  test("several choices are shown side by side", async () => {
    const { page } = await opened();
    await drop(page, "several.json", fileOf("answers/several.json"));
    await expect.poll(async () => (await shown(page)).written).toEqual([12, 12, 12]);
  });
});

describe("acceptance without steps", () => {
  test("counters of vLLM become a figure above the picture, which stays", async () => {
    const { page } = await opened();
    const before = await shown(page);
    await drop(page, "metrics.txt", fileOf("answers/vllm-metrics.txt"));
    const aggregates = page.getByTestId("aggregates");
    await aggregates.getByText(/Aggregates, no steps/).waitFor();
    const words = await aggregates.innerText();
    for (const said of ["vLLM, Qwen/Qwen3-8B", "2.50", "50 %", "300 of 600", "200"])
      expect(words).toContain(said);
    const label = await aggregates.locator("svg").getAttribute("aria-label");
    expect(label).toContain("place 1: 75 %, place 2: 50 %, place 3: 25 %");
    expect(await shown(page)).toEqual(before);
    await page.getByTestId("close-aggregates").click();
    await aggregates.waitFor({ state: "detached" });
  });

  test("so does the log of a real llama.cpp server with a draft model", async () => {
    const { page } = await opened();
    await drop(page, "server.log", fileOf("answers/llama.cpp-log.txt"));
    await page.getByTestId("aggregates").getByText("llama.cpp, task 0").waitFor();
  });
});

test("a run takes the place of the aggregates before it, and of what the address named", async () => {
  const { page } = await recorded(site, "?example=rsd-s");
  await page.locator("html[data-takes-files]").waitFor();
  await drop(page, "metrics.txt", fileOf("answers/vllm-metrics.txt"));
  await page.getByTestId("aggregates").waitFor();
  expect(page.url()).toContain("example=rsd-s");
  await drop(page, "greedy.json", fileOf("recorded/greedy.json"));
  await page.getByTestId("aggregates").waitFor({ state: "detached" });
  await expect.poll(() => new URL(page.url()).searchParams.has("example")).toBe(false);
});

describe("what cannot be read", () => {
  test.each([
    ["diary.txt", "dear diary", /“diary\.txt” cannot be opened: This is neither a trace nor a log/],
    ["cut.json", '{"version": 1, "events": [', /This file is not JSON/],
    ["newer.json", '{"version": 9}', /version is 9, newer than 1/],
    ["empty.json", "", /This file is empty/],
  ])("%s gets a sentence and leaves the picture", async (name, text, sentence) => {
    const { page } = await opened();
    const before = await shown(page);
    await drop(page, name, text);
    await page.getByTestId("problem").getByText(sentence).waitFor();
    expect(await shown(page)).toEqual(before);
  });

  /** Drops a file of many spaces after `text`, made in the page. */
  const dropLarge = async (page: Page, megabytes: number, text: string) => {
    const dataTransfer = await page.evaluateHandle(
      ([megabytes, text]) => {
        const transfer = new DataTransfer();
        const part = " ".repeat(1_000_000);
        const parts = Array.from({ length: megabytes }, () => part);
        transfer.items.add(new File([text, ...parts], "large.json"));
        return transfer;
      },
      [megabytes, text] as const,
    );
    await page.dispatchEvent("main", "drop", { dataTransfer });
  };

  test.each([
    ["201 MB", 201, "", /it has 201 MB, and at most 200 MB are read/],
    ["100 MB that break off", 100, '{"version": 1, "events": [', /This file is not JSON/],
    ["100 MB of another kind", 100, '{"version": 1, "events": []}', /models is missing/],
  ])("%s get a sentence and leave the picture", async (_, megabytes, text, sentence) => {
    const { page } = await opened();
    const before = await shown(page);
    await dropLarge(page, megabytes, text);
    await page.getByTestId("problem").getByText(sentence).waitFor();
    expect(await shown(page)).toEqual(before);
  });

  test("a trace elsewhere of 300 MB is not fetched", async () => {
    let sent = 0;
    const server = createServer((_, response) => {
      response.writeHead(200, {
        "access-control-allow-origin": "*",
        "content-length": "300000000",
      });
      const part = Buffer.alloc(1_000_000, " ");
      const send = () => response.writable && response.write(part, () => (sent++, send()));
      send();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    try {
      const { port } = server.address() as AddressInfo;
      const { page } = await site.open(`?trace=http://127.0.0.1:${port}/run.json`, {
        blocked: NO_MODEL,
      });
      const said = page.getByTestId("problem").getByText(/300 MB or more, and at most 200 MB/);
      await said.waitFor();
      expect(sent).toBeLessThan(200);
      // What stands there without it.
      await figure(page).waitFor();
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test("a spoilt trace gets its JSON path", async () => {
    const { page } = await opened();
    const trace = JSON.parse(fileOf("recorded/greedy.json")) as { events: { lane: unknown }[] };
    trace.events[3]!.lane = "<img src=x>";
    await drop(page, "spoilt.json", JSON.stringify(trace));
    await page
      .getByTestId("problem")
      .getByText(/events\[3\]\.lane is "<img src=x>"; an integer/)
      .waitFor();
  });
});

test("the button is reached and opened by keyboard, and takes the same file twice", async () => {
  const { page } = await opened();
  // From here on, so that the browser knows of it before a key is pressed.
  const choosers: FileChooser[] = [];
  page.on("filechooser", (chooser) => choosers.push(chooser));
  await page.getByTestId("open-file").focus();
  for (const [i, key] of ["Enter", "Space"].entries()) {
    await page.keyboard.press(key);
    await expect.poll(() => choosers.length, { timeout: 30_000 }).toBe(i + 1);
    await choosers[i]!.setFiles(`${folder}recorded/assisted.json`);
    await page
      .getByTestId("caption")
      .getByText(/transformers/)
      .waitFor();
    // The other run in between, so that the second opening shows.
    if (i === 0) await drop(page, "chat.json", fileOf("answers/chat.json"));
    if (i === 0) await page.getByTestId("caption").getByText(/llama/).waitFor();
  }
});

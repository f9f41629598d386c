// On WebGPU: every method runs for a few tokens. The software adapter is slow, so budgets are
// small; the texts are those of the CPU.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Trace } from "../../web/generated/Trace.ts";
import list from "../../web/generated/methods.json" with { type: "json" };
import { runOk, Site, type Opened } from "./site.ts";

const PROMPT = "Once upon a time";
const TOKENS = 8;

/** Searches are held to 20 passes. */
function small(method: (typeof list)[number]): Record<string, unknown> {
  const known = Object.keys(method.schema.properties);
  const wanted = { temperature: 0, budget: 20, beam_size: 2, gamma: 3 };
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => known.includes(name)));
}

let site: Site;
let opened: Opened;
let greedy: Trace;

beforeAll(async () => {
  site = await Site.start({ webgpu: true });
  opened = await site.open("?device=webgpu");
  await opened.page.evaluate(() => globalThis.decodescope.ready);
  const request = { method: "basic-sampling", params: { temperature: 0 }, prompt: PROMPT };
  greedy = await runOk(opened.page, { ...request, maxNewTokens: TOKENS });
}, 240_000);

afterAll(() => site?.stop());

test("the device is WebGPU, and greedy says what the CPU says", async () => {
  expect(greedy.recorded.device).toBe("webgpu");
  const cpu = await runOk(opened.page, {
    method: "basic-sampling",
    params: { temperature: 0 },
    prompt: PROMPT,
    maxNewTokens: TOKENS,
    device: "cpu",
  });
  expect(cpu.recorded.device).toBe("cpu");
  expect(cpu.tokens).toEqual(greedy.tokens);
});

describe.each(list)("$id", (method) => {
  test(`writes ${TOKENS} tokens`, async () => {
    const trace = await runOk(opened.page, {
      method: method.id,
      params: small(method),
      prompt: PROMPT,
      maxNewTokens: TOKENS,
      device: "webgpu",
    });
    expect(trace.recorded.device).toBe("webgpu");
    expect(trace.tokens.length).toBeGreaterThan(0);
    if (method.lossless !== "no") expect(trace.tokens).toEqual(greedy.tokens);
  });
});

/** Log-probabilities of the target's rows along the answer, by position and token. */
function rowsAlong(trace: Trace): Map<number, Map<number, number>> {
  const parents = new Map<number, number | null>();
  const rows = new Map<number, Map<number, number>>();
  let head = 0;
  for (const event of trace.events) {
    if (event.kind === "grow") parents.set(event.node, event.parent);
    if (event.kind === "commit") head = event.head;
    if (event.kind === "score" && event.role === "target" && !event.variant) {
      event.nodes.forEach((node, i) => rows.set(node, new Map(event.rows[i]?.top)));
    }
  }
  const path: number[] = [];
  for (let at: number | null = head; at !== null; at = parents.get(at) ?? null) path.unshift(at);
  return new Map(path.flatMap((node, depth) => (rows.has(node) ? [[depth, rows.get(node)!]] : [])));
}

/** The largest difference between two runs' rows, where both scored the same position. */
function gap(a: Trace, b: Trace): { compared: number; largest: number } {
  const other = rowsAlong(b);
  let [compared, largest] = [0, 0];
  for (const [depth, row] of rowsAlong(a)) {
    for (const [token, logProb] of row) {
      const twin = other.get(depth)?.get(token);
      if (twin === undefined) continue;
      compared++;
      largest = Math.max(largest, Math.abs(twin - logProb));
    }
  }
  return { compared, largest };
}

test("rows of a tree pass equal rows scored one by one, and those of the CPU", async () => {
  const request = { params: { temperature: 0 }, prompt: PROMPT, maxNewTokens: TOKENS };
  const tree = await runOk(opened.page, { ...request, method: "opt-tree", device: "webgpu" });
  const alone = gap(greedy, tree);
  expect(alone.compared).toBeGreaterThan(20);
  expect(alone.largest).toBeLessThan(1e-4);
  const cpu = await runOk(opened.page, { ...request, method: "opt-tree", device: "cpu" });
  const across = gap(cpu, tree);
  console.info(
    `largest gap: ${alone.largest} tree against single, ${across.largest} CPU against WebGPU`,
  );
  expect(across.compared).toBeGreaterThan(20);
  expect(across.largest).toBeLessThan(1e-3);
});

test("a software adapter is not chosen unasked, and the page says so", async () => {
  const { page } = await site.open("");
  await page.getByTestId("device").waitFor({ timeout: 90_000 });
  expect(await page.getByTestId("device").innerText()).toMatch(/CPU.*software/s);
});

test("nothing complained in the console", () => {
  expect(opened.complaints).toEqual([]);
});

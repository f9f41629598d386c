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
  const wanted = { temperature: 0, budget: 20, beams: 2, gamma: 3, draft_len: 3, window: 3 };
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

test("nothing complained in the console", () => {
  expect(opened.complaints).toEqual([]);
});

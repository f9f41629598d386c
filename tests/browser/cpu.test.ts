// On the CPU: every method runs in the page, lossless ones say what greedy says, and the browser
// tells the same run as the command line.

import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Trace } from "../../web/generated/Trace.ts";
import list from "../../web/generated/methods.json" with { type: "json" };
import { difference } from "./compare.ts";
import { golden, goldenFile } from "./golden.ts";
import { run, runOk, Site, type Opened } from "./site.ts";

const PROMPT = "Once upon a time, there was a little";

let site: Site;
let opened: Opened;
let greedy: Trace;

beforeAll(async () => {
  site = await Site.start({ webgpu: false });
  opened = await site.open("?device=cpu");
  await opened.page.evaluate(() => globalThis.decodescope.ready);
  greedy = await runOk(opened.page, {
    method: "basic-sampling",
    params: { temperature: 0 },
    prompt: PROMPT,
    maxNewTokens: 40,
  });
});

afterAll(() => site?.stop());

const hasTemperature = (method: (typeof list)[number]) => "temperature" in method.schema.properties;

describe.each(list)("$id", (method) => {
  test("writes 40 tokens and names the device", async () => {
    const params = hasTemperature(method) ? { temperature: 0 } : {};
    const trace = await runOk(opened.page, {
      method: method.id,
      params,
      prompt: PROMPT,
      maxNewTokens: 40,
    });
    expect(trace.recorded.device).toBe("cpu");
    expect(trace.tokens.length).toBeGreaterThan(0);
    expect(trace.tokens.length).toBeLessThanOrEqual(40);
    if (method.lossless !== "no") expect(trace.tokens).toEqual(greedy.tokens);
  });

  test.skipIf(!existsSync(goldenFile(method.id)))(
    "tells the run the command line told",
    async () => {
      const native = golden(method.id);
      const [prompt = "", ...others] = promptsOf(native);
      const browser = await runOk(opened.page, {
        method: method.id,
        params: native.params,
        prompt,
        others,
        seed: native.seed,
        maxNewTokens: native.max_new_tokens,
      });
      expect(difference(native, browser)).toBeUndefined();
    },
  );
});

/** The texts of the prompts, one per lane; the tokenizer itself puts the beginning token in front. */
function promptsOf(trace: Trace): string[] {
  const special = trace.models.target?.end_tokens ?? [];
  const prompts: string[] = [];
  for (const event of trace.events) {
    if (event.kind !== "grow" || event.by !== "prompt" || !("token" in event.input)) continue;
    const { token } = event.input;
    const word = special.includes(token) ? "" : String(trace.vocabulary[token]);
    prompts[event.lane] = (prompts[event.lane] ?? "") + word;
  }
  return prompts;
}

test("the same seed gives the same trace, another seed another text", async () => {
  const request = { method: "basic-sampling", params: { temperature: 1 }, prompt: PROMPT };
  const [a, b, c] = [
    await runOk(opened.page, { ...request, seed: 5, maxNewTokens: 24 }),
    await runOk(opened.page, { ...request, seed: 5, maxNewTokens: 24 }),
    await runOk(opened.page, { ...request, seed: 6, maxNewTokens: 24 }),
  ];
  expect(difference(a, b)).toBeUndefined();
  expect(c.tokens).not.toEqual(a.tokens);
});

describe("bad input is refused in a sentence", () => {
  const cases: [string, Parameters<typeof run>[1], string, RegExp][] = [
    ["an unknown method", { method: "nonsense", prompt: PROMPT }, "unknown_method", /nonsense/],
    [
      "an unknown parameter",
      { method: "basic-sampling", params: { heat: 1 }, prompt: PROMPT },
      "params",
      /heat/,
    ],
    [
      "a parameter out of range",
      { method: "basic-sampling", params: { temperature: -1 }, prompt: PROMPT },
      "params",
      /temperature/,
    ],
    [
      "a prompt beyond the context",
      { method: "basic-sampling", prompt: "the dog saw the cat. ".repeat(200) },
      "prompt_too_long",
      /shorten/,
    ],
  ];
  test.each(cases)("%s", async (_, request, code, message) => {
    const { error } = await run(opened.page, request);
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(message);
  });

  test("and the engine works on afterwards", async () => {
    const again = await runOk(opened.page, {
      method: "basic-sampling",
      params: { temperature: 0 },
      prompt: PROMPT,
      maxNewTokens: 8,
    });
    expect(again.tokens).toEqual(greedy.tokens.slice(0, 8));
  });
});

test("a run that is stopped settles its promise", async () => {
  const settled = await opened.page.evaluate(async (prompt) => {
    const running = globalThis.decodescope
      .run({ method: "basic-sampling", prompt, maxNewTokens: 400 })
      .then(
        (trace) => `a trace of ${trace.tokens.length} tokens`,
        (error: { code: string }) => error.code,
      );
    await new Promise((done) => setTimeout(done, 100));
    globalThis.decodescope.stop();
    return running;
  }, PROMPT);
  expect(settled).toMatch(/^stopped$|^a trace of \d+ tokens$/);
});

test("nothing complained in the console", () => {
  expect(opened.complaints).toEqual([]);
});

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Trace } from "../generated/Trace.ts";
import { promptOf } from "../trace/text-of.ts";
import { loadTrace, TraceError } from "../trace/load.ts";
import { randomOf, spoil } from "../trace/spoil.test-data.ts";
import { bytesOf } from "../trace/words.ts";
import { read } from "./read.ts";

const folder = new URL("../../tests/import/", import.meta.url).pathname;
const answer = (name: string) => readFileSync(`${folder}answers/${name}`, "utf8");

function traceIn(text: string): Trace {
  const found = read(text);
  if (found.kind !== "trace") throw new Error("no trace");
  // What the page makes must pass its own check.
  loadTrace(JSON.stringify(found.trace));
  return found.trace;
}

const textOf = (trace: Trace, tokens: readonly number[]): string =>
  new TextDecoder().decode(
    Uint8Array.from(tokens.flatMap((it) => [...bytesOf(trace.vocabulary, it)])),
  );

function complaint(text: string): string {
  try {
    read(text);
  } catch (error) {
    expect(error).toBeInstanceOf(TraceError);
    return (error as Error).message;
  }
  return "nothing";
}

const draws = (trace: Trace) =>
  trace.events.flatMap((event) => (event.kind === "sample" ? [event] : []));

describe("answers of a real llama.cpp server", () => {
  test.each(["completion", "chat"])("%s: the stream tells what the whole answer tells", (kind) => {
    const whole = traceIn(answer(`${kind}.json`));
    const streamed = traceIn(answer(`${kind}.sse`));
    expect(textOf(streamed, streamed.tokens)).toBe(textOf(whole, whole.tokens));
    expect(draws(streamed).length).toBe(whole.tokens.length);
    draws(streamed).forEach((draw, i) => expect(draw.prob).toBeCloseTo(draws(whole)[i]!.prob, 1));
  });

  test("the distribution is the logged one, with the mass of all others", () => {
    const trace = traceIn(answer("completion.json"));
    const given = JSON.parse(answer("completion.json")) as {
      choices: { text: string; logprobs: { content: { logprob: number }[] } }[];
    };
    const { text, logprobs } = given.choices[0]!;
    expect(textOf(trace, trace.tokens)).toBe(text);
    draws(trace).forEach((draw, i) => {
      expect(draw.prob).toBeCloseTo(Math.exp(logprobs.content[i]!.logprob), 6);
      expect(draw.tokens.length).toBeGreaterThanOrEqual(5);
      const { probs, rest } = draw.stages[0]!;
      expect(probs.reduce((sum, p) => sum + p, rest)).toBeCloseTo(1, 6);
      expect(rest).toBeGreaterThan(0);
      expect(draw.u).toBeNull();
    });
    expect(trace.models.target!.name).toBe("stories-target");
    expect(trace.events.at(-1)).toMatchObject({ kind: "finish", reason: "length" });
  });

  test("several choices are several texts", () => {
    const trace = traceIn(answer("several.json"));
    const { choices } = JSON.parse(answer("several.json")) as { choices: { text: string }[] };
    const texts = [trace.tokens, ...trace.outputs.map((it) => it.tokens)];
    expect(texts.map((it) => textOf(trace, it))).toEqual(choices.map((it) => it.text));
    expect(texts.length).toBe(3);
  });

  test("letters that are several bytes come out whole", () => {
    const trace = traceIn(answer("letters.json"));
    expect(textOf(trace, trace.tokens)).toBe(" Zoë saw 🦊.");
  });

  test("the server's own form, with its prompt", () => {
    const trace = traceIn(answer("native.json"));
    expect(promptOf(trace)).toMatch(/Once upon a time, there was a little$/);
    expect(draws(trace).length).toBe(12);
  });

  test("a log of requests and answers knows the prompt", () => {
    const line = (request: unknown, name: string) =>
      JSON.stringify({ request, response: JSON.parse(answer(name)) as unknown });
    const chat = { messages: [{ role: "user", content: "Tell me a story" }] };
    const two = [line({ prompt: "Once" }, "completion.json"), line(chat, "chat.json")].join("\n");
    const trace = traceIn(two);
    expect(promptOf(trace)).toBe("Once");
    expect(trace.outputs.length).toBe(1);
    expect(promptOf(traceIn(line(chat, "chat.json")))).toBe("user: Tell me a story\n");
  });

  test("what the page made of them is what the native checker reads", async () => {
    for (const name of ["completion", "several", "letters"]) {
      const made = `${JSON.stringify(traceIn(answer(`${name}.json`)))}\n`;
      await expect(made).toMatchFileSnapshot(`${folder}imported/${name}.json`);
    }
  });
});

const legacy = (logprobs: unknown, more: object = {}) =>
  JSON.stringify({
    id: "cmpl-1",
    object: "text_completion",
    model: "m",
    choices: [{ index: 0, text: " a b", finish_reason: "stop", logprobs, ...more }],
    usage: { prompt_tokens: 2 },
  });

describe("completions in the older form", () => {
  const logprobs = {
    tokens: [" a", " b"],
    token_logprobs: [-0.5, -1],
    top_logprobs: [{ " a": -0.5, " c": -1.5 }, { " d": -0.6 }],
    text_offset: [0, 2],
  };
  test("the chosen token joins the likely ones where it is not among them", () => {
    const trace = traceIn(legacy(logprobs));
    expect(textOf(trace, trace.tokens)).toBe(" a b");
    const [, second] = draws(trace);
    expect(second!.tokens.length).toBe(2);
    expect(second!.stages[0]!.rest).toBeCloseTo(1 - Math.exp(-0.6) - Math.exp(-1), 6);
  });

  test("an echoed prompt is the prompt", () => {
    const trace = traceIn(
      legacy(
        {
          tokens: ["Once", " upon", " a"],
          token_logprobs: [null, -3, -0.1],
          top_logprobs: [null, { " upon": -3 }, { " a": -0.1 }],
        },
        { text: "Once upon a" },
      ),
    );
    expect(promptOf(trace)).toBe("Once upon");
    expect(textOf(trace, trace.tokens)).toBe(" a");
  });

  test("bytes that were written as escapes are joined again", () => {
    const tokens = ["bytes:\\xe2\\x80", "bytes:\\x94", "<0xC3>", "<0xA9>"];
    const trace = traceIn(legacy({ tokens, token_logprobs: [-1, -1, -1, -1] }, { text: "—é" }));
    expect(textOf(trace, trace.tokens)).toBe("—é");
    expect(Object.values(trace.vocabulary)).toContainEqual([0xe2, 0x80]);
  });

  test("bytes that a server lost are taken from its text", () => {
    const content = ["x", "\uFFFD", "\uFFFD", "y"].map((token) => ({
      token,
      bytes: [...new TextEncoder().encode(token)],
      logprob: -0.1,
      top_logprobs: [],
    }));
    const choice = { index: 0, message: { content: "x🦊y" }, logprobs: { content } };
    const trace = traceIn(JSON.stringify({ choices: [choice] }));
    expect(textOf(trace, trace.tokens)).toBe("x🦊y");
  });
});

/** The answer of a chat about these tokens. */
const chatOf = (content: object[], more: object = {}, text = "x") =>
  JSON.stringify({
    choices: [{ index: 0, message: { content: text }, logprobs: { content }, ...more }],
  });

describe("what servers write in more than one way", () => {
  test("plain probabilities after the filters of llama.cpp", () => {
    const top_probs = [
      { token: "a", bytes: [97], prob: 0.75 },
      { token: "b", bytes: [98], prob: 0.25 },
      { token: "c", bytes: [99], prob: 0 },
    ];
    const [draw] = draws(traceIn(chatOf([{ token: "b", bytes: [98], prob: 0.25, top_probs }])));
    expect(draw!.prob).toBeCloseTo(0.25, 6);
    expect(draw!.stages[0]!.probs[0]).toBeCloseTo(0.75, 6);
    // In the order of the vocabulary, the token's stretch is the first: it was met first.
    expect(draw!.span.map((it) => Number(it.toFixed(6)))).toEqual([0, 0.25]);
  });

  test("a little more than certainty is certainty, and shares never exceed one", () => {
    const top_logprobs = [
      { token: "a", bytes: [97], logprob: 0.004 },
      { token: "b", bytes: [98], logprob: -4 },
    ];
    const [draw] = draws(
      traceIn(chatOf([{ token: "a", bytes: [97], logprob: 0.004, top_logprobs }])),
    );
    const { probs, rest } = draw!.stages[0]!;
    expect(rest).toBeCloseTo(0, 6);
    expect(probs.reduce((sum, it) => sum + it, 0)).toBeCloseTo(1, 6);
    expect(probs[1]! / probs[0]!).toBeCloseTo(Math.exp(-4), 6);
    const grown = traceIn(chatOf([{ token: "a", bytes: [97], logprob: 0.004 }]));
    const last = grown.events.findLast((it) => it.kind === "grow");
    expect(last).toMatchObject({ log_prob: 0 });
  });

  test("a token that had no mass left is text without a draw", () => {
    const trace = traceIn(chatOf([{ token: "a", bytes: [97], logprob: -9999 }]));
    expect(trace.tokens).toHaveLength(1);
    expect(draws(trace)).toEqual([]);
  });

  test("the stretch of a token begins where those before it end", () => {
    const token = (name: string, logprob: number) => ({
      ...{ token: name, bytes: [...new TextEncoder().encode(name)], logprob },
    });
    const both = [token("a", Math.log(0.6)), token("b", Math.log(0.3))];
    const trace = traceIn(chatOf(both.map((_, i) => ({ ...both[i]!, top_logprobs: both }))));
    const spans = draws(trace).map(({ span }) => span.map((it) => Number(it.toFixed(4))));
    expect(spans).toEqual([
      [0, 0.6],
      [0.6, 0.9],
    ]);
  });

  test("who answered, and why the text ended", () => {
    const one = [{ token: "a", bytes: [97], logprob: -0.1 }];
    const said = (more: object) => {
      const found = read(JSON.stringify({ ...JSON.parse(chatOf(one)), ...more }));
      return found.kind === "trace" ? [found.from, found.trace.recorded.backend] : [];
    };
    expect(said({ system_fingerprint: "vllm-0.11" })).toEqual(["vllm-0.11", "vllm-0.11"]);
    expect(said({ system_fingerprint: "fp_44709d6fcb" })[0]).toBe("OpenAI");
    expect(said({})[0]).toBe("OpenAI-style server");
    const native = JSON.parse(answer("native.json")) as Record<string, unknown>;
    const ended = (stop_type: string) => {
      const trace = traceIn(JSON.stringify({ ...native, stop: true, stop_type }));
      return trace.events.findLast((it) => it.kind === "finish");
    };
    expect(ended("limit")).toMatchObject({ reason: "length" });
    expect(ended("eos")).toMatchObject({ reason: "stopped" });
  });

  test("a list of answers is a text for each, sixteen at most, and says how many there were", () => {
    const one = JSON.parse(answer("completion.json")) as Record<string, unknown>;
    const many = Array.from({ length: 20 }, (_, i) => ({ ...one, id: `answer ${i}` }));
    const trace = traceIn(JSON.stringify(many));
    expect(trace.outputs).toHaveLength(15);
    expect(trace.events.find((it) => it.kind === "note")).toMatchObject({
      text: expect.stringContaining("The first 16 of 20 texts") as string,
    });
    const two = traceIn(JSON.stringify(many.slice(0, 2)));
    expect(textOf(two, two.outputs[0]!.tokens)).toBe(textOf(two, two.tokens));
  });

  test("lost bytes twice in one text, each in its place", () => {
    const content = ["\uFFFD", " and ", "\uFFFD", " and ", "y"].map((token) => ({
      ...{ token, bytes: null, logprob: -0.1 },
    }));
    const trace = traceIn(chatOf(content, {}, "🦊 and 🐢 and y"));
    expect(textOf(trace, trace.tokens)).toBe("🦊 and 🐢 and y");
  });
});

describe("what cannot be read gets a sentence with its place", () => {
  const chat = () => JSON.parse(answer("chat.json")) as Record<string, never> & { choices: never };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const spoilt = (spoil: (it: any) => void) => {
    const it = chat();
    spoil(it);
    return complaint(JSON.stringify(it));
  };
  test("a log-probability above 0", () => {
    expect(spoilt((it) => (it.choices[0].logprobs.content[2].logprob = 0.7))).toBe(
      "choices[0].logprobs.content[2].logprob is 0.7; a log-probability is at most 0.",
    );
  });
  test("a byte above 255, in the second line", () => {
    const it = chat() as unknown as { choices: { logprobs: { content: { bytes: number[] }[] } }[] };
    it.choices[0]!.logprobs.content[0]!.bytes = [300];
    expect(complaint(`${JSON.stringify(chat())}\n${JSON.stringify(it)}`)).toBe(
      "line 2: choices[0].logprobs.content[0].bytes is [300]; bytes from 0 to 255 belong there.",
    );
  });
  test("a line that is cut off", () => {
    const whole = answer("completion.sse").trimEnd().split("\n");
    const cut = [...whole.slice(0, 2), whole[2]!.slice(0, 80)].join("\n");
    expect(complaint(cut)).toMatch(/^line 3 is not JSON: /);
  });
  test("a bad byte in the third line of a stream", () => {
    const lines = answer("completion.sse").split("\n");
    lines[2] = lines[2]!.replace('"bytes":[', '"bytes":[999,');
    expect(complaint(lines.join("\n"))).toMatch(
      /^line 3: choices\[0\]\.logprobs\.content\[0\]\.bytes is \[999,/,
    );
  });
  test("no log-probabilities", () => {
    expect(spoilt((it) => (it.choices[0].logprobs = null))).toMatch(
      /^choices\[0\]\.logprobs holds no log-probabilities\. Ask the server for them/,
    );
  });
  test("a refusal of the server", () => {
    expect(complaint('{"choices": [], "error": {"message": "no such model"}}')).toMatch(
      /^error says that the server refused: .*no such model/,
    );
  });
  test("something else", () => {
    expect(complaint("")).toBe("This file is empty.");
    expect(complaint("dear diary")).toMatch(/^This is neither a trace nor a log/);
    expect(complaint("[1, 2]")).toMatch(/^This is neither a trace nor a log/);
    expect(complaint('{"version": 1, "events": [')).toMatch(/^This file is not JSON: /);
    expect(complaint('{"version": 7, "events": []}')).toMatch(/^version is 7, newer than 1,/);
    expect(complaint('{"version": 1, "events": []}')).toMatch(/^models is missing\./);
  });

  test("two hundred spoilt answers are refused or read, and break nothing", () => {
    const random = randomOf(7);
    let refused = 0;
    for (let round = 0; round < 200; round++) {
      const whole: unknown = JSON.parse(answer(round % 2 ? "several.json" : "native.json"));
      spoil(whole, round % 2 ? "choices" : "completion_probabilities", random);
      try {
        traceIn(JSON.stringify(whole));
      } catch (error) {
        expect(error, String((error as Error).stack)).toBeInstanceOf(TraceError);
        refused++;
      }
    }
    // Both ways out are really tried.
    expect(refused).toBeGreaterThan(40);
    expect(refused).toBeLessThan(190);
  });
});

test("traces of the recorder for transformers are told from logs and open", () => {
  const names = readdirSync(`${folder}recorded`);
  expect(names.length).toBeGreaterThanOrEqual(8);
  for (const name of names) {
    const trace = traceIn(readFileSync(`${folder}recorded/${name}`, "utf8"));
    expect(trace.recorded.versions["transformers"]).toBeTruthy();
  }
});

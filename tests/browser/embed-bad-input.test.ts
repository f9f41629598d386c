// What the embedded player makes of files that are broken, too large, from the future or hostile.

import fc from "fast-check";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import { goldenText } from "./golden.ts";
import { Author, type Answer } from "./plain-page.ts";

const GOOD = goldenText("speculative-decoding");
const changed = (
  change: (trace: { [name: string]: unknown; events: Record<string, unknown>[] }) => void,
): string => {
  const trace = JSON.parse(GOOD);
  change(trace);
  return JSON.stringify(trace);
};

let author: Author;
let page: Page;
let complaints: string[];
let foreign: Server;

beforeAll(async () => {
  author = await Author.start();
  foreign = createServer((_, response) => response.end(GOOD));
  await new Promise<void>((done) => foreign.listen(0, "127.0.0.1", done));
  ({ page, complaints } = await author.open(`<decodescope-player></decodescope-player>`));
});

afterAll(async () => {
  await author?.stop();
  await new Promise((done) => foreign?.close(done));
});

/** Gives the player another source, and says what then stands in the figure. */
async function shown(src: string): Promise<{ sentence: string; picture: boolean }> {
  return page.locator("decodescope-player").evaluate(async (it, src) => {
    const player = it as DecodescopePlayer;
    player.setAttribute("src", src);
    await player.ready.catch(() => undefined);
    await new Promise((done) => setTimeout(done));
    const root = player.shadowRoot!;
    return {
      sentence: root.querySelector(".notice")?.textContent?.trim().replaceAll(/\s+/g, " ") ?? "",
      picture:
        root.querySelector("decodescope-figure")?.shadowRoot?.querySelector(".figure") != null,
    };
  }, src);
}

function* zeros(megabytes: number): Generator<Buffer> {
  const part = Buffer.alloc(1_000_000, " ");
  for (let i = 0; i < megabytes; i++) yield part;
}

const BAD: [name: string, answer: Answer, says: RegExp][] = [
  ["no JSON", { body: "<!doctype html><p>Not found" }, /is not JSON/],
  ["a file that was cut off", { body: GOOD.slice(0, 5000) }, /is not JSON/],
  ["an empty file", { body: "" }, /is not JSON/],
  ["a newer version", { body: changed((it) => (it.version = 2)) }, /^version is 2, newer than 1/],
  ["another schema", { body: `{"log": []}` }, /is missing/],
  [
    "a wrong field",
    { body: changed((it) => (it.events[3]!["node"] = "x")) },
    /^events\[3\]\.node is "x"/,
  ],
  [
    "a node that has not grown",
    { body: changed((it) => (it.events[3]!["parent"] = 4_000_000)) },
    /^events\[3\]\.parent names node 4000000/,
  ],
  [
    "a file of 100 MB that says so",
    { body: () => zeros(100), headers: { "content-length": "100000000" } },
    /100 MB or more; figures show at most 20 MB/,
  ],
  [
    "a file of 100 MB that does not",
    { body: () => zeros(100) },
    /2\d MB or more; figures show at most 20 MB/,
  ],
  ["deep nesting", { body: "[".repeat(200_000) }, /JSON|cannot be read/],
  ["nothing there", { body: "", status: 404 }, /answered 404/],
];

describe("R6: a bad file", () => {
  test.each(BAD)("%s is refused in a sentence", async (name, answer, says) => {
    author.answers.set(`/notes/${name}`, answer);
    const { sentence } = await shown(encodeURIComponent(name));
    expect(sentence).toMatch(says);
  });

  test("a server that other sites may not read, and one that is not there", async () => {
    const { port } = foreign.address() as AddressInfo;
    expect((await shown(`http://127.0.0.1:${port}/run.json`)).sentence).toMatch(/CORS/);
    expect((await shown("http://127.0.0.1:9/run.json")).sentence).toMatch(/cannot be reached/);
    expect((await shown("http://[")).sentence).toMatch(/no address/);
  });

  test("the picture from before stays, can be played, and a good file clears the sentence", async () => {
    author.answers.set("/notes/good.json", { body: GOOD });
    author.answers.set("/notes/bad.json", { body: "{" });
    expect(await shown("good.json")).toEqual({ sentence: "", picture: true });
    const bad = await shown("bad.json");
    expect(bad.picture).toBe(true);
    expect(bad.sentence).toMatch(/not JSON.*The picture below is the one from before/);
    const step = await page.locator("decodescope-player").evaluate(async (it) => {
      await (it as DecodescopePlayer).seek(20);
      return (it as DecodescopePlayer).getState().step;
    });
    expect(step).toBe(20);
    expect((await shown("good.json?again")).sentence).toBe("");
  });

  test("says so in an event, with the place in the file", async () => {
    const [, answer] = BAD[5]!;
    author.answers.set("/notes/wrong.json", answer as Answer);
    const detail = page.evaluate(
      () =>
        new Promise((done) =>
          document.addEventListener("error", (it) => done((it as Event as CustomEvent).detail), {
            once: true,
          }),
        ),
    );
    await shown("wrong.json");
    expect(await detail).toMatchObject({ code: "trace", path: "events[3].node" });
  });
});

// ── Hostile files ────────────────────────────────────────────────────────────────────────────

const EVIL: unknown[] = [
  "<img src=x onerror=globalThis.harmed=1>",
  "</script><script>globalThis.harmed=1</script>",
  "__proto__",
  "constructor",
  "\u202e\u0000\ud800",
  null,
  true,
  [],
  {},
  "",
  -1,
  0,
  0.5,
  7,
  1e9,
  4_294_967_295,
  9_007_199_254_740_991,
  1e308,
  -1e308,
  [0, 0, 0],
  { token: 1e9 },
];

/** One change to a JSON value, by numbers that say where and what. */
interface Change {
  readonly where: number[];
  readonly what: number;
  readonly how: "replace" | "drop" | "double" | "swap" | "poison";
}

function apply(trace: unknown, { where, what, how }: Change): void {
  let at = trace as Record<string, unknown>;
  let key = "";
  for (const number of where) {
    const keys = Object.keys(at);
    if (keys.length === 0) break;
    key = keys[number % keys.length]!;
    const next = at[key];
    if (typeof next !== "object" || next === null || number % 5 === 0) break;
    if (Object.keys(next).length > 0) at = next as Record<string, unknown>;
  }
  const keys = Object.keys(at);
  key = keys.includes(key) ? key : keys[what % keys.length]!;
  if (how === "drop" && Array.isArray(at)) at.splice(Number(key), 1);
  else if (how === "drop") delete at[key];
  else if (how === "double" && Array.isArray(at)) at.splice(Number(key), 0, at[Number(key)]);
  else if (how === "swap") {
    const other = keys[what % keys.length]!;
    [at[key], at[other]] = [at[other], at[key]];
  } else if (how === "poison") {
    Object.defineProperty(at, "__proto__", {
      value: { polluted: 1 },
      enumerable: true,
      configurable: true,
    });
    Object.defineProperty(at, "constructor", {
      value: 1,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else at[key] = EVIL[what % EVIL.length];
}

/** Runs of many kinds, cut short: what is drawn of them is drawn quickly. */
const SEEDS = [
  "speculative-decoding",
  "lookahead",
  "superposed",
  "lattice-recombination",
  "swift",
  "pearl",
];
const RUNS = SEEDS.map((name) => {
  const trace = JSON.parse(goldenText(name)) as { events: unknown[] };
  return JSON.stringify({ ...trace, events: trace.events.slice(0, 140) });
});

const change = fc.record({
  where: fc.array(fc.nat(500), { minLength: 1, maxLength: 6 }),
  what: fc.nat(1000),
  how: fc.constantFrom("replace", "replace", "replace", "drop", "double", "swap", "poison"),
}) as fc.Arbitrary<Change>;

test("R6: whatever is changed in a file, the figure shows a picture or a sentence", async () => {
  let drawn = 0;
  let refused = 0;
  const property = fc.asyncProperty(
    fc.nat(RUNS.length - 1),
    fc.array(change, { minLength: 1, maxLength: 4 }),
    async (which, changes) => {
      const trace: unknown = JSON.parse(RUNS[which]!);
      for (const it of changes) apply(trace, it);
      author.answers.set("/notes/fuzzed.json", { body: JSON.stringify(trace) });
      const { sentence, picture } = await shown(`fuzzed.json?${drawn + refused}`);
      expect(picture || sentence !== "").toBe(true);
      if (sentence !== "") return void refused++;
      drawn++;
      const after = await page.locator("decodescope-player").evaluate(async (it) => {
        const player = it as DecodescopePlayer;
        for (const view of player.getState().views)
          for (const step of ["30%", "100%"]) await player.setState({ view, step });
        const root = player.shadowRoot!;
        const words = root.querySelector(".notice")?.textContent ?? "";
        return { blank: !root.querySelector("decodescope-figure") && words === "" };
      });
      expect(after.blank).toBe(false);
      const harm = await page.evaluate(() => [
        (globalThis as { harmed?: unknown }).harmed,
        ({} as { polluted?: unknown }).polluted,
      ]);
      expect(harm).toEqual([undefined, undefined]);
    },
  );
  await fc.assert(property, {
    seed: 13,
    numRuns: 60,
    interruptAfterTimeLimit: 30_000,
    endOnFailure: true,
  });
  // Both ways out are really tried.
  expect(drawn).toBeGreaterThan(3);
  expect(refused).toBeGreaterThan(3);
  expect(complaints.filter((it) => !/Failed to load|CORS/.test(it))).toEqual([]);
}, 120_000);

// Every text of ours is in every language, and a catalogue holds nothing that nobody says.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { keysIn } from "./keys.ts";
import { LANGUAGES } from "./languages.ts";
import { digits, speak, t } from "./t.ts";

const WEB = new URL("..", import.meta.url).pathname;
const words = (tag: string): Record<string, string> =>
  JSON.parse(readFileSync(join(WEB, `language/${tag}.json`), "utf8"));
const sources = readdirSync(WEB, { recursive: true, encoding: "utf8" })
  .filter((it) => it.endsWith(".ts") && !/test|language\//.test(it))
  .map((it) => join(WEB, it));
const said = new Set(sources.flatMap(keysIn));
const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

afterEach(() => speak(null));

test("the texts are found in the sources", () => {
  expect(said.size).toBeGreaterThan(150);
  for (const it of ["Play (Space)", "event {0} of {1}, round {2} of {3}"])
    expect(said).toContain(it);
});

describe.each([...LANGUAGES])("%s", (tag) => {
  const own = words(tag);

  test("has a text for everything the figure and the page say", () => {
    expect([...said].filter((it) => !Object.hasOwn(own, it))).toEqual([]);
    // Texts of the player, and those that stand in tables of the sources.
    const [first] = LANGUAGES;
    expect(Object.keys(own)).toEqual(Object.keys(words(first!)));
    const player = readFileSync(join(WEB, "embed/strings.ts"), "utf8");
    const table = /const ENGLISH = \{([\s\S]*?)\n\};/.exec(player)![1]!;
    const sentences = [...table.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((it) => it[1]!);
    expect(sentences.length).toBeGreaterThan(10);
    expect(sentences.filter((it) => !Object.hasOwn(own, it))).toEqual([]);
  });

  test("fills in the same values as the English", () => {
    for (const [english, text] of Object.entries(own)) {
      expect(text).not.toBe("");
      expect([english, placeholders(text)]).toEqual([english, placeholders(english)]);
    }
  });

  test("holds nothing that is said nowhere", () => {
    const all = sources.map((it) => readFileSync(it, "utf8")).join("\n");
    const rust = readFileSync(join(WEB, "../tests/golden/beam-search.json"), "utf8");
    const unsaid = Object.keys(own).filter(
      (it) => it !== "." && !said.has(it) && !all.includes(it) && !rust.includes(it),
    );
    // What methods write into their traces: who proposed, and why something was dropped.
    for (const it of unsaid) expect(TRACE).toContain(it);
  });
});

/** Words of traces that the catalogues know. */
const TRACE = [
  ...["recycled", "superposed", "not kept", "another candidate scored higher"],
  ...["other drafts have the better sums", "none of its continuations stayed in the beam"],
  ...["left out of the draft", "not on the longest branch", "the draft says otherwise"],
  ...["the larger draft model says otherwise", "the budget ended first"],
  ...["a better text took its place", "ended, but worse than every finished text"],
  "outside the beam",
];

test("a text, its values and its decimal mark follow the language; what it lacks is English", () => {
  expect([t`round ${3}`, t("tokens"), digits("0.25")]).toEqual(["round 3", "tokens", "0.25"]);
  speak({ ".": ",", tokens: "Token", "from {0} to {1}": "{1} nach {0}" });
  expect([t`from ${"{1}"} to ${2}`, t("tokens"), digits("0.25")]).toEqual([
    "2 nach {1}",
    "Token",
    "0,25",
  ]);
  expect([t`round ${3}`, t("constructor")]).toEqual(["round 3", "constructor"]);
});

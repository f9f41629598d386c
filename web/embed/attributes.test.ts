// One list of attributes for the element and for every package.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import attributes from "./attributes.json";
import { NAMES, PARTS, readPresentation, type Name } from "../player/presentation.ts";

const source = readFileSync(new URL("decodescope-player.ts", import.meta.url), "utf8");
const kinds: Record<string, { about: string; number?: number[]; one?: string[]; some?: string[] }> =
  attributes;

test("the list names what the element observes, in its words", () => {
  const documented = [...source.matchAll(/@attr ([\w-]+) (.*)/g)].map((it) => [
    it[1],
    it[2]!.replaceAll("`", ""),
  ]);
  expect(Object.entries(attributes).map(([name, it]) => [name, it.about])).toEqual(documented);
  const settings = /SETTINGS = \[(.*)\] as const/.exec(source)![1]!.match(/[\w-]+/g)!;
  expect(source).toContain('observedAttributes = ["src", ...SETTINGS, ...NAMES, "live", "base"]');
  expect(Object.keys(attributes)).toEqual(["src", ...settings, ...NAMES, "live", "base"]);
});

test("what the list allows is what the element takes", () => {
  const read = (name: Name, value: string) =>
    readPresentation((it) => (it === name ? value : null));
  for (const name of ["speed", "height"] as const) {
    const [least, most] = kinds[name]!.number!;
    expect([read(name, "0")[name], read(name, "99999")[name]]).toEqual([least, most]);
  }
  for (const it of kinds["theme"]!.one!) expect(read("theme", it).theme).toBe(it);
  const hidden = kinds["hide"]!.some!;
  expect(read("hide", hidden.join(" ")).hide).toEqual(hidden);
  expect(PARTS.slice(0, hidden.length)).toEqual(hidden);
  for (const [name, it] of Object.entries(attributes))
    if ("flag" in it && name !== "live") expect(read(name as Name, "")[name as "loop"]).toBe(true);
});

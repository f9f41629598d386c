import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { FACES } from "./faces.ts";
import { glyphsOf, readFont, subset, withNames, writeWoff, type Font } from "./font-file.ts";

const FOLDER = new URL("./fonts/", import.meta.url).pathname;
const kit = (id: string) => readFont(readFileSync(`${FOLDER}${id}.woff`));

/** Width and outline of a character, its parts written out with their own outlines. */
function drawing(font: Font, code: number): unknown {
  const data = (name: string) => {
    const it = font.get(name)!;
    return new DataView(it.buffer, it.byteOffset, it.byteLength);
  };
  const outline = (glyph: number): unknown => {
    const [from, to] = [glyph, glyph + 1].map((it) => data("loca").getUint32(4 * it));
    const bytes = [...font.get("glyf")!.subarray(from, to)];
    const part = data("glyf");
    if (from === to || part.getInt16(from!) >= 0) return bytes;
    // The first part is enough: it is what a part may lack.
    return [part.getUint16(from! + 10), outline(part.getUint16(from! + 12))];
  };
  const glyph = glyphsOf(font).get(code)!;
  return [data("hmtx").getUint16(4 * glyph), outline(glyph)];
}

test("every face has its file, and every file its face", () => {
  const files = readdirSync(FOLDER).filter((it) => it.endsWith(".woff"));
  expect(files.sort()).toEqual(FACES.map((it) => `${it.id}.woff`).sort());
});

test.each(FACES.map((it) => it.id))("a part of %s draws what the whole draws", async (id) => {
  const whole = await kit(id);
  const wanted = [..."Öffne ‘é’, ₀Ž␣↵⇥✓↻αд"].map((it) => it.codePointAt(0)!);
  const known = wanted.filter((it) => glyphsOf(whole).has(it));
  expect(known.length).toBeGreaterThan(4);
  const part = await readFont(await writeWoff(subset(whole, wanted)));
  expect([...glyphsOf(part).keys()].sort()).toEqual([...new Set(known)].sort());
  for (const code of known)
    expect(drawing(part, code), String.fromCodePoint(code)).toEqual(drawing(whole, code));
});

test("a part is small, and the same whatever the order of its letters", async () => {
  const whole = await kit("text-400");
  const codes = [..."Once upon a time"].map((it) => it.codePointAt(0)!);
  const [one, two] = await Promise.all(
    [codes, [...codes].reverse()].map(async (it) => writeWoff(subset(whole, it))),
  );
  expect(one!.length).toBeLessThan(4000);
  expect(two).toEqual(one);
});

test("the names of a font are those it was given", async () => {
  const named = withNames(await kit("signs"), { 1: "Mine" });
  const text = new TextDecoder("utf-16be").decode(named.get("name")!.subarray(-8));
  expect(text).toBe("Mine");
});

test("what is no font is refused", async () => {
  const other = new TextEncoder().encode("<!doctype html><title>Not found</title>");
  await expect(readFont(other)).rejects.toThrow("This is no font file with TrueType outlines.");
});

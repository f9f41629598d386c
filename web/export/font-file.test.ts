import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { FACES } from "./faces.ts";
import { glyphsOf, readFont, subset, withNames, writeWoff, type Font } from "./font-file.ts";

const FOLDER = new URL("./fonts/", import.meta.url).pathname;
/** As browsers read it: slices of a `Buffer` would be no copies. */
const kit = (id: string) => readFont(new Uint8Array(readFileSync(`${FOLDER}${id}.woff`)));

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
  // Advance and left bearing: these fonts have both for every glyph.
  expect(data("hhea").getUint16(34)).toBe(data("maxp").getUint16(4));
  return [data("hmtx").getUint16(4 * glyph), data("hmtx").getInt16(4 * glyph + 2), outline(glyph)];
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

test("a part is a font that says of itself what it holds", async () => {
  const codes = [..."Once, “upon” é"].map((it) => it.codePointAt(0)!);
  const file = await writeWoff(subset(await kit("text-400"), codes));
  const part = await readFont(file);
  const at = (name: string) => {
    const { buffer, byteOffset, byteLength } = part.get(name)!;
    return new DataView(buffer, byteOffset, byteLength);
  };
  const glyphs = at("maxp").getUint16(4);
  expect(glyphs).toBeGreaterThan(new Set(codes).size);
  expect(glyphs).toBeLessThan(30);
  expect(at("hhea").getUint16(34)).toBe(glyphs);
  expect([at("loca").byteLength, at("hmtx").byteLength]).toEqual([4 * (glyphs + 1), 4 * glyphs]);
  expect(at("loca").getUint32(4 * glyphs)).toBe(at("glyf").byteLength);
  // The first and the last sign; no names of glyphs.
  expect(at("OS/2").getUint16(64)).toBe(Math.min(...codes));
  expect(at("OS/2").getUint16(66)).toBe(Math.max(...codes));
  expect([at("post").getUint32(0), at("post").byteLength]).toEqual([0x30000, 32]);

  const sum = (bytes: Uint8Array) => {
    let all = 0;
    bytes.forEach((it, i) => (all = (all + it * 256 ** (3 - (i % 4))) % 2 ** 32));
    return all;
  };
  const head = new DataView(file.buffer, file.byteOffset);
  expect(head.getUint32(8)).toBe(file.length);
  const count = head.getUint16(12);
  expect(count).toBe(part.size);
  // As a plain font file: a directory, then each table from a multiple of four bytes on.
  const directory = new Uint8Array(12 + 16 * count);
  directory.set(file.subarray(4, 8));
  const plain = new DataView(directory.buffer);
  const power = Math.floor(Math.log2(count));
  [count, 16 * 2 ** power, power, 16 * (count - 2 ** power)].forEach((it, i) =>
    plain.setUint16(4 + 2 * i, it),
  );
  let place = directory.length;
  let whole = 0;
  for (let i = 0; i < count; i++) {
    const entry = 44 + 20 * i;
    const name = String.fromCharCode(...file.subarray(entry, entry + 4));
    const bytes = part.get(name)!.slice();
    expect([name, head.getUint32(entry + 12)]).toEqual([name, bytes.length]);
    whole += sum(bytes);
    // Sums of tables leave out what makes the sum of the whole.
    if (name === "head") bytes.fill(0, 8, 12);
    expect([name, head.getUint32(entry + 16)]).toEqual([name, sum(bytes)]);
    directory.set(file.subarray(entry, entry + 4), 12 + 16 * i);
    [sum(bytes), place, bytes.length].forEach((it, j) => plain.setUint32(16 + 16 * i + 4 * j, it));
    place += Math.ceil(bytes.length / 4) * 4;
  }
  expect(head.getUint32(16)).toBe(place);
  expect((whole + sum(directory)) % 2 ** 32).toBe(0xb1b0afba);
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
  const named = withNames(await kit("signs"), { 1: "Mine", 2: "Bold face" });
  const bytes = named.get("name")!;
  const table = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts = [0, 1].map((i) => {
    const record = 6 + 12 * i;
    const from = table.getUint16(4) + table.getUint16(record + 10);
    const text = bytes.subarray(from, from + table.getUint16(record + 8));
    return [table.getUint16(record + 6), new TextDecoder("utf-16be").decode(text)];
  });
  expect(texts).toEqual([
    [1, "Mine"],
    [2, "Bold face"],
  ]);
});

test("what is no font is refused", async () => {
  const other = new TextEncoder().encode("<!doctype html><title>Not found</title>");
  await expect(readFont(other)).rejects.toThrow("This is no font file with TrueType outlines.");
});

import { expect, test } from "vitest";
import { pieces, shortened, tokenName, visible, type Vocabulary } from "./words.ts";

/** Cuts the UTF-8 of `text` at byte offsets into tokens 0, 1, 2 … */
function cut(text: string, ...at: number[]): { vocabulary: Vocabulary; tokens: number[] } {
  const bytes = [...new TextEncoder().encode(text)];
  const edges = [0, ...at, bytes.length];
  const vocabulary: Record<number, number[]> = {};
  for (let i = 0; i + 1 < edges.length; i++) vocabulary[i] = bytes.slice(edges[i], edges[i + 1]);
  return { vocabulary, tokens: edges.slice(1).map((_, i) => i) };
}

const texts = (text: string, ...at: number[]): string[] => {
  const { vocabulary, tokens } = cut(text, ...at);
  return pieces(vocabulary, tokens).map((it) => it.text);
};

test("an emoji over four tokens stands whole in the first", () => {
  expect(texts("a🙂b", 2, 3, 4, 5)).toEqual(["a🙂", "", "", "", "b"]);
});

test("what follows an emoji keeps its own token", () => {
  expect(texts("🙂é🙂你b", 4, 6, 10, 13)).toEqual(["🙂", "é", "🙂", "你", "b"]);
});

test("a family of joined emoji is one character", () => {
  expect(texts("👩‍👧!", 4, 7, 9)).toEqual(["👩‍👧", "", "", "!"]);
});

test("Chinese characters cut inside are put together", () => {
  expect(texts("你好", 1, 4)).toEqual(["你", "好", ""]);
});

test("a combining accent joins the letter of the token before", () => {
  const parts = pieces({ 0: "e", 1: "\u0301x" }, [0, 1]);
  expect(parts.map((it) => it.text)).toEqual(["e\u0301", "x"]);
  expect(parts.map((it) => [it.open, it.continues])).toEqual([
    [true, false],
    [false, true],
  ]);
});

test("no character is lost or doubled, wherever the text is cut", () => {
  const text = "Ça va? 🙂 e\u0301 你好 👩‍👧\n";
  const length = new TextEncoder().encode(text).length;
  for (let a = 1; a < length; a++)
    for (let b = a + 1; b < length; b += 3) expect(texts(text, a, b).join("")).toBe(text);
});

test("bytes that form no character are shown as bytes", () => {
  expect(pieces({ 0: [0x61, 0xe2, 0x96] }, [0])[0]!.text).toBe("a⟨E2⟩⟨96⟩");
  // Overlong, surrogate, beyond Unicode: refused by the standard, so shown as bytes here.
  for (const bytes of [
    [0xc0, 0xaf],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
  ])
    expect(pieces({ 0: bytes }, [0])[0]!.text).toMatch(/^(⟨[0-9A-F]{2}⟩)+$/);
});

test("an unfinished character is shown as bytes until it is finished", () => {
  const { vocabulary } = cut("🙂", 2);
  expect(pieces(vocabulary, [0])[0]!.text).toBe("⟨F0⟩⟨9F⟩");
  expect(pieces(vocabulary, [0, 1]).map((it) => it.text)).toEqual(["🙂", ""]);
});

test("white space and control characters are visible in names", () => {
  expect(tokenName({ 7: " the\n\t" }, 7)).toBe("␣the↵⇥");
  expect(visible("a\u202eb\u0000")).toBe("a⟨202E⟩b⟨0⟩");
});

test("a token without text is named by its number", () => {
  expect(tokenName({}, 42)).toBe("⟨42⟩");
});

test("a token whose text comes later is then named by it", () => {
  const vocabulary: Record<number, string> = {};
  expect(tokenName(vocabulary, 7)).toBe("⟨7⟩");
  vocabulary[7] = " cat";
  expect(tokenName(vocabulary, 7)).toBe("␣cat");
  expect(tokenName({ 7: " dog" }, 7)).toBe("␣dog");
});

test("long names lose their middle", () => {
  expect(shortened("abcdefghijklmnop", 9)).toBe("abcd…mnop");
  expect(shortened("👩‍👧👩‍👧", 2)).toBe("👩‍👧👩‍👧");
});

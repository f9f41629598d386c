import { expect, test } from "vitest";
import { arranged } from "./arrange.ts";

const script = (...lines: string[]) => `(function(){${lines.join("\n")}})();`;
const order = (code: string, ...signs: string[]) =>
  signs.toSorted((a, b) => arranged(code).indexOf(a) - arranged(code).indexOf(b));

const long = (sign: string, word: string) =>
  `const ${sign} = () => [${Array.from({ length: 9 }, (_, i) => `"${word} ${i}"`).join(", ")}];`;

test("declarations that say the same stand together", () => {
  const code = script(
    long("first", "a distribution"),
    long("other", "some tree of guesses"),
    long("second", "a distribution"),
    long("another", "some tree of guesses"),
  );
  const signs = ["var first", "var other", "var second", "var another"];
  expect(order(code, ...signs)).toEqual(["var first", "var second", "var other", "var another"]);
});

test("what runs while the script loads stands below what it reads, calls and names", () => {
  const text = long("like", "made of");
  const code = script(
    "const base = [1];",
    "const add = (it) => base[0] + it;",
    "function hoisted() { return add(1); }",
    text,
    `const made = [hoisted(), ${text.slice(13, -1)}];`,
    "globalThis.arrangedSum = made[0];",
  );
  (0, eval)(arranged(code));
  expect((globalThis as { arrangedSum?: number }).arrangedSum).toBe(2);
  expect(order(code, "base =", "add =", "made =", "globalThis")).toEqual([
    "base =",
    "add =",
    "made =",
    "globalThis",
  ]);
});

test("functions become arrows where that is the same, and stand above what runs them", () => {
  const code = script(
    "globalThis.arrangedList = listed(1, 2);",
    "function listed(...all) { return all.map(twice); }",
    "function twice(it) { return 2 * it; }",
    "async function late() { await 0; }",
    "function self() { return this; }",
  );
  (0, eval)(arranged(code));
  expect((globalThis as { arrangedList?: number[] }).arrangedList).toEqual([2, 4]);
  expect(arranged(code)).toContain("var late=async() =>{ await 0; }");
  expect(arranged(code)).toContain("function self()");
});

test("statements stay below one another, what only a method reads may come last", () => {
  const sheet = `const sheet = ["${Array.from({ length: 5000 }, (_, i) => `.a${i}`).join()}"];`;
  const code = script(
    sheet,
    "class Figure { get styles() { return sheet; } static made = new Map(); }",
    "Object.freeze(Figure);",
    "Object.seal(Figure);",
    long("helper", "of a figure"),
  );
  expect(order(code, "var sheet", "class Figure", "Object.freeze", "Object.seal")).toEqual([
    "class Figure",
    "var sheet",
    "Object.freeze",
    "Object.seal",
  ]);
});

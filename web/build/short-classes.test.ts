import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { longClasses, shortClasses } from "./short-classes.ts";

const root = new URL("../..", import.meta.url).pathname;
const rename = shortClasses(root);

test("classes of several words get short names, each its own; other words stay", () => {
  const names = longClasses(root);
  expect(names).toContain("tree-box");
  const short = names.map(rename);
  expect(new Set(short).size).toBe(names.length);
  for (const name of short) expect(name).toMatch(/^[A-Z]\d?$/);
  const box = rename("tree-box");
  expect(rename('.tree-box .node{} <div class="box tree-box">')).toBe(
    `.${box} .node{} <div class="box ${box}">`,
  );
  for (const kept of ["./tree-list.ts", "x-tree-box", "tree-box-2", "aria-label", "of-draft"])
    expect(rename(kept)).toBe(kept);
});

test("nothing outside the player's file calls a renamed class by its name", () => {
  for (const folder of [
    "web/export",
    "web/embed/live",
    "web/embed/frame",
    "web/embed/npm",
    "tests/browser",
  ])
    for (const file of readdirSync(join(root, folder))) {
      if (!/\.(ts|mjs|css|html)$/.test(file)) continue;
      const text = readFileSync(join(root, folder, file), "utf8");
      expect(rename(text) === text, join(folder, file)).toBe(true);
    }
});

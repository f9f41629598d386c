/**
 * In the one file of the embed, classes of several words have short names: `tree-box` is `A`. Such a
 * name stands for nothing else in the sources, so it can be found in their text.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Rename } from "./short-tokens.ts";

/** Where the classes of a figure have their styles. */
const STYLED = ["web/views", "web/views/part", "web/components", "web/embed"];
/** Other files of the embed and tests call these by name. */
const CALLED = [
  "stage-body",
  "side-body",
  "sheet-handle",
  "live-bar",
  "about-text",
  "trunk-word",
  "try-u",
];

const CLASS = /(?<![\w-])[a-z]+(?:-[a-z]+)+(?![\w-]|\.ts)/g;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The classes that get other names. */
export function longClasses(root: string): string[] {
  const sources = STYLED.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((it) => it.endsWith(".ts") && !it.endsWith(".test.ts"))
      .toSorted()
      .map((it) => readFileSync(join(root, folder, it), "utf8")),
  ).join("\n");
  const styles = [...sources.matchAll(/\bcss`[^`]*`/g)].join("\n");
  const selectors = styles.matchAll(/\.([a-z]+(?:-[a-z]+)+)(?=[\s,.:{>+~)[])/g);
  // `class="of-${kind}"` makes names that no text shows.
  const made = [...sources.matchAll(/[a-z]+-(?=\$\{)/g)].map((it) => it[0]);
  return [...new Set([...selectors].map((it) => it[1]!))].filter(
    (it) => !CALLED.includes(it) && !made.some((start) => it.startsWith(start)),
  );
}

/** Renames classes in a text of CSS or code. */
export function shortClasses(root: string): Rename {
  const letters = (i: number) => LETTERS[i % 26]! + (i < 26 ? "" : Math.floor(i / 26) - 1);
  const short = new Map(longClasses(root).map((name, i) => [name, letters(i)]));
  return (text) => text.replaceAll(CLASS, (name) => short.get(name) ?? name);
}

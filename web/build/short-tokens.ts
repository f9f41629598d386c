/**
 * Vite plugin: in what is built of the embed, the custom properties of tokens.css have names of one
 * letter. All files that draw in a figure are built with it, so that they agree; those that a host may
 * set keep their names, and so do the fonts, which an exported picture sets by name (export/copy.ts).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Renames the custom properties in a text of CSS or code. */
export type Rename = (text: string) => string;

export function shortTokens(root: string): Rename {
  const tokens = readFileSync(join(root, "web/styles/tokens.css"), "utf8");
  const names = [...new Set([...tokens.matchAll(/^ +(--(?!font-)[\w-]+):/gm)].map((it) => it[1]!))];
  const short = new Map(names.map((name, i) => [name, `--${LETTERS[i] ?? `a${i}`}`]));
  return (text) => text.replaceAll(/(?<![\w-])--[a-z][\w-]*/g, (name) => short.get(name) ?? name);
}

/** For modules of the embed that are built apart from the player. */
export function tokensRenamed(root: string): Plugin {
  const rename = shortTokens(root);
  return {
    name: "decodescope-short-tokens",
    enforce: "pre",
    transform: (code, id) =>
      /\.(ts|css)$/.test(id.split("?")[0]!) && id.startsWith(join(root, "web/"))
        ? rename(code)
        : undefined,
  };
}

import { expect, test } from "vitest";
import { shortTokens } from "./short-tokens.ts";

const rename = shortTokens(new URL("../..", import.meta.url).pathname);

test("tokens get short names, each its own; names of a host and others stay", () => {
  const short = ["--paper", "--paper-2", "--ink", "--state-draft", "--state-draft-ink"].map(rename);
  expect(new Set(short).size).toBe(short.length);
  for (const name of short) expect(name).toMatch(/^--[a-zA-Z]$/);
  expect(rename("a{color:var(--ink);--ink:red}")).toBe(`a{color:var(${short[2]});${short[2]}:red}`);
  for (const kept of [
    "--decodescope-accent",
    "var(--from)",
    "--font-text",
    "x--ink",
    "i--",
    ".a--paper{}",
  ])
    expect(rename(kept)).toBe(kept);
});

import { expect, test } from "vitest";
import type { ColumnKind } from "../generated/ColumnKind.ts";
import { figureStyles } from "./figure-styles.ts";

/** A cell of a table has its column's kind as its class. */
const KINDS: Record<ColumnKind, true> = {
  number: true,
  probability: true,
  token: true,
  tokens: true,
  node: true,
  text: true,
};

test("what lays out the figure leaves the cells of its tables alone", () => {
  for (const kind of Object.keys(KINDS))
    expect(figureStyles.cssText).not.toMatch(new RegExp(`^\\s*\\.${kind}\\s*[{,]`, "m"));
});

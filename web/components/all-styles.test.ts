import type { CSSResult } from "lit";
import { expect, test } from "vitest";
import { allStyles } from "./all-styles.ts";

/** Classes with which selectors of a sheet begin, conditions of at-rules left out. */
function beginnings(css: string): Set<string> {
  const plain = css.replace(/\/\*[\s\S]*?\*\//g, "").replace(/@[^{;]*[{;]/g, "");
  const selectors = [...plain.matchAll(/([^{}]+)\{/g)].flatMap((it) => it[1]!.split(","));
  const first = selectors.map((it) => /^\s*\.([\w-]+)/.exec(it)?.[1]);
  return new Set(first.filter((it) => it !== undefined));
}

/** All figures share one sheet: what one view says of a class must not reach another's marks. */
test("no two views style the same class", () => {
  // The figure says of these how they look in forced colours.
  const forced = ["token", "legend", "clock-bar", "key"];
  // Views that share a part name the same sheet.
  const sheets = new Set((allStyles as unknown[]).flat(9) as CSSResult[]);
  const owner = new Map<string, number>();
  const shared: string[] = [];
  [...sheets].forEach(({ cssText }, index) => {
    for (const name of beginnings(cssText)) {
      const known = owner.get(name);
      if (known !== undefined && !forced.includes(name))
        shared.push(`.${name} (${known}, ${index})`);
      owner.set(name, index);
    }
  });
  expect(owner.size).toBeGreaterThan(50);
  expect(shared).toEqual([]);
});

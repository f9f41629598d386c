import { expect, test } from "vitest";
import methods from "virtual:methods";
import { oddities } from "./odd-address.ts";

const figure = {
  live: false,
  views: [{ id: "tree" }, { id: "passes" }],
  marks: [{ at: 12, label: "late" }],
} as unknown as Parameters<typeof oddities>[2][number];
const said = (search: string, figures = [figure]) => oddities(search, methods, figures);

test.each([
  ["method=nonsense", /^method cannot be “nonsense”: it may be .*speculative-decoding/],
  ["with=beam-search,nonsense", /^with cannot be “nonsense”: it may be /],
  ["with=jacobi,lookahead,pearl,bass", "with holds 3 at most: “bass” is left out."],
  [
    "also=1&also=+&also=2&also=3&also=4&also=5&also=6&also=7&also=The+dog",
    "also holds 7 at most: “The dog” is left out.",
  ],
  ["device=tpu", "device cannot be “tpu”: it may be cpu, webgpu."],
  ["seed=-1", "seed cannot be “-1”: it may be 0, 1, …–4294967295."],
  ["seed=1.5", "seed cannot be “1.5”: it may be 0, 1, …–4294967295."],
  ["seed=4294967296", "seed cannot be “4294967296”: it may be 0, 1, …–4294967295."],
  ["length=1e9", "length cannot be “1e9”: it may be 1, 2, …–400."],
  ["at=x", "at cannot be “x”: it may be 0, 1, …."],
  ["p.heat=3", /^p\. cannot be “heat”: it may be .*gamma/],
  ["p.gamma=many", /^p\.gamma cannot be “many”: it may be 1–\d+\.$/],
  ["p.gamma=1000", /^p\.gamma cannot be “1000”/],
  ["speed=fast", "speed cannot be “fast”: it may be 0.25–8."],
  ["theme=drak", "theme cannot be “drak”: it may be light, dark."],
  ["view=foo", "view cannot be “foo”: it may be tree, passes."],
  ["start-at=abc", "start-at cannot be “abc”: it may be 12, 50%, end, late."],
])("%s", (search, sentence) => {
  expect(said(`?${search}`)).toEqual([
    typeof sentence === "string" ? sentence : expect.stringMatching(sentence),
  ]);
});

test("nothing is said of what is right, of names of others, and of a view before it is there", () => {
  const right =
    "?method=speculative-decoding&with=beam-search&device=cpu&seed=4294967295&length=12&at=3&node=4" +
    "&also=1&also=2&also=3&also=4&also=5&also=6&also=7&also=+" +
    "&p.gamma=3&speed=8&theme=dark&view=tree&start-at=late&utm_source=mail";
  expect(said(right)).toEqual([]);
  expect(said("?view=foo&start-at=abc", [])).toEqual([]);
  expect(said("?view=foo", [{ ...figure, live: true }])).toEqual([]);
});

test("every value beyond the last that is kept is named", () => {
  const many = Array.from({ length: 10 }, (_, i) => `also=${i}`).join("&");
  expect(said(`?${many}`)).toEqual(
    [7, 8, 9].map((it) => `also holds 7 at most: “${it}” is left out.`),
  );
});

import { expect, test } from "vitest";
import { braidOf, type BraidStep } from "./braid.ts";

const draft = (letter: string, node: number, parent: number, token: number, weight: number) => ({
  letter, node, parent, token, weight,
}); // prettier-ignore

/** Two drafts that swap ranks, then fork from one, then meet in one token. */
const steps: BraidStep[] = [
  { step: 0, drafts: [draft("A", 1, 0, 2, 0.6126), draft("B", 2, 0, 3, 0.3874)] },
  { step: 1, drafts: [draft("A", 3, 2, 5, 0.58), draft("B", 4, 1, 5, 0.42)] },
  { step: 2, drafts: [draft("A", 5, 3, 2, 0.7), draft("B", 6, 3, 3, 0.3)] },
];

test("the weights of every column sum to one", () => {
  for (const column of braidOf(steps).columns) {
    expect(column.total).toBeCloseTo(1, 6);
    const ends = column.bundles.map((it) => it.before + it.weight);
    expect(ends.at(-1)).toBeCloseTo(1, 6);
    column.bundles.slice(1).forEach((it, i) => expect(it.before).toBeCloseTo(ends[i]!, 6));
  }
});

test("drafts with one token are one strand of summed width", () => {
  const [, met] = braidOf(steps).columns;
  expect(met!.bundles).toHaveLength(1);
  expect(met!.bundles[0]!.weight).toBeCloseTo(1, 6);
  expect(met!.bundles[0]!.drafts.map((it) => it.letter)).toEqual(["A", "B"]);
});

test("strands cross where the ranks change, and fork where one draft was continued twice", () => {
  const { strands } = braidOf(steps);
  const into = (column: number) => strands.filter((it) => it.column === column);
  // The draft that was second comes first: it starts in row 1.
  expect(into(1).map((it) => it.fromRow)).toEqual([1, 0]);
  const fork = into(2);
  expect(fork.map((it) => it.fromRow)).toEqual([0, 0]);
  expect(fork.map((it) => it.toRow)).toEqual([0, 1]);
  // Both halves of the fork fill the strand they come from, one below the other.
  expect(fork[0]!.fromWeight + fork[1]!.fromWeight).toBeCloseTo(0.58, 6);
  expect(fork[1]!.fromOffset).toBeCloseTo(fork[0]!.fromOffset + fork[0]!.fromWeight, 6);
});

test("columns that stand do not change while the braid grows", () => {
  const whole = braidOf(steps);
  for (let count = 1; count <= steps.length; count++) {
    expect(braidOf(steps.slice(0, count)).columns).toEqual(whole.columns.slice(0, count));
  }
});

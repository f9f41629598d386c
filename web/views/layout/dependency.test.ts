import { expect, test } from "vitest";
import { rowSays } from "./dependency.ts";
import { gridOf, type GridCell } from "./grid.ts";

/** F5 after 0, 1 with a block of six zeros: the iterates of the card, the first guesses before. */
const iterates = [
  [0, 0, 0, 0, 0, 0],
  [1, 1, 0, 0, 0, 0],
  [1, 2, 2, 1, 0, 0],
  [1, 2, 3, 4, 3, 1],
  [1, 2, 3, 0, 2, 2],
  [1, 2, 3, 0, 3, 2],
  [1, 2, 3, 0, 3, 3],
];
const final = iterates.at(-1)!;
const cells: GridCell[] = iterates.flatMap((tokens, row) =>
  tokens.flatMap((token, place) => {
    // Pass r makes place r final; places before it are not computed again.
    if (place < row - 1) return [];
    const state = row === 0 ? "guess" : place === row - 1 ? "fixed" : "changed";
    return [{ row, column: place + 2, token, state }];
  }),
);

test("a place is filled where the iterate already holds the final token", () => {
  const graph = gridOf(cells, (column) => final[column - 2]);
  const filled = graph.cells.filter((it) => it.kind === "proved" || it.kind === "ahead");
  const want = iterates.flatMap((tokens, row) =>
    tokens.flatMap((token, place) =>
      place >= row - 1 && token === final[place] ? [`${row}:${place + 2}`] : [],
    ),
  );
  expect(filled.map((it) => `${it.row}:${it.column}`)).toEqual(want);
  // By hand: the 0 of position 5 in the first three rows, and the 3 of position 6 in the fourth.
  const ahead = graph.cells.filter((it) => it.kind === "ahead");
  expect(ahead.map((it) => [it.row, it.column])).toEqual([[0, 5], [1, 5], [3, 6]]); // prettier-ignore
});

test("the prefix that is final goes down as a staircase, one place a pass", () => {
  const graph = gridOf(cells, (column) => final[column - 2]);
  expect(graph.stairs.map((it) => it.column)).toEqual([2, 3, 4, 5, 6, 7, 8]);
});

test("nothing is filled before its token is known", () => {
  const early = cells.filter((it) => it.row <= 1);
  const graph = gridOf(early, (column) => (column < 3 ? final[column - 2] : undefined));
  const kinds = (row: number) => graph.cells.filter((it) => it.row === row).map((it) => it.kind);
  expect(kinds(0)).toEqual(["wrong", "open", "open", "open", "open", "open"]);
  expect(kinds(1)).toEqual(["proved", "open", "open", "open", "open", "open"]);
});

test("what is text without a proof is never right", () => {
  const taken: GridCell[] = [
    ...cells.filter((it) => it.row <= 1 && it.column < 4),
    { row: 1, column: 4, token: 3, state: "approximate" },
    { row: 1, column: 5, token: 0, state: "given" },
  ];
  const graph = gridOf(taken, (column) => (column < 4 ? final[column - 2] : undefined));
  expect(graph.cells.slice(-2).map((it) => it.kind)).toEqual(["unproved", "unproved"]);
  expect(graph.stairs.at(-1)).toEqual({ row: 1, column: 6, gain: 4 });
});

test("each row is said in a sentence", () => {
  const graph = gridOf(cells, (column) => final[column - 2]);
  expect(rowSays(graph, 0)).toBe("The first guesses: no pass has read them yet.");
  expect(rowSays(graph, 2)).toBe("Pass 2 made 1 token final.");
  expect(rowSays(graph, 3)).toBe(
    "Pass 3 made 1 token final; 1 more was right already, though nothing could prove it.",
  );
  const early = gridOf(cells, () => undefined);
  expect(rowSays(early, 2)).toBe(
    "Pass 2 made 1 token final; which of the other guesses are right is not known yet.",
  );
});

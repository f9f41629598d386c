import { expect, test } from "vitest";
import { gridOf, type GridCell } from "./grid.ts";

/** F5 after 0, 1 with a block of six zeros: the iterates of the card. */
const iterates = [
  [1, 1, 0, 0, 0, 0],
  [1, 2, 2, 1, 0, 0],
  [1, 2, 3, 4, 3, 1],
  [1, 2, 3, 0, 2, 2],
  [1, 2, 3, 0, 3, 2],
  [1, 2, 3, 0, 3, 3],
];
const final = iterates.at(-1)!;
const cells: GridCell[] = iterates.flatMap((tokens, row) =>
  tokens.flatMap((token, column) => {
    // Iteration r makes position r final; places before it are not computed again.
    if (column < row) return [];
    const state =
      column === row ? "fixed" : token === iterates[row - 1]?.[column] ? "same" : "changed";
    return [{ row: row + 1, column: column + 2, token, state }];
  }),
);
const finalToken = (column: number) => final[column - 2];

test("fixed cells hold the final text", () => {
  for (const cell of gridOf(cells, finalToken).cells) {
    if (cell.state === "fixed") expect(cell.token).toBe(finalToken(cell.column));
  }
});

test("the staircase goes down by what each pass made final", () => {
  const grid = gridOf(cells, finalToken);
  expect(grid.stairs.map((it) => it.column)).toEqual([3, 4, 5, 6, 7, 8]);
  expect(grid.stairs.map((it) => it.gain)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(grid.columns).toEqual([2, 3, 4, 5, 6, 7]);
});

test("a right token that nobody could know yet is marked as ahead, a fixed one is not", () => {
  const at = (row: number, column: number) =>
    gridOf(cells, finalToken).cells.find((it) => it.row === row && it.column === column)!;
  expect(at(3, 6)).toMatchObject({ token: 3, kind: "ahead" });
  expect(at(3, 5)).toMatchObject({ token: 4, kind: "wrong" });
  expect(at(3, 4)).toMatchObject({ state: "fixed", kind: "proved" });
});

test("rows of the past keep their stairs while the grid grows", () => {
  const whole = gridOf(cells, finalToken).stairs;
  for (let row = 1; row <= 6; row++) {
    const soFar = gridOf(cells.filter((it) => it.row <= row), finalToken).stairs; // prettier-ignore
    expect(soFar).toEqual(whole.slice(0, row));
  }
});

test("a row that fixes nothing keeps the frontier where it was", () => {
  const late = [...cells, { row: 7, column: 4, token: 3, state: "fixed" }];
  expect(gridOf(late, finalToken).stairs.at(-1)).toEqual({ row: 7, column: 8, gain: 0 });
  const early = [{ row: 0, column: 2, token: 1, state: "guess" }, ...cells];
  expect(gridOf(early, finalToken).stairs[0]).toEqual({ row: 0, column: 2, gain: 0 });
});

// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { dependencies } from "../dependencies.ts";
import { grid } from "../grid.ts";
import { stage } from "../stage.test-data.ts";
import { neighbour } from "./guesses.ts";
import { shapeOf, spotOf } from "./places.ts";

const SIZES = { left: 40, right: 48, top: 24, bottom: 6, across: 74, down: 30 };

test.each([grid, dependencies])("the frontier of iterations fits into a phone", (view) => {
  const { at, length } = stage(view, "iterations");
  let seen = 0;
  for (let index = 0; index <= length; index++) {
    const shape = shapeOf(at(index), () => SIZES);
    const stair = shape.grid.stairs.at(-1);
    if (!stair) continue;
    seen++;
    const spot = spotOf(shape, 358);
    expect(spot.right - spot.left).toBeLessThanOrEqual(358);
    const frontier = shape.x(stair.column);
    expect([spot.left < frontier - SIZES.across / 2, spot.right > frontier]).toEqual([true, true]);
    expect(spot.top! <= shape.y(stair.row) && shape.y(stair.row) + SIZES.down <= spot.bottom!).toBe(
      true,
    );
  }
  expect(seen).toBeGreaterThan(5);
});

test("a window shows its newest level whole", () => {
  const { at, length } = stage(grid, "window");
  const shape = shapeOf(at(length), () => SIZES);
  const inRow = shape.grid.cells.filter((it) => it.row === shape.current);
  const spot = spotOf(shape, 800);
  for (const { column } of inRow) {
    expect(shape.x(column)).toBeGreaterThanOrEqual(spot.left);
    expect(shape.x(column) + SIZES.across).toBeLessThanOrEqual(spot.right);
  }
});

test("arrows lead to the nearest place in a row or column, Home and End to the last in a row", () => {
  const at = (row: number, column: number) => ({ row, column });
  const cells = [at(0, 2), at(0, 3), at(0, 4), at(1, 3), at(1, 4), at(3, 4)];
  expect(neighbour(cells, "0:3", "right")).toBe("0:4");
  expect(neighbour(cells, "0:3", "left")).toBe("0:2");
  expect(neighbour(cells, "1:4", "down")).toBe("3:4");
  expect(neighbour(cells, "1:4", "up")).toBe("0:4");
  expect(neighbour(cells, "0:4", "first")).toBe("0:2");
  expect(neighbour(cells, "0:2", "last")).toBe("0:4");
  expect(neighbour(cells, "0:2", "down")).toBeNull();
  expect(neighbour(cells, "0:4", "right")).toBeNull();
  // There is none before: focus stays.
  expect(neighbour(cells, "0:2", "left")).toBe("0:2");
});

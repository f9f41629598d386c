import { expect, test } from "vitest";
import { layoutTree, MOST_DRAWN, type TreeNode } from "./tree.ts";

const node = (id: number, parent: number, probability: number | null = 0.5): TreeNode => ({
  id,
  parent,
  logProb: probability === null ? null : Math.log(probability),
  keep: false,
});

/** A tree of `width` children below each node of the level before. */
function bushy(width: number, depth: number): TreeNode[] {
  const nodes: TreeNode[] = [];
  let level = [0];
  for (let d = 0; d < depth; d++) {
    const next: number[] = [];
    for (const parent of level)
      for (let k = 0; k < width; k++) {
        const id = nodes.length + 1;
        nodes.push(node(id, parent, 0.6 / (k + 1)));
        next.push(id);
      }
    level = next;
  }
  return nodes;
}

test("a chain lies on the trunk", () => {
  const { places, rows, columns } = layoutTree(0, [node(1, 0), node(2, 1), node(3, 2)]);
  expect([1, 2, 3].map((id) => places.get(id)!.row)).toEqual([0, 0, 0]);
  expect([rows, columns]).toEqual([1, 3]);
});

test("siblings go below the first, nearest row first", () => {
  const { places } = layoutTree(0, [node(1, 0), node(2, 0), node(3, 0), node(4, 2)]);
  expect([1, 2, 3, 4].map((id) => places.get(id)!.row)).toEqual([0, 1, 2, 1]);
});

test("nothing already drawn moves while a round grows", () => {
  const nodes = bushy(3, 5);
  const moved: number[] = [];
  let before = layoutTree(0, []).places;
  for (let count = 1; count <= nodes.length; count++) {
    const { places } = layoutTree(0, nodes.slice(0, count));
    for (const [id, { column, row }] of before)
      if (places.get(id)?.column !== column || places.get(id)?.row !== row) moved.push(id);
    before = places;
  }
  expect(moved).toEqual([]);
});

test("no two guesses share a place", () => {
  const { places } = layoutTree(0, bushy(4, 4));
  const spots = [...places.values()].map(({ column, row }) => `${column}/${row}`);
  expect(new Set(spots).size).toBe(spots.length);
});

test("every guess is drawn or counted", () => {
  const nodes = bushy(4, 5);
  const { places, folded } = layoutTree(0, nodes);
  const counted = [...folded.values()].reduce((sum, it) => sum + it.count, 0);
  expect(places.size - 1 + counted).toBe(nodes.length);
  expect(places.size - 1).toBeLessThanOrEqual(MOST_DRAWN);
});

test("a guess that became text is drawn however unlikely it was", () => {
  const nodes = bushy(3, 4);
  const last = { ...nodes.at(-1)!, keep: true };
  const path = new Set<number>();
  for (let at: number | null = last.id; at; at = nodes[at - 1]!.parent) path.add(at);
  const kept = nodes.map((it) => ({ ...it, keep: path.has(it.id) }));
  expect(layoutTree(0, kept).places.has(last.id)).toBe(true);
  const without = layoutTree(0, nodes).places;
  expect(without.has(last.id)).toBe(false);
  for (const [id, place] of without) expect(layoutTree(0, kept).places.get(id)).toEqual(place);
});

test("a thousand guesses are laid out, each counted once", () => {
  const nodes = bushy(4, 5).slice(0, 1024);
  const start = performance.now();
  const { places, folded } = layoutTree(0, nodes);
  console.info(`1,024 guesses: ${(performance.now() - start).toFixed(1)} ms`);
  const counted = [...folded.values()].reduce((sum, it) => sum + it.count, 0);
  expect(places.size - 1 + counted).toBe(1024);
});

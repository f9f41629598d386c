import { expect, test } from "vitest";
import { joinsOf, pathCount, rowsOf, Standing, type LatticeNode } from "./lattice.ts";

const node = (id: number, parent: number | null, column: number, batch: number, score: number) =>
  ({ id, parent, column, batch, score }) satisfies LatticeNode;

/** Beam search on Toy-6 with two beams: the first steps of the card. */
const beams = [
  node(1, 0, 0, 0, -0.6931),
  node(2, 0, 0, 0, -0.9163),
  node(3, 2, 1, 1, -1.204),
  node(4, 1, 1, 1, -1.743),
  node(5, 1, 1, 1, -1.8971),
  node(6, 1, 1, 1, -2.3026),
];

test("rows of a beam are ranks", () => {
  expect([...rowsOf(beams, true)]).toEqual([
    [1, 0],
    [2, 1],
    [3, 0],
    [4, 1],
    [5, 2],
    [6, 3],
  ]);
});

test("ranks hold whatever order the nodes of a step were grown in", () => {
  const ended = [...beams.slice(0, 2), ...beams.slice(2).reverse()];
  expect(rowsOf(ended, true).get(3)).toBe(0);
  expect(rowsOf(ended, true).get(6)).toBe(3);
});

test.each([true, false])("a place once taken is kept while it grows (ranked: %s)", (ranked) => {
  const nodes = random(150);
  const last = rowsOf(nodes, ranked);
  const batches = [...new Set(nodes.map((it) => it.batch))];
  for (const batch of batches) {
    const soFar = rowsOf(
      nodes.filter((it) => it.batch <= batch),
      ranked,
    );
    for (const [id, row] of soFar) expect(row, `node ${id} after step ${batch}`).toBe(last.get(id));
  }
});

test.each([true, false])("no two nodes share a place (ranked: %s)", (ranked) => {
  const nodes = random(400);
  const rows = rowsOf(nodes, ranked);
  const places = new Set(nodes.map((it) => `${it.column}:${rows.get(it.id)}`));
  expect(places.size).toBe(nodes.length);
});

test("texts that are followed one after another run straight to their ends", () => {
  const greedy = [0, 1, 2, 3].map((i) => node(i, i - 1, i, i, -i));
  const branch = [node(10, 0, 1, 4, -3), node(11, 10, 2, 5, -4), node(12, 11, 3, 6, -5)];
  const longer = [node(20, 1, 2, 7, -6), node(21, 20, 3, 8, -7), node(22, 21, 4, 9, -8)];
  const early = [node(30, null, 0, 10, -9)];
  const rows = rowsOf([...greedy, ...branch, ...longer, ...early], false);
  const of = (list: LatticeNode[]) => list.map((it) => rows.get(it.id));
  expect(of(greedy)).toEqual([0, 0, 0, 0]);
  expect(of(branch)).toEqual([1, 1, 1]);
  expect(of(longer)).toEqual([2, 2, 2]);
  // A row is not shared with a text further right: they would look like one.
  expect(of(early)).toEqual([3]);
});

test("a thousand nodes take a few milliseconds", () => {
  const nodes = random(1000);
  const start = performance.now();
  rowsOf(nodes, true);
  const middle = performance.now();
  rowsOf(nodes, false);
  const end = performance.now();
  console.info(
    `1,000 nodes: ${(middle - start).toFixed(1)} ms by rank, ${(end - middle).toFixed(1)} ms by run`,
  );
  expect(rowsOf(nodes, false).size).toBe(1000);
});

test("a merge is drawn once, as one edge", () => {
  // Two paths 1-2-3 and 4-5-6 whose last two tokens agree.
  const parents: Record<number, number | null> = { 1: 0, 2: 1, 3: 2, 4: 0, 5: 4, 6: 5, 0: null };
  const parentOf = (id: number) => parents[id] ?? null;
  const merge = { from: 6, into: 3, suffix: [7, 8] };
  expect(joinsOf([merge], parentOf)).toEqual([{ from: 5, into: 3, suffix: [7, 8] }]);
  expect(joinsOf([merge, merge], parentOf)).toHaveLength(1);
  // Walking backwards, the pair before it merges too: the first edge lies on the other already.
  const zipped = [merge, { from: 5, into: 2, suffix: [7, 8] }];
  expect(joinsOf(zipped, parentOf)).toEqual([{ from: 4, into: 2, suffix: [7, 8] }]);
  const standing = new Standing(zipped);
  expect([standing.of(6), standing.of(5), standing.of(4)]).toEqual([3, 2, 4]);
  expect(standing.absorbed(5) && !standing.absorbed(4)).toBe(true);
});

test("merges multiply the texts that can be read", () => {
  const edges = [
    [0, 1], [0, 2], [1, 3], [2, 3], [3, 4], [3, 5], [4, 6], [5, 6],
  ].map(([from, into]) => ({ from: from!, into: into! })); // prettier-ignore
  expect(pathCount(edges, [0], [6])).toBe(4);
  expect(pathCount(edges.slice(0, 6), [0], [4, 5])).toBe(4);
});

/** A search that pops nodes anywhere and grows three children at a time. */
function random(count: number): LatticeNode[] {
  const nodes = [node(0, null, 0, 0, 0)];
  let seed = 7;
  const draw = (limit: number) => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed % limit;
  };
  for (let batch = 1; nodes.length < count; batch++) {
    const parent = nodes[draw(nodes.length)]!;
    for (let child = 0; child < 3; child++) {
      const score = parent.score - 0.1 - draw(100) / 50;
      nodes.push(node(nodes.length, parent.id, parent.column + 1, batch, score));
    }
  }
  return nodes;
}

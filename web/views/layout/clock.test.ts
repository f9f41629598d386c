import { expect, test } from "vitest";
import { inTurn, lasting, median, overlapped, type Timed } from "./clock.ts";

const pass = (role: string, round: number, group: number | null = round): Timed => ({
  role,
  round,
  group,
});
/** Two rounds: five draft passes of a fifth of a millisecond beside one target pass. */
const ROUND = (round: number) => [
  ...Array.from({ length: 5 }, () => pass("draft", round)),
  pass("target", round),
];
const PASSES = [...ROUND(0), ...ROUND(1)];
const TIMES = PASSES.map((it) => (it.role === "draft" ? 0.2 : 1));

test("with c = .2 and γ = 5 both lanes are busy all the time, and a round takes one target pass", () => {
  const clock = overlapped(PASSES, TIMES);
  expect(clock.length).toBeCloseTo(2, 9);
  expect(clock.lanes.map((it) => it.role)).toEqual(["draft", "target"]);
  for (const lane of clock.lanes) {
    expect(lasting(lane.blocks)).toBeCloseTo(2, 9);
    expect(lane.idle).toEqual([]);
  }
  expect(clock.turns.map((it) => it.round)).toEqual([0, 1]);
  expect(clock.turns[1]!.from).toBeCloseTo(1, 9);
});

test("one after another the same passes take the sum of their times", () => {
  const clock = inTurn(PASSES, TIMES);
  expect(clock.length).toBeCloseTo(4, 9);
  const target = clock.lanes[1]!;
  expect(target.idle.map((it) => it.to - it.from)).toEqual([
    expect.closeTo(1, 9),
    expect.closeTo(1, 9),
  ]);
});

test("a round lasts as long as its slower lane, and the other one is idle until it ends", () => {
  const passes = [
    pass("draft", 0),
    pass("draft", 0),
    pass("target", 0),
    pass("draft", 1),
    pass("target", 1),
  ];
  const clock = overlapped(passes, [1, 1, 5, 3, 2]);
  expect(clock.length).toBe(8);
  const [draft, target] = clock.lanes;
  expect(draft!.idle).toEqual([{ from: 2, to: 5 }]);
  expect(target!.idle).toEqual([{ from: 7, to: 8 }]);
  expect(clock.turns).toEqual([
    { round: 0, from: 0, to: 5 },
    { round: 1, from: 5, to: 8 },
  ]);
});

test("passes without a group never overlap", () => {
  const passes = [pass("draft", 0, null), pass("draft", 0, null), pass("target", 0, null)];
  expect(overlapped(passes, [1, 2, 3])).toEqual(inTurn(passes, [1, 2, 3]));
  expect(overlapped(passes, [1, 2, 3]).lanes[0]!.idle).toEqual([{ from: 3, to: 6 }]);
});

test("the middle of an even number of values lies between two", () => {
  expect([median([]), median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([0, 2, 2.5]);
});

import { expect, test } from "vitest";
import type { Event } from "../generated/Event.ts";
import recorded from "../../tests/golden/rsd-s.json";
import { fold } from "../trace/fold.ts";
import { places, type Range } from "./film.ts";

const events = recorded.events as Event[];
const end = fold(events);
const range: Range = { from: 0, to: events.length, unit: "round", ms: 100, scale: 1 };

test("a film of rounds stops at both ends and after each round", () => {
  const stops = places(end, range);
  expect(stops).toHaveLength(end.rounds.length + 1);
  expect([stops[0], stops.at(-1)]).toEqual([0, events.length]);
  // After a round, the next event begins another one.
  for (const at of stops.slice(1, -1)) expect(events[at]!.kind).toBe("step");
});

test("a part of a film keeps to its part", () => {
  const some = { ...range, from: 40, to: 90 };
  expect(places(end, { ...some, unit: "event" })).toHaveLength(51);
  const rounds = places(end, some);
  expect([rounds[0], rounds.at(-1)]).toEqual([40, 90]);
  expect(places(end, { ...range, from: 90, to: 40 })).toEqual([]);
});

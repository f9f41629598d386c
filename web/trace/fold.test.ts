import { describe, expect, test } from "vitest";
import { Fold, fold } from "./fold.ts";
import { mainPath } from "./state.ts";
import { loadTrace } from "./load.ts";
import { toyTrace, toyText } from "./toy.test-data.ts";

describe("fold", () => {
  test("the committed path holds the prompt and the answer of the trace", () => {
    const state = fold(toyTrace.events);
    const tokens = mainPath(state).map((id) => state.nodes[id]!.token);
    expect(tokens).toEqual([...toyTrace.prompt_tokens, ...toyTrace.tokens]);
  });

  test("any way of scrubbing gives the state that replaying from the start gives", () => {
    const player = new Fold(toyTrace.events);
    const places = [200, 3, 64, 65, 199, 128, 127, 0, player.length, 70, 71, 72, 5];
    for (const place of places) expect(player.at(place)).toEqual(fold(toyTrace.events, place));
  });

  test("a state stays as it was while later ones are made", () => {
    const player = new Fold(toyTrace.events);
    const early = player.at(20);
    const copy = structuredClone(early);
    player.at(player.length);
    expect(early).toEqual(copy);
  });

  test("events that arrive one by one give the same states as all at once", () => {
    const player = new Fold();
    for (const event of toyTrace.events) {
      player.append([event]);
      player.head();
    }
    expect(player.head()).toEqual(fold(toyTrace.events));
  });

  test("the newest state is known again wherever the reader goes, until events are added", () => {
    const player = new Fold(toyTrace.events.slice(0, 150));
    const newest = player.head();
    player.at(20);
    expect(player.head()).toBe(newest);
    expect(player.at(150)).toBe(newest);
    player.append(toyTrace.events.slice(150));
    expect(player.head()).toEqual(fold(toyTrace.events));
  });

  test("the first round: one guess of four kept, one recovered, the rest never judged", () => {
    const commit = toyTrace.events.findIndex((it) => it.kind === "commit");
    const state = fold(toyTrace.events, commit + 1);
    const status = state.nodes.map((it) => it.status);
    expect(status).toEqual([
      ...["prompt", "prompt"],
      ...["accepted", "rejected", "pruned", "pruned"],
      "recovered",
    ]);
    expect(state.rounds).toHaveLength(1);
    const { drafted, accepted, emitted, passes } = state.rounds[0]!;
    expect({ drafted, accepted, emitted, passes: passes.length }).toEqual({
      drafted: 4,
      accepted: 1,
      emitted: 2,
      passes: 5,
    });
    expect(state.nodes.slice(2, 6).map((it) => it.ahead)).toEqual([1, 2, 3, 4]);
    expect(state.nodes[2]!.draw!.event.token).toBe(1);
  });

  test("tables replace, put and drop rows by their first cell and say what changed", () => {
    const columns = [
      { name: "token", kind: "token" as const },
      { name: "next", kind: "number" as const },
    ];
    const table = (change: "set" | "put" | "drop", rows: number[][]) => ({
      kind: "table" as const,
      name: "pool",
      change,
      columns,
      rows,
    });
    const events = [
      table("set", [
        [1, 10],
        [2, 20],
      ]),
      table("put", [
        [2, 21],
        [1, 10],
        [3, 30],
      ]),
      table("drop", [[1]]),
    ];
    const put = fold(events, 2).tables.get("pool")!;
    expect([...put.rows.values()].map((it) => it.cells)).toEqual([
      [1, 10],
      [2, 21],
      [3, 30],
    ]);
    expect(put.wrote).toEqual(["2", "3"]);
    const dropped = fold(events, 3).tables.get("pool")!;
    expect([...dropped.rows.keys()]).toEqual(["2", "3"]);
    expect(dropped.dropped.map((it) => it.cells)).toEqual([[1, 10]]);
  });

  test("a trace file loads as it was written", () => {
    // Fields that the file leaves out come back with what their absence means.
    expect(loadTrace(toyText).events).toMatchObject(toyTrace.events);
  });
});

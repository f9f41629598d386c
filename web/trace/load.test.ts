import { describe, expect, test } from "vitest";
import { loadTrace, TraceError } from "./load.ts";
import { toyText } from "./toy.test-data.ts";

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Loose = any;

/** The complaint about a toy trace after `spoil` has been at it. */
function complaint(spoil: (trace: Loose) => void): string {
  const trace = JSON.parse(toyText);
  spoil(trace);
  try {
    loadTrace(JSON.stringify(trace));
  } catch (error) {
    expect(error).toBeInstanceOf(TraceError);
    return (error as Error).message;
  }
  return "nothing";
}

const firstOf = (trace: Loose, kind: string): number =>
  trace.events.findIndex((it: Loose) => it.kind === kind);

describe("a bad trace is refused with the path of what is wrong", () => {
  test("not JSON", () => {
    expect(() => loadTrace("{")).toThrow(/^This file is not JSON: /);
  });
  test("not an object", () => {
    expect(() => loadTrace("[]")).toThrow(/an object belongs there/);
  });
  test("another version", () => {
    expect(complaint((it) => (it.version = 2))).toBe(
      "version is 2, newer than 1, the newest that is understood here: a newer Decodescope reads it.",
    );
  });
  test("a field of the wrong kind", () => {
    expect(complaint((it) => (it.events[0].lane = "x"))).toBe(
      'events[0].lane is "x"; an integer belongs there.',
    );
  });
  test("a missing field", () => {
    const at = firstOf(JSON.parse(toyText), "judge");
    expect(complaint((it) => delete it.events[at].p)).toBe(`events[${at}].p is missing.`);
  });
  test("an unknown event", () => {
    expect(complaint((it) => (it.events[3].kind = "dance"))).toMatch(
      /^events\[3\]\.kind is "dance"; one of "step", "line", /,
    );
  });
  test("a node that has not grown", () => {
    const at = firstOf(JSON.parse(toyText), "judge");
    expect(complaint((it) => (it.events[at].node = 4e9))).toBe(
      `events[${at}].node names node 4000000000, which has not grown yet.`,
    );
  });
  test("nodes out of order", () => {
    expect(complaint((it) => (it.events[1].node = 7))).toBe(
      "events[1].node is 7, but 1 comes next.",
    );
  });
  test("a lane without a prompt", () => {
    expect(complaint((it) => (it.events[1].lane = 9))).toBe(
      "events[1].lane names lane 9, which has no prompt yet.",
    );
  });
  test("stages that do not fit their tokens", () => {
    const at = firstOf(JSON.parse(toyText), "sample");
    expect(complaint((it) => it.events[at].tokens.pop())).toMatch(/stages\[0\]\.probs has /);
  });
  test("a byte above 255", () => {
    expect(complaint((it) => (it.vocabulary[0] = [300]))).toMatch(/^vocabulary\["0"\]/);
  });
});

test("what may be absent is filled in", () => {
  const trace = JSON.parse(toyText);
  delete trace.recorded;
  delete trace.events[0].parent;
  const loaded = loadTrace(JSON.stringify(trace));
  expect(loaded.recorded.pass_ms).toEqual([]);
  expect(loaded.events[0]).toMatchObject({ kind: "grow", parent: null });
});

test("a hundred random spoilings are refused or load, and never break the loader", () => {
  let state = 12345;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const strange = [null, -1, 1.5, 1e30, "", "<b>", [], {}, true];
  for (let round = 0; round < 100; round++) {
    const trace = JSON.parse(toyText);
    let at: Loose = trace;
    let key: string | number = "events";
    for (let depth = 0; depth < 6 && at[key] && typeof at[key] === "object"; depth++) {
      const keys: string[] = Object.keys(at[key]);
      if (keys.length === 0) break;
      at = at[key];
      key = keys[random(keys.length)]!;
    }
    at[key] = strange[random(strange.length)];
    try {
      loadTrace(JSON.stringify(trace));
    } catch (error) {
      expect(error).toBeInstanceOf(TraceError);
    }
  }
});

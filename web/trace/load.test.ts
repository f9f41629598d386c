import { describe, expect, test } from "vitest";
import { loadTrace, TraceError } from "./load.ts";
import { randomOf, spoil } from "./spoil.test-data.ts";
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
  // Of every kind of event, whatever names a node or a lane.
  const next = (JSON.parse(toyText).events as Loose[]).filter((it) => it.kind === "grow").length;
  test.each([
    ["grow", "parent", (it: Loose) => (it.parent = it.node)],
    ["score", "nodes[0]", (it: Loose) => (it.nodes[0] = next)],
    ["score", "ancestors[0]", (it: Loose) => (it.ancestors[0] = next)],
    ["sample", "node", (it: Loose) => (it.node = next)],
    ["judge", "node", (it: Loose) => (it.node = next)],
    ["commit", "nodes[0]", (it: Loose) => (it.nodes[0] = next)],
    ["commit", "head", (it: Loose) => (it.head = next)],
    ["prune", "nodes[0]", (it: Loose) => (it.nodes[0] = next)],
    ["finish", "node", (it: Loose) => (it.node = next)],
    ["merge", "from", (it: Loose) => (it.from = next)],
    ["merge", "into", (it: Loose) => (it.into = next)],
  ])("%s.%s names the node that would come next", (kind, field, spoil) => {
    const named = (trace: Loose): number => {
      const at = trace.events.findLastIndex((it: Loose) => it.kind === kind);
      if (at >= 0) return at;
      // What the toy does not do by itself, at its end.
      const kinds: Record<string, object> = {
        merge: { kind, from: 0, into: 0, suffix: [] },
        prune: { kind, nodes: [0], reason: "" },
      };
      return trace.events.push(kinds[kind]) - 1;
    };
    let at = -1;
    expect(complaint((it) => void named(it))).toBe("nothing");
    const said = complaint((it) => spoil(it.events[(at = named(it))]));
    expect(said).toMatch(/ names node \d+, which has not grown yet\.$/);
    expect(said.startsWith(`events[${at}].${field} `), said).toBe(true);
  });
  test("a commit to a lane without a prompt, and rows that are not those of the nodes", () => {
    const commit = firstOf(JSON.parse(toyText), "commit");
    expect(complaint((it) => (it.events[commit].lane = 1))).toBe(
      `events[${commit}].lane names lane 1, which has no prompt.`,
    );
    const score = firstOf(JSON.parse(toyText), "score");
    expect(complaint((it) => it.events[score].rows.push(it.events[score].rows[0]))).toMatch(
      new RegExp(`^events\\[${score}\\]\\.rows has \\d+ entries; \\d+ belong there\\.$`),
    );
  });
  test("names that every object has are no fields", () => {
    expect(complaint((it) => (it.events[0].constructor = 1))).toBe("nothing");
    const whole = JSON.parse(toyText);
    delete whole.method;
    const poisoned = JSON.stringify(whole).replace("{", '{"__proto__": {"method": "x"}, ');
    expect(() => loadTrace(poisoned)).toThrow(/^method is missing\./);
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
  const random = randomOf(12345);
  let refused = 0;
  for (let round = 0; round < 100; round++) {
    const trace = JSON.parse(toyText);
    spoil(trace, "events", random);
    try {
      loadTrace(JSON.stringify(trace));
    } catch (error) {
      expect(error).toBeInstanceOf(TraceError);
      refused++;
    }
  }
  // Both ways out are really tried.
  expect(refused).toBeGreaterThan(20);
  expect(refused).toBeLessThan(100);
});

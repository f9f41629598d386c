// Every recorded run of the repository on every preset, and a few sums by hand.
import { describe, expect, test } from "vitest";
import type { Event } from "../generated/Event.ts";
import type { Trace } from "../generated/Trace.ts";
import { fold } from "../trace/fold.ts";
import { loadTrace } from "../trace/load.ts";
import { PRESETS } from "./machine.ts";
import { networkOf } from "./network.ts";
import { judge, plainPrice, priced, priceOf, together, workOf, type Models } from "./replay.ts";
import { passCost } from "./roofline.ts";

const files = import.meta.glob<string>("../../tests/golden/*.json", {
  query: "?raw",
  import: "default",
  eager: true,
});

const open = (name: string): Trace => loadTrace(files[`../../tests/golden/${name}.json`]!);

const grow = (node: number, parent: number | null, lane: number, by = "prompt"): Event => ({
  kind: "grow",
  node,
  parent,
  lane,
  input: { token: node },
  by,
  log_prob: null,
  row: null,
});

const score = (nodes: number[], ancestors: number[], role = "target", group = null): Event => ({
  kind: "score",
  role,
  pass: 0,
  variant: null,
  nodes,
  ancestors,
  rows: [],
  group,
});

describe("the work of a pass", () => {
  test("counts what is fed, and each key that is read once, whoever shares it", () => {
    // 0 → 1 → 2, below 2 the siblings 3 and 4, below 3 the node 5.
    const events = [
      grow(0, null, 0),
      grow(1, 0, 0),
      score([1], [0]),
      grow(2, 1, 0, "target"),
      grow(3, 2, 0, "draft"),
      grow(4, 2, 0, "draft"),
      grow(5, 3, 0, "draft"),
      score([2, 4, 5], [3]),
    ];
    const state = fold(events);
    expect(state.passes.map((pass) => workOf(state, pass))).toEqual([
      { rows: 2, cached: 0, pairs: 4 },
      { rows: 4, cached: 2, pairs: 24 },
    ]);
  });

  test("keeps texts that share a pass apart", () => {
    const events = [
      grow(0, null, 0),
      grow(1, 0, 0),
      grow(2, null, 1),
      score([1, 2], [0]),
      grow(3, 1, 0, "target"),
      grow(4, 2, 1, "target"),
      score([3, 4], []),
    ];
    const state = fold(events);
    // 2 · 2 + 1 · 1 and 1 · 3 + 1 · 2: nobody looks at the other text.
    expect(state.passes.map((pass) => workOf(state, pass))).toEqual([
      { rows: 3, cached: 0, pairs: 5 },
      { rows: 2, cached: 3, pairs: 5 },
    ]);
  });
});

describe("a plain run", () => {
  test("costs what plain decoding of its text costs: n passes, up to the growth of the cache", () => {
    const trace = open("basic-sampling");
    const state = fold(trace.events);
    const network = networkOf(trace.models["target"]!)!;
    for (const machine of PRESETS) {
      const { run, plain, speedUp } = judge(state, trace.models, machine, false)!;
      expect(run.seconds).toBeCloseTo(plain!.seconds, 12);
      expect(run.joules).toBeCloseTo(plain!.joules, 12);
      expect(speedUp).toBeCloseTo(1, 9);
      const [prompt, tokens] = [trace.prompt_tokens.length, trace.tokens.length];
      const at = (cached: number) => passCost(network, machine, { rows: 1, cached }).seconds;
      const first = passCost(network, machine, { rows: prompt, cached: 0 }).seconds;
      expect(run.seconds - first).toBeGreaterThanOrEqual((tokens - 1) * at(prompt));
      expect(run.seconds - first).toBeLessThanOrEqual((tokens - 1) * at(prompt + tokens));
    }
  });
});

describe("two models at once", () => {
  test("take the longer of both where each has a machine, the sum where they share one", () => {
    const trace = open("pearl");
    const state = fold(trace.events);
    expect(together(state.passes).sort()).toEqual(["draft", "target"]);
    const machine = PRESETS[1]!;
    const all = priced(state, trace.models, machine)!;
    const apart = priceOf(all, machine, true);
    const shared = priceOf(all, machine, false);
    expect(shared.seconds).toBeCloseTo(shared.verifying + shared.guessing, 12);
    let expected = 0;
    const groups = new Map<number, Map<string, number>>();
    for (const { pass, cost } of all) {
      if (pass.group === null) expected += cost.seconds;
      else {
        const roles = groups.get(pass.group) ?? new Map<string, number>();
        groups.set(pass.group, roles.set(pass.role, (roles.get(pass.role) ?? 0) + cost.seconds));
      }
    }
    for (const roles of groups.values()) expected += Math.max(...roles.values());
    expect(apart.seconds).toBeCloseTo(expected, 12);
    expect(apart.seconds).toBeLessThan(shared.seconds);
    // Two machines draw idle power, for a shorter time; bytes and operations stay the same.
    const busy = all.reduce((sum, it) => sum + it.cost.joules, 0);
    expect(apart.joules).toBeCloseTo(busy + 2 * machine.idleWatts * apart.seconds, 12);
    expect(shared.joules).toBeCloseTo(busy + machine.idleWatts * shared.seconds, 12);
  });
});

test("a run whose models have no known size has no price", () => {
  const trace = open("jacobi");
  const models: Models = { target: { ...trace.models["target"]!, parameters: 0 } };
  const state = fold(trace.events);
  expect(judge(state, models, PRESETS[0]!, false)).toBeNull();
  expect(plainPrice(state, {}, PRESETS[0]!)).toBeNull();
});

describe.each(Object.keys(files).map((it) => it.match(/([^/]+)\.json$/)![1]!))("%s", (name) => {
  const trace = open(name);
  const end = fold(trace.events);

  test("has a price on every machine, and more of it with every pass", () => {
    for (const machine of PRESETS) {
      const { run, plain, speedUp } = judge(end, trace.models, machine, true)!;
      for (const it of [run.seconds, run.joules, plain!.seconds, plain!.joules, speedUp!])
        expect(Number.isFinite(it) && it > 0).toBe(true);
      const all = priced(end, trace.models, machine)!;
      let before = 0;
      for (let i = 1; i <= all.length; i++) {
        const { seconds } = priceOf(all.slice(0, i), machine, true);
        expect(seconds).toBeGreaterThanOrEqual(before);
        before = seconds;
      }
      expect(before).toBe(run.seconds);
    }
  });
});

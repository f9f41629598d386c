import { describe, expect, test } from "vitest";
import { bestOf, speedUpOf } from "./acceptance.ts";
import type { ModelInfo } from "../generated/ModelInfo.ts";
import { PRESETS, type Machine } from "./machine.ts";
import { networkOf, type Network } from "./network.ts";
import { breakEvenRows, energy, passCost } from "./roofline.ts";

/** The shapes of the card, whose keys are as wide as the model. */
const TARGET: Network = {
  parameters: 7_082_240,
  attentionLayers: 8,
  layers: 8,
  width: 256,
  kvWidth: 256,
};
const DRAFT: Network = {
  parameters: 901_760,
  attentionLayers: 2,
  layers: 2,
  width: 128,
  kvWidth: 128,
};
const CACHED = 256;

const ms = (network: Network, machine: Machine, rows: number) =>
  1000 * passCost(network, machine, { rows, cached: CACHED }).seconds;

test("bytes and operations of one row are those worked by hand", () => {
  const target = passCost(TARGET, PRESETS[0]!, { rows: 1, cached: CACHED });
  expect([target.bytes, target.flops]).toEqual([32_539_648, 16_269_824]);
  const draft = passCost(DRAFT, PRESETS[0]!, { rows: 1, cached: CACHED });
  expect([draft.bytes, draft.flops]).toEqual([4_133_376, 2_066_688]);
});

/** Card of the cost panel: ms at 1, 5, 8, 16, 32 rows; draft ms; c; gain at γ 4, α .7; best. */
const TABLE: [string, number[], number, number, number, [number, number]][] = [
  ["one slow core", [3.254, 10.189, 16.327, 32.785, 66.095], 0.413, 0.127, 0.762, [1, 1.234]],
  ["eight cores", [1.46, 1.462, 1.681, 2.998, 5.663], 0.243, 0.166, 1.664, [3, 1.689]],
  ["integrated GPU", [1.401, 1.402, 1.403, 1.406, 1.411], 0.293, 0.209, 1.51, [3, 1.556]],
  ["discrete GPU", [0.791, 0.791, 0.791, 0.791, 0.791], 0.215, 0.272, 1.328, [2, 1.418]],
  ["ideal", [0.033, 0.033, 0.033, 0.033, 0.033], 0.004, 0.127, 1.836, [4, 1.836]],
];

test.each(TABLE)("%s: times and gains of the table", (name, times, draft, c, gain, best) => {
  const machine = PRESETS.find((it) => it.name === name)!;
  [1, 5, 8, 16, 32].forEach((rows, i) =>
    expect(ms(TARGET, machine, rows)).toBeCloseTo(times[i]!, 3),
  );
  expect(ms(DRAFT, machine, 1)).toBeCloseTo(draft, 3);
  expect(ms(DRAFT, machine, 1) / ms(TARGET, machine, 1)).toBeCloseTo(c, 3);
  const passes = {
    draft: ms(DRAFT, machine, 1),
    target: (rows: number) => ms(TARGET, machine, rows),
  };
  expect(speedUpOf(0.7, 4, passes)).toBeCloseTo(gain, 3);
  const found = bestOf((gamma) => speedUpOf(0.7, gamma, passes));
  expect(found.gamma).toBe(best[0]);
  expect(found.speedUp).toBeCloseTo(best[1], 3);
});

test("the slow core is bound by operations from the second row on, the ideal by memory", () => {
  const at = (machine: Machine, rows: number) =>
    passCost(TARGET, machine, { rows, cached: CACHED });
  const [slow, ideal] = [PRESETS[0]!, PRESETS[4]!];
  expect(at(slow, 1).memory).toBeGreaterThan(at(slow, 1).compute);
  expect(at(slow, 2).compute).toBeGreaterThan(at(slow, 2).memory);
  expect(at(ideal, 64).memory).toBeGreaterThan(at(ideal, 64).compute);
  expect(breakEvenRows(TARGET, slow, CACHED)).toBeCloseTo(1.6, 10);
  expect(breakEvenRows(TARGET, ideal, CACHED)).toBeCloseTo(2000, 6);
});

test("break-even rows are where operations begin to take longer", () => {
  for (const machine of PRESETS) {
    const rows = breakEvenRows(TARGET, machine, CACHED);
    const at = (r: number) => passCost(TARGET, machine, { rows: r, cached: CACHED });
    const below = at(Math.max(1, Math.floor(rows * 0.9)));
    const above = at(Math.ceil(rows * 1.3) + 1);
    expect(below.compute).toBeLessThanOrEqual(below.memory);
    // Cached keys grow with the rows as well: the rule is "about".
    if (rows < 100) expect(above.compute).toBeGreaterThan(above.memory);
  }
});

test("texts that share a pass are charged for the pairs within each of them", () => {
  const [machine, rows] = [PRESETS[0]!, 4];
  const one = passCost(TARGET, machine, { rows, cached: CACHED });
  const two = passCost(TARGET, machine, { rows, cached: CACHED, pairs: 2 * 2 * 130 });
  expect(one.flops - two.flops).toBe(4 * 8 * 256 * (4 * 260 - 2 * 2 * 130));
  expect(two.bytes).toBe(one.bytes);
});

test("energy adds moved bytes, operations and the power that flows anyway", () => {
  const machine = { ...PRESETS[1]!, joulesPerByte: 3, joulesPerFlop: 5, idleWatts: 7 };
  const cost = passCost(TARGET, machine, { rows: 1, cached: CACHED });
  expect(cost.joules).toBe(3 * 32_539_648 + 5 * 16_269_824);
  expect(energy(cost, machine)).toBe(cost.joules + 7 * cost.seconds);
});

describe("never goes the wrong way", () => {
  /** The same numbers every time: a failure can be seen again. */
  function* draws(count: number) {
    let state = 1;
    const next = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    for (let i = 0; i < count; i++) {
      const machine: Machine = {
        ...PRESETS[0]!,
        bandwidth: 10 ** (9 + 4 * next()),
        peak: 10 ** (9 + 6 * next()),
        launch: 2e-5 * next(),
      };
      const width = 64 * Math.ceil(16 * next());
      const layers = Math.ceil(32 * next());
      const network: Network = {
        parameters: Math.ceil(1e5 + 1e8 * next()),
        attentionLayers: layers,
        layers,
        width,
        kvWidth: width / 2,
      };
      const rows = Math.ceil(64 * next());
      yield { machine, network, rows, cached: Math.floor(4000 * next()), more: 1 + 3 * next() };
    }
  }

  test("more rows or more cached tokens never take less time; a better machine never more", () => {
    for (const { machine, network, rows, cached, more } of draws(500)) {
      const time = (changed: Partial<Machine>, r = rows, n = cached) =>
        passCost(network, { ...machine, ...changed }, { rows: r, cached: n }).seconds;
      const base = time({});
      expect(time({}, rows + 1)).toBeGreaterThanOrEqual(base);
      expect(time({}, rows, cached + 1)).toBeGreaterThanOrEqual(base);
      expect(time({ bandwidth: machine.bandwidth * more })).toBeLessThanOrEqual(base);
      expect(time({ peak: machine.peak * more })).toBeLessThanOrEqual(base);
      expect(time({ launch: machine.launch / more })).toBeLessThanOrEqual(base);
    }
  });
});

describe("the network of a model", () => {
  const info = {
    name: "stories/target",
    hash: "",
    vocab_size: 4096,
    context_len: 512,
    layers: 8,
    width: 256,
    kv_width: 128,
    mlp_width: 688,
    parameters: 6_852_864,
    end_tokens: [],
    vectors: 0,
  };

  test("is what its blocks and its embedding add up to", () => {
    const none = { skip_attention: [0, 1, 2, 3, 4, 5, 6, 7], skip_mlp: [0, 1, 2, 3, 4, 5, 6, 7] };
    const empty = networkOf(info, none)!;
    // Left over: the embedding, two norms of each layer, and the last norm.
    expect(empty.parameters).toBe(4096 * 256 + 17 * 256);
    expect([empty.layers, empty.attentionLayers]).toEqual([0, 0]);
  });

  test("shrinks with the layers that are skipped", () => {
    const half = networkOf(info, { skip_attention: [2, 3], skip_mlp: [] })!;
    expect(half.parameters).toBe(6_852_864 - 2 * (2 * 256 * 256 + 2 * 256 * 128));
    expect([half.layers, half.attentionLayers]).toEqual([7, 6]);
  });

  test("is estimated where a width is not said, and unknown without sizes", () => {
    const short = { ...info, kv_width: undefined, mlp_width: undefined } as unknown as ModelInfo;
    expect(networkOf(short)!.kvWidth).toBe(256);
    const all = [0, 1, 2, 3, 4, 5, 6, 7];
    const empty = networkOf(short, { skip_attention: all, skip_mlp: all })!;
    expect(empty.parameters).toBeCloseTo(4096 * 256, 3);
    expect(networkOf({ ...info, parameters: 0 })).toBeNull();
  });
});

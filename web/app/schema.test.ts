import { describe, expect, test } from "vitest";
import methods from "virtual:methods";
import {
  changed,
  clamp,
  controlsOf,
  fromSlider,
  hasSlider,
  parse,
  toSlider,
  type Control,
  type NumberControl,
} from "./schema.ts";

const schema = {
  properties: {
    gamma: {
      type: "integer",
      minimum: 1,
      maximum: 16,
      default: 4,
      description: "Guesses\nper `round`.",
    },
    temperature: { type: "number", minimum: 0, maximum: 2, default: 0.800000011920929 },
    top_k: { type: "integer", minimum: 0, maximum: 4096, default: 40 },
    adapt: { type: "boolean", default: true },
    rule: { $ref: "#/$defs/Rule", default: "best_first" },
    limit: { type: ["integer", "null"], default: null },
    layers: { type: "array", default: [1, 2] },
  },
  $defs: {
    Rule: {
      oneOf: [
        { const: "best_first", description: "The best leaf." },
        { enum: ["depth_first", "breadth_first"] },
      ],
    },
  },
};
const controls = controlsOf(schema);
const control = (name: string) => controls.find((it) => it.name === name)!;
const number = (name: string) => control(name) as NumberControl;

test("each type of parameter gets its control", () => {
  const kinds = controls.map((it) => [it.name, it.kind]);
  expect(kinds).toEqual([
    ["gamma", "number"],
    ["temperature", "number"],
    ["top_k", "number"],
    ["adapt", "switch"],
    ["rule", "choice"],
    ["limit", "number"],
    ["layers", "text"],
  ]);
});

test("ranges become sliders, an open range does not", () => {
  expect(hasSlider(number("gamma"))).toBe(true);
  expect(hasSlider(number("limit"))).toBe(false);
  expect(number("limit").optional).toBe(true);
});

test("an f32 default reads as it was written", () => {
  expect(control("temperature").default).toBe(0.8);
});

test("help text is running text", () => {
  expect(control("gamma").help).toBe("Guesses per round.");
});

test("an enum behind a reference lists its choices", () => {
  const rule = control("rule") as Extract<Control, { kind: "choice" }>;
  expect(rule.choices.map((it) => [it.value, it.label])).toEqual([
    ["best_first", "best first"],
    ["depth_first", "depth first"],
    ["breadth_first", "breadth first"],
  ]);
  expect(rule.choices[0]!.help).toBe("The best leaf.");
});

test("a slider reaches both ends and round values between", () => {
  for (const name of ["gamma", "temperature", "top_k"]) {
    const it = number(name);
    expect(fromSlider(it, 0)).toBe(it.min);
    expect(fromSlider(it, 1000)).toBe(it.max);
    expect(fromSlider(it, toSlider(it, it.default as number))).toBe(it.default);
  }
});

test("small values of a wide range take most of the slider", () => {
  expect(fromSlider(number("top_k"), 500)).toBe(512);
});

test("values beyond the range are brought back into it", () => {
  expect(clamp(number("gamma"), 99)).toBe(16);
  expect(clamp(number("gamma"), 2.6)).toBe(3);
  expect(clamp(number("temperature"), -1)).toBe(0);
});

test("only what differs from the defaults counts as changed", () => {
  const params = { gamma: 4, temperature: 0, layers: [1, 2], unknown: 1 };
  expect(changed(controls, params)).toEqual({ temperature: 0 });
});

test("values of an address are read by their type, nonsense is not", () => {
  expect(parse(control("gamma"), "6")).toBe(6);
  expect(parse(control("gamma"), "many")).toBeUndefined();
  expect(parse(control("gamma"), "")).toBeUndefined();
  expect(parse(control("limit"), "")).toBeNull();
  expect(parse(control("adapt"), "false")).toBe(false);
  expect(parse(control("rule"), "depth_first")).toBe("depth_first");
  expect(parse(control("rule"), "worst_first")).toBeUndefined();
  expect(parse(control("layers"), "[3]")).toEqual([3]);
  expect(parse(control("layers"), "3")).toBeUndefined();
});

describe.each(methods)("$id", (method) => {
  test("every parameter has a control, a help text and a default within its range", () => {
    const own = controlsOf(method.schema);
    expect(own.length).toBeGreaterThan(0);
    for (const it of own) {
      expect(it.help, it.name).not.toBe("");
      if (it.kind === "number" && it.default !== null)
        expect(clamp(it, it.default as number), it.name).toBe(it.default);
      if (it.kind === "choice")
        expect(
          it.choices.map((choice) => choice.value),
          it.name,
        ).toContain(it.default);
    }
  });
});

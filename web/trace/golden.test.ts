// Every recorded run of the repository: one of each method, of whatever kind.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import methods from "../generated/methods.json";
import type { Trace } from "../generated/Trace.ts";
import { acceptance, tossesCoin } from "../views/coin-numbers.ts";
import { ruler } from "../views/distribution.ts";
import { cellsOf } from "../views/rounds.ts";
import { stairs } from "../views/staircase.ts";
import { whyNode } from "../views/why.ts";
import { viewsFor } from "../views/index.ts";
import { fold } from "./fold.ts";
import { loadTrace } from "./load.ts";
import { pseudoLines } from "./pseudo.ts";
import { mainPath } from "./state.ts";
import { stats } from "./stats.ts";

const files = import.meta.glob<string>("../../tests/golden/*.json", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** SHA-256 of the shipped weights, by the name that traces give the model. */
const weights = Object.fromEntries(
  ["stories/target", "stories/middle", "stories/draft"].map((name) => {
    const file = new URL(`../../models/${name}/model.safetensors`, import.meta.url);
    return [name, createHash("sha256").update(readFileSync(file)).digest("hex")];
  }),
);

test("there are recorded runs", () => expect(Object.keys(files).length).toBeGreaterThan(10));

describe.each(Object.entries(files))("%s", (_, text) => {
  const trace: Trace = loadTrace(text);
  const end = fold(trace.events);

  test("replays to the answer that was recorded", () => {
    const tokens = mainPath(end).map((id) => end.nodes[id]!.token);
    expect(tokens).toEqual([...trace.prompt_tokens, ...trace.tokens]);
  });

  test("each coin falls as the event says", () => {
    const verdicts = trace.events.filter((it) => it.kind === "judge").filter(tossesCoin);
    for (const it of verdicts) {
      const keep = acceptance(it);
      // Within rounding of the border either side is right.
      if (Math.abs(it.u! - keep) > 1e-6) expect(it.u! < keep).toBe(it.accepted);
    }
  });

  test("each stage sums to 1, and each needle falls on the chosen token", () => {
    for (const draw of trace.events.filter((it) => it.kind === "sample")) {
      for (const { probs, rest } of draw.stages) {
        const sum = probs.reduce((all, p) => all + p, rest);
        expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
      }
      const chosen = ruler(draw).find((it) => it.token === draw.token)!;
      if (draw.u !== null) {
        expect(draw.u).toBeGreaterThan(chosen.from - 1e-5);
        expect(draw.u).toBeLessThan(chosen.to + 1e-5);
      }
    }
  });

  test("names the weights, the seed and the backend that made it", () => {
    for (const { name, hash } of Object.values(trace.models)) {
      expect(name).toMatch(/^stories\//);
      expect(hash).toBe(weights[name]);
    }
    expect(trace.recorded.backend).not.toBe("");
    expect(Number.isInteger(trace.seed)).toBe(true);
  });

  test("each line that runs is a line of the method's pseudo-code", () => {
    const lines = pseudoLines(methods.find((it) => it.id === trace.method)!.page);
    const ran = trace.events.filter((it) => it.kind === "line").map((it) => it.line);
    expect(ran.length).toBeGreaterThan(0);
    for (const line of ran) expect(lines[line - 1], `line ${line}`).toMatch(/\S/);
  });

  test("its areas are counts: stairs, cells and shares agree with the events", () => {
    const counted = stats(end, trace.recorded, true);
    const top = stairs(end, trace.recorded).at(-1)!;
    expect([top.tokens, top.passes]).toEqual([counted.tokens, counted.targetPasses]);
    // The further texts of a batch are outputs, those of a search are not what it emitted.
    const others = trace.outputs.filter((it) => end.nodes[it.node]!.lane > 0);
    const tokens = others.reduce((sum, it) => sum + it.tokens.length, trace.tokens.length);
    expect(counted.tokens).toBe(tokens);
    const kept = end.lanes.flatMap(({ id }) =>
      end.rounds.flatMap((round) => [...cellsOf(end, round, id).values()]),
    );
    const shares = counted.positions.reduce((sum, it) => sum + it.accepted, 0);
    expect(kept.filter((it) => it === "accepted").length).toBe(shares);
  });

  test("its times add up to what was measured", () => {
    const { times } = stats(end, trace.recorded, true);
    const { draft, verify, other, total } = times!;
    expect(draft + verify + other).toBeCloseTo(total, 6);
    expect(Math.abs(total / trace.recorded.total_ms - 1)).toBeLessThan(0.02);
  });

  test("has a picture, and a sentence for each node", () => {
    expect(viewsFor(end).length).toBeGreaterThan(0);
    for (const node of end.nodes) expect(whyNode(end, node, trace.vocabulary)).toMatch(/[.!?]$/);
  });
});

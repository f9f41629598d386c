// Every recorded run of the repository: one of each method, of whatever kind.
import { describe, expect, test } from "vitest";
import type { Trace } from "../generated/Trace.ts";
import { acceptance, tossesCoin } from "../views/coin-numbers.ts";
import { ruler } from "../views/distribution.ts";
import { whyNode } from "../views/why.ts";
import { viewsFor } from "../views/index.ts";
import { fold } from "./fold.ts";
import { loadTrace } from "./load.ts";
import { mainPath } from "./state.ts";

const files = import.meta.glob<string>("../../tests/golden/*.json", {
  query: "?raw",
  import: "default",
  eager: true,
});

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

  test("has a picture, and a sentence for each node", () => {
    expect(viewsFor(end).length).toBeGreaterThan(0);
    for (const node of end.nodes) expect(whyNode(end, node, trace.vocabulary)).toMatch(/[.!?]$/);
  });
});

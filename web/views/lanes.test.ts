// @vitest-environment happy-dom
// Two models on one clock: `fixtures/lanes.json` is a run of two toys whose passes overlap.
import { afterEach, expect, test } from "vitest";
import type { Recorded } from "../generated/Recorded.ts";
import { fateOf, lanes } from "./lanes.ts";
import { stage } from "./stage.test-data.ts";

afterEach(() => document.body.replaceChildren());

/** A target pass takes five milliseconds, a draft pass one. */
function recorded(events: readonly { kind: string; role?: string }[]): Recorded {
  const passes = events.filter((it) => it.kind === "score");
  const pass_ms = passes.map((it) => (it.role === "target" ? 5 : 1));
  return {
    ...{ device: "cpu", backend: "", versions: {} },
    ...{ pass_ms, total_ms: 0, plain_ms_per_token: null },
  };
}

const left = (mark: Element) => Number(mark.querySelector("rect")!.getAttribute("x"));

test("the draft and the target begin a round at the same time, and the slower one ends it", () => {
  const { box, at, trace, length, fold } = stage(lanes, "lanes");
  at(length, { recorded: recorded(trace.events) });
  const rows = [...box.querySelectorAll("svg[role=img] > g.lane")];
  const [draft, target] = rows;
  expect(rows).toHaveLength(2);
  const targets = [...target!.querySelectorAll(".pass")].map(left);
  const drafts = [...draft!.querySelectorAll(".pass")].map(left);
  expect(targets).toHaveLength(fold.head().rounds.length);
  // In the last round there is no room for more guesses.
  for (const [i, from] of targets.entries()) {
    if (i + 1 < targets.length) expect(drafts).toContain(from);
    if (i > 0) expect(from - targets[i - 1]!).toBeCloseTo(targets[1]! - targets[0]!, 6);
  }
  expect(draft!.querySelectorAll(".idle").length).toBeGreaterThanOrEqual(targets.length - 1);
  expect(target!.querySelectorAll(".idle")).toHaveLength(0);
});

test("it says that the clock is modelled, and what was measured", () => {
  const { box, at, trace, length, fold } = stage(lanes, "lanes");
  at(length, { recorded: recorded(trace.events) });
  const said = box.querySelector(".lanes-say")!.textContent!.replace(/\s+/g, " ");
  const rounds = fold.head().rounds.length;
  const drafts = fold.head().passes.filter((it) => it.role === "draft").length;
  expect(said).toContain("Modelled:");
  expect(said).toContain(`${5 * rounds} ms for two devices, modelled`);
  expect(said).toContain(`${5 * rounds + drafts} ms one after another, measured`);
  expect(said).toContain("as long as 5.0 draft passes");
});

test("before the end of a live run no time is made up", () => {
  const { box, at, length } = stage(lanes, "lanes");
  at(length);
  expect(box.querySelector(".lanes-say")!.textContent).toContain("drawn equally long");
  expect(box.textContent).not.toContain(" ms");
});

test("the work of a draft pass is lost when its guess is", () => {
  const { box, at, length, fold } = stage(lanes, "lanes");
  const scene = at(length);
  const drafts = scene.state.passes.filter((it) => it.role === "draft");
  const lost = drafts.filter((it) => fateOf(scene.state, it) === "lost");
  expect(lost.length).toBeGreaterThan(2);
  for (const pass of lost) {
    const guess = fold
      .head()
      .nodes.find(
        (it) => it.parent === pass.nodes[0] && it.by === "draft" && it.round === pass.round,
      )!;
    expect(guess.committed).toBe(false);
  }
  // In its lane and once more below, where all passes stand in turn.
  expect(box.querySelectorAll("svg[role=img] .of-draft.lost")).toHaveLength(2 * lost.length);
});

test("rounds have the names that the method gave them", () => {
  const { box, at, length } = stage(lanes, "lanes");
  at(length);
  const titles = [...box.querySelectorAll(".turn title")].map((it) => it.textContent!);
  expect(titles[0]).toBe("round 1, pre-verify: 1 tokens");
  expect(titles.some((it) => it.includes("post-verify"))).toBe(true);
});

test("models that take turns are measured, not modelled", () => {
  const { box, at, trace, length } = stage(lanes, "lanes", (event) =>
    event.kind === "score" ? { ...event, group: null } : event,
  );
  at(length, { recorded: recorded(trace.events) });
  expect(box.querySelector(".lanes-say")!.textContent).toContain("Measured.");
  expect(box.textContent).not.toContain("Modelled");
  expect(box.textContent).not.toContain("one after another");
});

test("one model alone has no lanes", () => {
  expect(lanes.applies(stage(lanes, "layers").fold.head())).toBe(false);
});

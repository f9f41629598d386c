import { expect, test } from "vitest";
import type { Batch } from "../engine/protocol.ts";
import type { Event } from "../generated/Event.ts";
import type { Trace } from "../generated/Trace.ts";
import { Panel, type FigureLike } from "./panel.ts";

const line = (line: number): Event => ({ kind: "line", line });
const header = () =>
  ({
    events: [line(0)],
    vocabulary: { 0: "Once" },
    recorded: { pass_ms: [] as number[] },
  }) as unknown as Trace;
const batch = (number: number): Batch => ({
  run: 1,
  events: [line(number)],
  vocabulary: { [number]: `t${number}` },
  passMs: [number],
});

class Figure implements FigureLike {
  lines: number[] = [];
  words: string[] = [];
  finished: Trace | undefined;
  goOn(): void {
    this.finished = undefined;
  }
  appendEvents(events: readonly Event[], vocabulary: Record<number, unknown>): void {
    this.lines.push(...events.map((it) => (it as { line: number }).line));
    this.words.push(...Object.values(vocabulary).map(String));
  }
  finish(trace?: Trace): void {
    this.finished = trace;
  }
}

test("events that come before the figure is drawn are not lost", () => {
  const panel = new Panel("m");
  const figure = new Figure();
  panel.begin(header());
  panel.append(batch(1));
  panel.attach(figure);
  panel.append(batch(2));
  expect(figure.lines).toEqual([1, 2]);
  expect(figure.words).toEqual(["t1", "t2"]);
});

test("a run that breaks off leaves what had happened", () => {
  const panel = new Panel("m");
  const figure = new Figure();
  panel.begin(header());
  panel.attach(figure);
  panel.append(batch(1));
  panel.finish();
  expect(panel.live).toBe(false);
  expect(figure.finished).toBe(panel.trace);
  expect(panel.trace?.events).toEqual([line(0), line(1)]);
  expect(panel.trace?.vocabulary).toEqual({ 0: "Once", 1: "t1" });
  expect(panel.trace?.recorded.pass_ms).toEqual([1]);
});

test("a finished run keeps the figure's place: it is not given anew", () => {
  const panel = new Panel("m");
  const figure = new Figure();
  panel.begin(header());
  const { given } = panel;
  panel.attach(figure);
  panel.append(batch(1));
  const whole = header();
  panel.finish(whole);
  expect(panel.given).toBe(given);
  expect(given?.events).toEqual([line(0)]);
  expect(panel.trace).toBe(whole);
  expect(panel.isShownBy(figure)).toBe(true);
});

test("a run that ends before the figure is drawn reaches it whole", () => {
  const panel = new Panel("m");
  const figure = new Figure();
  panel.begin(header());
  panel.append(batch(1));
  const whole = header();
  panel.finish(whole);
  panel.attach(figure);
  expect(figure.lines).toEqual([1]);
  expect(figure.finished).toBe(whole);
});

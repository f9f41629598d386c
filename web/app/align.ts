/**
 * Several runs on one axis: where each stands after so many target passes, tokens or
 * milliseconds.
 */
import type { Event } from "../generated/Event.ts";
import type { Trace } from "../generated/Trace.ts";

export type Axis = "passes" | "tokens" | "time";

/** How far a trace gets along an axis. */
export interface Course {
  /** Value at the end. */
  length: number;
  /** Number of events that have happened when the axis reads `value`. */
  indexAt(value: number): number;
  /** What the axis reads after `index` events. */
  valueAt(index: number): number;
}

export function course(trace: Pick<Trace, "events" | "recorded">, axis: Axis): Course {
  // `values[i]`: what the axis reads after event i.
  const values: number[] = [];
  let value = 0;
  let pass = 0;
  for (const event of trace.events) {
    value += gain(event, axis, trace.recorded.pass_ms[pass] ?? 0);
    if (event.kind === "score") pass++;
    values.push(value);
  }
  return {
    length: value,
    indexAt(asked) {
      // The last event whose value is not beyond: draws and verdicts belong to their pass.
      let [low, high] = [0, values.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (values[middle]! <= asked + 1e-9) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    valueAt: (index) => values[Math.min(index, values.length) - 1] ?? 0,
  };
}

function gain(event: Event, axis: Axis, passMs: number): number {
  switch (axis) {
    case "passes":
      return event.kind === "score" && event.role === "target" && event.variant === null ? 1 : 0;
    case "tokens":
      return event.kind === "commit" && event.lane === 0 ? event.nodes.length : 0;
    case "time":
      return event.kind === "score" ? passMs : 0;
  }
}

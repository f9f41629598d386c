/**
 * A run that broke off, made again on another device: what is known of it already is not told a
 * second time. The same request gives the same events, so that the reader's figure just goes on.
 */
import type { Event } from "../generated/Event.ts";
import type { Batch } from "./protocol.ts";

export class Beyond {
  /** False once the two runs tell different things: the devices round differently. */
  same = true;
  readonly #known: readonly Event[];
  #count = 0;

  constructor(known: readonly Event[]) {
    // The list of who asks grows as the run goes on.
    this.#known = [...known];
  }

  /** What of a batch comes after all that is known; `null` for nothing. */
  take(batch: Batch): Batch | null {
    const from = this.#count;
    this.#count += batch.events.length;
    const again = batch.events.slice(0, Math.max(0, this.#known.length - from));
    if (!again.every((it, i) => alike(it, this.#known[from + i]!))) this.same = false;
    const events = batch.events.slice(again.length);
    return this.same && events.length > 0 ? { ...batch, events } : null;
  }
}

/** Whether two events decide the same; their numbers may differ in the last digits. */
function alike(a: Event, b: Event): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === "grow" && b.kind === "grow")
    return a.node === b.node && a.parent === b.parent && inputOf(a) === inputOf(b);
  if (a.kind === "judge" && b.kind === "judge")
    return a.node === b.node && a.accepted === b.accepted;
  if (a.kind === "commit" && b.kind === "commit") return a.head === b.head;
  return true;
}

const inputOf = ({ input }: { input: object }): unknown =>
  "token" in input ? input.token : Object.keys(input)[0];

/**
 * The machine that the reader chose. All panels of a page share it, so that runs side by side are
 * priced on the same one.
 */
import { PRESETS, type Machine } from "../machine.ts";

/** Name of a machine whose constants the reader has moved. */
export const OWN = "my own";

export interface Chosen {
  readonly machine: Machine;
  /** The reader's own, once there is one. */
  readonly own: Machine | null;
  /** Models that work at the same time have a machine each. */
  readonly apart: boolean;
}

/** Eight cores: the preset where both memory and operations matter. */
let chosen: Chosen = { machine: PRESETS[1]!, own: null, apart: true };
const readers = new Set<() => void>();

export const current = (): Chosen => chosen;

/** Calls `reader` after every change; gives the way to stop that. */
export function watch(reader: () => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}

function set(change: Partial<Chosen>): void {
  chosen = { ...chosen, ...change };
  for (const reader of readers) reader();
}

/** Every machine that a table lists. */
export const machines = ({ own }: Chosen): readonly Machine[] =>
  own === null ? PRESETS : [...PRESETS, own];

export function choose(name: string): void {
  const machine = machines(chosen).find((it) => it.name === name);
  if (machine) set({ machine });
}

/** Moves one constant: from then on the machine is the reader's own. */
export function move(constant: Partial<Omit<Machine, "name">>): void {
  const own = { ...chosen.machine, ...constant, name: OWN };
  set({ machine: own, own });
}

export const keepApart = (apart: boolean): void => set({ apart });

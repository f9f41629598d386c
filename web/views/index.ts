// The pictures of the stage, in the order of their tabs. A new picture is one file and one line.

import type { State } from "../trace/state.ts";
import { batch } from "./batch.ts";
import { braid } from "./braid.ts";
import { copies } from "./copies.ts";
import { cost } from "./cost.ts";
import { curve } from "./curve.ts";
import { dependencies } from "./dependencies.ts";
import { distribution } from "./distribution.ts";
import { grid } from "./grid.ts";
import { lanes } from "./lanes.ts";
import { lattice } from "./lattice.ts";
import { layers } from "./layers.ts";
import { rounds } from "./rounds.ts";
import { staircase } from "./staircase.ts";
import { tables } from "./tables.ts";
import { tree } from "./tree.ts";
import type { View } from "./view.ts";

export const VIEWS: readonly View[] = [
  tree,
  lanes,
  batch,
  lattice,
  braid,
  grid,
  dependencies,
  copies,
  distribution,
  layers,
  tables,
  curve,
  rounds,
  staircase,
  cost,
];

/** The views that have something to show, in the order of their tabs. */
export const viewsFor = (end: State): View[] => VIEWS.filter((view) => view.applies(end));

/** The view that opens first. */
export function bestView(end: State): View | undefined {
  const views = viewsFor(end);
  return views.reduce<View | undefined>(
    (best, view) => (best && best.rank(end) >= view.rank(end) ? best : view),
    undefined,
  );
}

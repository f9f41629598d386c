// dist/embed/decodescope-live.js: makes a recorded figure run its model. Fetched when a reader asks.

import type { Close, LiveStage } from "../live-door.ts";
import { LiveFigure } from "./live-figure.ts";

export function upgrade(stage: LiveStage): Close {
  const live = new LiveFigure(stage);
  void live.ask();
  return () => live.close();
}

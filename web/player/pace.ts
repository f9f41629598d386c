// How long the player rests on each event, in milliseconds at normal speed. A round of a small
// draft takes a second or two; book-keeping events take no time of their own.

import type { Event } from "../generated/Event.ts";

export function restMs(event: Event): number {
  switch (event.kind) {
    case "grow":
      return event.by === "prompt" ? 0 : 70;
    case "sample":
      return event.purpose === "draft" ? 40 : 160;
    case "score":
      // The pass over all guesses is the point of the picture: its sweep takes a while.
      return event.nodes.length > 1 || event.role === "target" ? 320 : 40;
    case "judge":
      return 180;
    case "commit":
      return 320;
    case "step":
      return 120;
    case "prune":
    case "merge":
    case "finish":
      return 120;
    case "table":
      return 50;
    case "line":
    case "note":
      return 0;
  }
}

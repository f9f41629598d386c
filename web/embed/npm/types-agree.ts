// The published types say what the element is: this file compiles only while they do.

import type * as declared from "./index";
import type * as built from "./player.ts";
import type * as element from "../decodescope-player.ts";

/** `true` where each may stand for the other. */
type Same<A, B> = [A, B] extends [B, A] ? true : false;

/** What an element has beyond others, without what only the browser calls. */
type Face<T> = Omit<T, keyof HTMLElement | `${string}Callback`>;

export const agrees: {
  state: Same<declared.PlayerState, element.PlayerState>;
  change: Same<declared.StateChange, element.StateChange>;
  events: Same<declared.PlayerEvents, element.PlayerEvents>;
  face: Same<Face<declared.DecodescopePlayer>, Face<built.DecodescopePlayer>>;
} = { state: true, change: true, events: true, face: true };

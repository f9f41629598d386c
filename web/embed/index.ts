// What the script tag brings: the element, and a handle for scripts.

import { DecodescopePlayer } from "./decodescope-player.ts";
import { addCatalogue } from "./strings.ts";

Object.assign(globalThis, { decodescopePlayer: { DecodescopePlayer, addCatalogue } });

// The player as a module, for bundlers: defines the element, and lets a package bring what a script
// finds beside itself.

export { DecodescopePlayer } from "../decodescope-player.ts";
export { partsFrom } from "../method-text.ts";
export { addCatalogue } from "../strings.ts";

// Importing this defines <decodescope-player>. The text of a method, the panel of costs and what
// writes pictures are modules of their own, which a bundler keeps apart and the page asks for when a figure shows them.

import { addCatalogue, DecodescopePlayer, partsFrom } from "./player.js";
import { methodTexts } from "./methods.js";

partsFrom({
  text: async (id) => (Object.hasOwn(methodTexts, id) ? (await methodTexts[id]()).default : null),
  module: async (name) => {
    if (name === "decodescope-cost.js") return import("./decodescope-cost.js");
    if (name === "decodescope-export.js") return import("./decodescope-export.js");
    throw new Error("A bundled figure plays recorded runs; live ones need the script.");
  },
});

export { addCatalogue, DecodescopePlayer };

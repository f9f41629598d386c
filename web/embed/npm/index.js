// Importing this defines <decodescope-player>. The text of a method, the panel of costs and what
// writes pictures are modules of their own, which a bundler keeps apart and the page asks for when a figure shows them.

import { addCatalogue, DecodescopePlayer, partsFrom } from "./player.js";
import { languages } from "./languages.js";
import { methodTexts } from "./methods.js";

partsFrom({
  text: async (id) => (Object.hasOwn(methodTexts, id) ? (await methodTexts[id]()).default : null),
  module: async (name, base) => {
    if (name === "decodescope-cost.js") return import("./decodescope-cost.js");
    if (name === "decodescope-export.js") return import("./decodescope-export.js");
    return live(name, base);
  },
  language: async (tag) => (await languages[tag]()).default,
});

/** What runs models is no part of a bundle: it comes from the site that holds them. */
async function live(name, base) {
  if (!base)
    throw {
      said: "This figure was bundled without the running model: its attribute “base” has to name the folder of a Decodescope site. The recorded run still plays.",
    };
  return import(/* webpackIgnore: true */ /* @vite-ignore */ `${base}embed/${name}`);
}

export { addCatalogue, DecodescopePlayer };

// Takes the place of the cost panel in the one file of the embed: the panel is a machine of its own,
// loaded from beside the script when a reader opens it.

import { beside } from "./method-text.ts";
import { say } from "./strings.ts";

import(/* @vite-ignore */ beside("cost.js").href).catch(() => {
  customElements.define(
    "decodescope-cost",
    class extends HTMLElement {
      connectedCallback(): void {
        this.textContent = say("noCost");
      }
    },
  );
});

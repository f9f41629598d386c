// The figure as a React component, for MDX and Docusaurus. On the server it writes the element with
// what stands in for it; the player itself is loaded in the browser only.

import { createElement, useEffect } from "react";

/** `startAt` in JSX is `start-at` in HTML. */
const attribute = (name) => name.replace(/[A-Z]/g, (it) => `-${it.toLowerCase()}`);

export function Decodescope({ picture, alt, caption, className, children, ref, ...given }) {
  useEffect(() => {
    import("./index.js");
  }, []);
  const attributes = { ref, suppressHydrationWarning: true };
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "boolean") attributes[attribute(name)] = value ? "" : undefined;
    else attributes[attribute(name)] = value;
  }
  const words = alt ?? caption ?? "A recorded run of a decoding method";
  const inside =
    children ??
    (picture
      ? createElement("img", { src: picture, alt: words })
      : createElement("p", null, words));
  return createElement(
    "div",
    {
      className: ["decodescope", className].filter(Boolean).join(" "),
      role: "figure",
      "aria-label": words,
    },
    createElement("decodescope-player", attributes, inside),
    caption &&
      createElement("p", { className: "decodescope-caption" }, createElement("em", null, caption)),
  );
}

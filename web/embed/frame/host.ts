// decodescope-embed-host.js: gives each frame with embed.html the height of its figure, and tells it
// whether the page is light or dark. One script tag for a page with any number of frames; it believes
// a frame only about itself.

import { hostTheme, watchTheme } from "../host-theme.ts";

const isOurs = (frame: HTMLIFrameElement): boolean =>
  /\/embed\.html$/.test(new URL(frame.src, document.baseURI).pathname);

/** What messages of a frame say of their origin: a sandbox may have none. */
function originOf(frame: HTMLIFrameElement): string {
  const boxed = frame.hasAttribute("sandbox") && !frame.sandbox.contains("allow-same-origin");
  return boxed ? "null" : new URL(frame.src, document.baseURI).origin;
}

const ours = (): HTMLIFrameElement[] => [...document.querySelectorAll("iframe")].filter(isOurs);

addEventListener("message", ({ source, origin, data }: MessageEvent) => {
  const { type, height } = (data ?? {}) as { type?: unknown; height?: unknown };
  if (type !== "decodescope:height" || typeof height !== "number") return;
  const frame = ours().find((it) => it.contentWindow === source);
  if (!frame || origin !== originOf(frame) || !(height > 0 && height < 20_000)) return;
  const border = frame.offsetHeight - frame.clientHeight;
  const inside = getComputedStyle(frame).boxSizing === "border-box" ? border : 0;
  frame.style.height = `${height + inside}px`;
  tellTheme(frame);
});

/** Says nothing that anyone might not hear: a frame that is not there yet has no origin to name. */
const say = (frame: HTMLIFrameElement, message: { type: string; theme?: string }) =>
  frame.contentWindow?.postMessage(message, "*");

const tellTheme = (frame: HTMLIFrameElement) =>
  say(frame, { type: "decodescope:theme", theme: hostTheme(frame) });
watchTheme(() => ours().forEach(tellTheme));

// Frames that spoke before this script listened speak again.
for (const frame of ours()) say(frame, { type: "decodescope:hello" });

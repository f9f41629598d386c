// embed.html: a figure in a frame. The parameters of the address are the attributes of the player;
// the page around the frame is told how high the figure is.

export {};

/** Attributes that an address may not set: it would choose whose code runs here. */
const NEVER = ["base"];
const PLAYER = "decodescope-player";

const asked = new URLSearchParams(location.search);
const names = (customElements.get(PLAYER) as unknown as { observedAttributes: string[] })
  .observedAttributes;
const player = document.createElement(PLAYER) as HTMLElement & {
  getState(): { method: string | null; prompt: string | null };
};
for (const name of names) {
  const value = asked.get(name);
  if (value !== null && !NEVER.includes(name)) player.setAttribute(name, value);
}
const lang = asked.get("lang");
if (lang) document.documentElement.lang = lang;
/** The page is as the figure; nothing else that a stranger may write gets there. */
function paint(theme: unknown): boolean {
  const known = theme === "dark" || theme === "light";
  if (known) document.documentElement.style.colorScheme = theme;
  return known;
}
paint(asked.get("theme"));

const title = asked.get("title");
function named(text: string): void {
  document.title = `${text} – Decodescope`;
  document.querySelector("h2")!.textContent = text;
}
if (title) named(title);
player.addEventListener("ready", () => {
  const { method, prompt } = player.getState();
  if (!title) named(`${method}: ${prompt ?? ""}`);
});

/** A sandbox without an origin may read no files, but run scripts: the run comes as one. */
function add(): void {
  const main = document.querySelector("main")!;
  const method = asked.get("method");
  if (self.origin !== "null" || asked.has("src") || !method || !/^[\w-]+$/.test(method)) {
    main.append(player);
    return;
  }
  Object.assign(self, {
    decodescopeTrace(json: string) {
      const data = document.createElement("script");
      data.type = "application/json";
      data.append(json);
      player.append(data);
    },
  });
  const script = document.createElement("script");
  script.src = `traces/${method}.js`;
  script.onload = script.onerror = () => main.append(player);
  document.head.append(script);
}
add();

// ── A visit without a network ──────────────────────────────────────────────────────────────────

/** After the figure, which it would take time from; a sandbox without an origin keeps nothing. */
async function keep(): Promise<void> {
  if (self.origin === "null" || !("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("sw.js");
  const { active } = await navigator.serviceWorker.ready;
  const used = performance.getEntriesByType("resource").map((it) => it.name);
  active?.postMessage({ keep: used.filter((it) => it.startsWith(location.origin)) });
}
player.addEventListener("ready", () => void keep().catch(() => undefined), { once: true });

// ── How high the figure is ─────────────────────────────────────────────────────────────────────

/** The origin of the page around this one, where the browser says it. */
function around(): string | null {
  const { ancestorOrigins } = location as { ancestorOrigins?: DOMStringList };
  if (ancestorOrigins) return ancestorOrigins[0] ?? null;
  return document.referrer ? new URL(document.referrer).origin : null;
}

let host = parent === self ? null : around();

function tell(): void {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (host !== null && host !== "null")
    parent.postMessage({ type: "decodescope:height", height }, host);
}

new ResizeObserver(tell).observe(document.body);

interface Said {
  type?: unknown;
  theme?: unknown;
}
addEventListener("message", ({ source, origin, data }: MessageEvent<Said | null>) => {
  if (source !== parent || (host !== null && origin !== host)) return;
  // A page that listens later than this one speaks asks for the height again.
  if (data?.type === "decodescope:hello") {
    host = origin;
    tell();
  }
  // What the author wrote into the address comes before what the page around looks like.
  if (data?.type === "decodescope:theme" && !asked.has("theme") && paint(data.theme))
    player.setAttribute("theme", data.theme as string);
});

// Written into dist/sw.js by web/tools/service-worker.mjs, which fills in the version and the files.
// Asks the network first, so that nothing is ever old while there is one; what it last said is kept
// for visits without it. Weights are not here: the engine keeps them itself (web/engine/weights.ts).

const VERSION = "__VERSION__";
/** What a visit without a network needs before anything has been chosen. */
const FILES = ["__FILES__"];

const SCOPE = self.registration.scope;
/** Other copies of the site may lie beside this one: each minds its own cache. */
const OURS = `decodescope-site ${SCOPE} `;
const CACHE = OURS + VERSION;

/** The address without what only the page reads; nothing for what is not kept here. */
function key(address) {
  const url = new URL(address, SCOPE);
  if (!url.href.startsWith(SCOPE)) return null;
  const path = url.href.slice(SCOPE.length).replace(/[?#].*$/, "");
  if (path === "sw.js") return null;
  if (path.startsWith("models/") && path !== "models/manifest.json") return null;
  return SCOPE + (path === "index.html" ? "" : path);
}

/** Names with a checksum in them always mean the same. */
const lasting = (address) => /^(assets|embed\/parts)\//.test(address.slice(SCOPE.length));

async function answer(event, at) {
  const cache = await caches.open(CACHE);
  if (lasting(at)) {
    const kept = await cache.match(at);
    if (kept) return kept;
  }
  try {
    const fresh = await fetch(event.request);
    if (fresh.ok && fresh.type === "basic" && fresh.status === 200) {
      const copy = fresh.clone();
      // A full disk must not stop the reader.
      event.waitUntil(cache.put(at, copy).catch(() => undefined));
    }
    return fresh;
  } catch (error) {
    const kept = await cache.match(at);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("install", (event) => {
  const requests = FILES.map((it) => new Request(new URL(it, SCOPE), { cache: "no-cache" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  const clean = async () => {
    const old = (await caches.keys()).filter((it) => it.startsWith(OURS) && it !== CACHE);
    await Promise.all(old.map((it) => caches.delete(it)));
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || request.headers.has("range")) return;
  const at = key(request.url);
  if (at !== null) event.respondWith(answer(event, at));
});

// What a page had fetched before this worker watched it: the browser's own cache still has it.
self.addEventListener("message", (event) => {
  const keep = async () => {
    const cache = await caches.open(CACHE);
    for (const address of event.data?.keep ?? []) {
      const at = key(address);
      if (at === null || (await cache.match(at))) continue;
      const fetched = await fetch(at, { cache: "force-cache" }).catch(() => null);
      if (fetched?.ok) await cache.put(at, fetched).catch(() => undefined);
    }
    event.source?.postMessage({ kept: true });
  };
  event.waitUntil(keep());
});

// Asks the browser to keep the site for visits without a network. Begins after the page has loaded:
// it takes nothing from the first picture.

/** Rejects nothing: without a service worker the page works as before, with a network. */
export async function keepOffline(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  if (document.readyState !== "complete")
    await new Promise((done) => addEventListener("load", done, { once: true }));
  await navigator.serviceWorker.register("sw.js").catch(() => undefined);
}

/** What the page has used so far, and the files of its worker, which the page does not see. */
export async function keepUsed(more: readonly string[] = []): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const { active } = await navigator.serviceWorker.ready;
  const used = performance.getEntriesByType("resource").map((it) => it.name);
  const all = [...used, ...more.map((it) => new URL(it, document.baseURI).href)];
  active?.postMessage({ keep: all.filter((it) => it.startsWith(location.origin)) });
}

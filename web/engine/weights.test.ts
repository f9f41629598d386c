import { createHash } from "node:crypto";
import { beforeEach, expect, test, vi } from "vitest";
import { fetchFile, type Surroundings } from "./weights.ts";

const content = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const file = {
  name: "target/model.safetensors",
  bytes: content.length,
  sha256: createHash("sha256").update(content).digest("hex"),
};

/** A body that arrives in pieces of `size` bytes. */
function body(bytes: Uint8Array, size = 300): Response {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
  const stream = new ReadableStream({
    pull(control) {
      const piece = pieces.shift();
      if (piece) control.enqueue(piece);
      else control.close();
    },
  });
  return new Response(stream);
}

function fakeCaches() {
  const kept = new Map<string, Response>();
  const cache = {
    match: (key: string) => Promise.resolve(kept.get(key)?.clone()),
    put: (key: string, value: Response) => Promise.resolve(void kept.set(key, value)),
    delete: (key: string) => Promise.resolve(kept.delete(key)),
  };
  return { kept, caches: { open: () => Promise.resolve(cache as unknown as Cache) } };
}

let fetch: ReturnType<typeof vi.fn>;
let store: ReturnType<typeof fakeCaches>;
let around: Surroundings;
let heard: number[];
const get = (signal = new AbortController().signal) =>
  fetchFile("https://x.example/models", file, (bytes) => heard.push(bytes), signal, around);
const sum = () => heard.reduce((a, b) => a + b, 0);

beforeEach(() => {
  fetch = vi.fn(() => Promise.resolve(body(content)));
  store = fakeCaches();
  around = { fetch: fetch as typeof globalThis.fetch, caches: store.caches, subtle: crypto.subtle };
  heard = [];
});

test("a file arrives whole and says how far it is", async () => {
  expect(await get()).toEqual(content);
  expect(heard).toEqual([300, 300, 300, 100]);
  // The checksum is part of the address: another version is another file to every cache.
  expect(fetch.mock.calls[0]![0]).toBe(
    `https://x.example/models/target/model.safetensors?sha256=${file.sha256.slice(0, 16)}`,
  );
});

test("the second time it comes from the cache", async () => {
  await get();
  expect(await get()).toEqual(content);
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(sum()).toBe(2000);
});

test("a damaged file in the cache is fetched again", async () => {
  await get();
  const key = [...store.kept.keys()][0]!;
  store.kept.set(key, new Response(content.slice(1)));
  expect(await get()).toEqual(content);
  expect(fetch).toHaveBeenCalledTimes(2);
  store.kept.set(key, new Response(content.slice(1)));
  fetch.mockImplementation(() => Promise.resolve(new Response("", { status: 503 })));
  await expect(get()).rejects.toMatchObject({ code: "network" });
  expect(store.kept.size).toBe(0);
});

test("a file that is cut short is fetched once more", async () => {
  fetch.mockImplementationOnce(() => Promise.resolve(body(content.slice(0, 500))));
  expect(await get()).toEqual(content);
  // A server that knows no ranges sends all of it, and all of it counts.
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(sum()).toBe(1000);
});

test("a connection that always breaks is given up", async () => {
  fetch.mockImplementation(() => Promise.resolve(body(content.slice(0, 500))));
  await expect(get()).rejects.toMatchObject({ code: "network" });
  expect(fetch.mock.calls.length).toBeLessThanOrEqual(3);
  expect(sum()).toBe(0);
  expect(store.kept.size).toBe(0);
});

test("a file that is longer than stated is refused", async () => {
  fetch.mockImplementation(() => Promise.resolve(body(new Uint8Array(2000))));
  await expect(get()).rejects.toMatchObject({
    code: "network",
    message: expect.stringContaining("longer than it should be") as string,
  });
});

test("after a break only the rest is fetched, where the server can", async () => {
  fetch.mockImplementationOnce(() => Promise.resolve(body(content.slice(0, 500))));
  fetch.mockImplementationOnce((_: string, { headers }: { headers: { range?: string } }) => {
    expect(headers.range).toBe("bytes=500-");
    return Promise.resolve(new Response(content.slice(500), { status: 206 }));
  });
  expect(await get()).toEqual(content);
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(heard.every((it) => it > 0)).toBe(true);
  expect(sum()).toBe(1000);
});

test("an altered file is refused after a second try, and not kept", async () => {
  const altered = content.slice().fill(7, 10, 11);
  fetch.mockImplementation(() => Promise.resolve(body(altered)));
  await expect(get()).rejects.toMatchObject({ code: "checksum" });
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(store.kept.size).toBe(0);
  expect(sum()).toBe(0);
});

test("a server that does not have it is named", async () => {
  fetch.mockImplementation(() => Promise.resolve(new Response("", { status: 404 })));
  await expect(get()).rejects.toMatchObject({
    code: "network",
    message: expect.stringContaining("404") as string,
  });
});

test("a reader who cancels is not made to wait", async () => {
  const control = new AbortController();
  fetch.mockImplementation((_: string, { signal }: RequestInit) => {
    control.abort();
    return Promise.reject(signal!.reason as Error);
  });
  await expect(get(control.signal)).rejects.toMatchObject({ code: "cancelled" });
  expect(fetch).toHaveBeenCalledTimes(1);
});

test("without cache and digest it still loads, by its length", async () => {
  around = { fetch: around.fetch, caches: undefined, subtle: undefined };
  expect(await get()).toEqual(content);
});

test("a full disk does not stop the reader", async () => {
  const cache = await store.caches.open();
  cache.put = () => Promise.reject(new Error("quota"));
  expect(await get()).toEqual(content);
});

// A folder served as a static host serves it, for the measurements and the browser tests.

import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
};

/** Text and code travel compressed, weights as they are. */
const PACKED = /\.(html|js|css|json|wasm|svg)$/;

/**
 * Serves `folder` below the path `base`, and nothing else, so that an absolute address anywhere in
 * the site breaks what uses it.
 * @param {string} folder
 * @param {string} base begins and ends with a slash
 * @returns {Promise<{ server: import("node:http").Server, address: string }>}
 */
export async function serve(folder, base = "/") {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    if (!path.startsWith(base)) return response.writeHead(404).end();
    let file = normalize(join(folder, path.slice(base.length)));
    if (!file.startsWith(normalize(folder))) return response.writeHead(403).end();
    try {
      if ((await stat(file)).isDirectory()) file = join(file, "index.html");
      const bytes = await readFile(file);
      const packed = PACKED.test(file);
      const body = packed ? gzipSync(bytes) : bytes;
      if (packed) response.setHeader("content-encoding", "gzip");
      const type = TYPES[extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type, "content-length": body.length }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { server, address: `http://127.0.0.1:${port}${base}` };
}

/** Flags for a browser that speaks to nobody. */
export const FLAGS = [
  "--no-sandbox",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
];

export const CHROME = process.env.CHROME ?? "/usr/bin/chromium";

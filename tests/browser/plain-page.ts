// A page that has nothing but one script tag and some figures, as an author would write it.

import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import { launch } from "./site.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
};

/** What a server answers to one address. */
export interface Answer {
  body: string | Buffer | (() => Iterable<Buffer>);
  status?: number;
  headers?: Record<string, string>;
}

export interface Visit {
  page: Page;
  /** Everything the page asked for, as paths; other hosts with their name. */
  requests: string[];
  /** What the console and the page complained about. */
  complaints: string[];
}

/** The strictest policy that the README promises to work under. */
export const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
  "require-trusted-types-for 'script'";

export class Author {
  private constructor(
    /** What the server answers beyond its files, by path. */
    readonly answers: Map<string, Answer>,
    private readonly server: Server,
    readonly browser: Browser,
    readonly address: string,
  ) {}

  /** Serves the built embed below `/notes/embed/`, the recorded runs below `/notes/traces/`. */
  static async start(): Promise<Author> {
    const answers = new Map<string, Answer>([["/favicon.ico", { body: "" }]]);
    const server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
      const own = answers.get(path);
      if (own) {
        response.writeHead(own.status ?? 200, own.headers ?? {});
        if (typeof own.body !== "function") return response.end(own.body);
        for (const part of own.body()) response.write(part);
        return response.end();
      }
      const file = path
        .replace(/^\/notes\/embed\//, join(ROOT, "dist/embed/"))
        .replace(/^\/notes\/traces\//, join(ROOT, "tests/golden/"));
      try {
        if (file === path || file.includes("..")) throw new Error("elsewhere");
        const body = gzipSync(readFileSync(file));
        const type = TYPES[extname(file)] ?? "application/octet-stream";
        response.writeHead(200, { "content-type": type, "content-encoding": "gzip" }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const browser = await launch();
    return new Author(answers, server, browser, `http://127.0.0.1:${port}/notes/`);
  }

  /** Opens a page with this body. `policy` is its content security policy. */
  async open(
    body: string,
    options: BrowserContextOptions & { policy?: string; head?: string } = {},
  ): Promise<Visit> {
    const { policy, head = "", ...rest } = options;
    const headers: Record<string, string> = { "content-type": "text/html" };
    if (policy) headers["content-security-policy"] = policy;
    this.answers.set("/notes/page.html", {
      headers,
      body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>${head}
<script src="embed/decodescope-player.js" defer></script></head><body>${body}</body></html>`,
    });
    const context = await this.browser.newContext({
      viewport: { width: 1000, height: 800 },
      ...rest,
    });
    const page = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    const here = new URL(this.address);
    page.on("request", (it) => {
      const url = new URL(it.url());
      requests.push(url.host === here.host ? url.pathname : url.href);
    });
    page.on("console", (it) => {
      if (it.type() === "error" || it.type() === "warning") complaints.push(it.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(`${this.address}page.html`);
    return { page, requests, complaints };
  }

  async stop(): Promise<void> {
    await this.browser.close();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

/** Runs `act` with the first player of the page, once its figure stands. */
export async function withPlayer<T>(
  page: Page,
  act: (player: DecodescopePlayer) => T | Promise<T>,
): Promise<T> {
  const player = page.locator("decodescope-player").first();
  await player.evaluate((it) => (it as DecodescopePlayer).ready);
  return (await player.evaluate(act as (it: Element) => T | Promise<T>)) as T;
}

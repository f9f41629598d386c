// Servers of their own for figures in other people's pages: the built site on one port, pages of an
// author on another, with whatever headers and outages a test needs.

import { readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join } from "node:path";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from "playwright-core";
import { launch } from "./site.ts";

const DIST = new URL("../../dist", import.meta.url).pathname;
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".png": "image/png",
};

export interface Visit {
  page: Page;
  /** Everything that was asked for, as paths; other hosts with their name. */
  requests: string[];
  complaints: string[];
  /** Workers started so far. */
  workers(): number;
}

/** A server of the built site below `/notes/`. */
export class Place {
  /** Headers of every answer. */
  headers: Record<string, string> = {};
  /** What was asked for, in order. */
  readonly asked: string[] = [];
  /** Pages beside the site's own, by path. */
  readonly pages = new Map<string, string | Buffer>();
  /** Answered with 404. */
  missing: RegExp | null = null;
  /** Sent by half when it is first asked for; then the line is cut, or nothing more comes. */
  half: { of: RegExp; then: "cut" | "silence" } | null = null;
  /** Broken off after so many bytes, `times` times; this server then knows no ranges. */
  cut: { of: RegExp; after: number; times: number } | null = null;
  /** The ranges that were asked for. */
  readonly ranges: string[] = [];
  readonly #server: Server;
  address = "";

  private constructor() {
    this.#server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
      const send = (type: string, body: Buffer | string) =>
        response.writeHead(200, { ...this.headers, "content-type": type }).end(body);
      this.asked.push(path);
      const own = this.pages.get(path);
      if (own !== undefined) return send(TYPES[extname(path)] ?? "text/html", own);
      if (path === "/favicon.ico") return send("image/x-icon", "");
      try {
        if (!path.startsWith("/notes/") || path.includes("..") || this.missing?.test(path))
          throw new Error("not here");
        let file = join(DIST, path.slice("/notes/".length));
        if (statSync(file).isDirectory()) file = join(file, "index.html");
        const [type, body] = [
          TYPES[extname(file)] ?? "application/octet-stream",
          readFileSync(file),
        ];
        const { cut, half } = this;
        if (cut && cut.times > 0 && cut.of.test(path)) {
          cut.times--;
          response.writeHead(200, { "content-type": type, "content-length": body.length });
          // What was written goes out before the line is cut.
          const breakOff = () => setTimeout(() => response.destroy(), 100);
          return response.write(body.subarray(0, cut.after), breakOff);
        }
        if (!half?.of.test(path)) return send(type, body);
        const { range } = request.headers;
        if (range) {
          this.ranges.push(range);
          return response.writeHead(206).end(body.subarray(Number(/\d+/.exec(range))));
        }
        response.writeHead(200, { "content-type": type, "content-length": body.length });
        response.write(body.subarray(0, body.length / 2), () => {
          if (half.then === "cut") setTimeout(() => response.destroy(), 300);
        });
      } catch {
        response.writeHead(404, this.headers).end();
      }
    });
  }

  static async start(): Promise<Place> {
    const place = new Place();
    await place.listen(0);
    return place;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(port, "127.0.0.1", done));
    const address = this.#server.address();
    const at = typeof address === "object" && address ? address.port : 0;
    this.address = `http://127.0.0.1:${at}/notes/`;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

export class Host {
  private constructor(
    readonly browser: Browser,
    /** Where the site lies, and pages that use its script. */
    readonly site: Place,
    /** Another origin. */
    readonly author: Place,
  ) {}

  static async start(): Promise<Host> {
    const browser = await launch();
    return new Host(browser, await Place.start(), await Place.start());
  }

  /** A page beside the site with this body. */
  async open(body: string, options: BrowserContextOptions = {}): Promise<Visit> {
    this.site.pages.set("/notes/page.html", document(body, "embed/decodescope-player.js"));
    return this.visit(`${this.site.address}page.html`, options);
  }

  async visit(address: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await this.context(options);
    return this.visitIn(context, address);
  }

  context(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    return this.browser.newContext({
      viewport: { width: 1000, height: 800 },
      serviceWorkers: "block",
      ...options,
    });
  }

  /** Another page of a browser that remembers. */
  async visitIn(context: BrowserContext, address: string): Promise<Visit> {
    const page = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    let workers = 0;
    const here = new URL(address);
    context.on("request", (it) => {
      const url = new URL(it.url());
      requests.push(url.host === here.host ? url.pathname : url.href);
    });
    page.on("worker", () => workers++);
    page.on("console", (it) => {
      if (it.type() === "error") complaints.push(it.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(address);
    return { page, requests, complaints, workers: () => workers };
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.site.stop();
    await this.author.stop();
  }
}

export const document = (body: string, script: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<script src="${script}" defer></script></head><body>${body}</body></html>`;

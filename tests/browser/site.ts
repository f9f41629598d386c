// The built site under test: served as plain files below a sub-path, opened in a real Chromium.

import type { Server } from "node:http";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import type { Trace } from "../../web/generated/Trace.ts";
import { CHROME, FLAGS, serve } from "../../web/tools/site.mjs";

const DIST = new URL("../../dist", import.meta.url).pathname;

/** Served from here, so that an absolute address anywhere in the site breaks the tests. */
const BASE = "/course/week-3/";

/** Weights and engine: what recorded runs do without. */
export const NO_MODEL = /\/(models|wasm)\//;

/** Starts a browser, with or without WebGPU. */
export async function launch(webgpu = false): Promise<Browser> {
  const gpu = webgpu ? ["--enable-unsafe-webgpu"] : ["--disable-gpu"];
  return chromium.launch({ executablePath: CHROME, args: [...FLAGS, ...gpu] });
}

export interface RunRequest {
  method: string;
  params?: Record<string, unknown>;
  prompt: string;
  /** Further prompts of a batch. */
  others?: string[];
  seed?: number;
  maxNewTokens?: number;
  device?: "cpu" | "webgpu";
}

/** A page of the site and everything it complained about. */
export interface Opened {
  page: Page;
  complaints: string[];
}

export class Site {
  private constructor(
    private readonly server: Server,
    readonly browser: Browser,
    readonly address: string,
  ) {}

  /** Serves the site and starts a browser, with or without WebGPU. */
  static async start(options: { webgpu: boolean }): Promise<Site> {
    const { server, address } = await serve(DIST, BASE);
    return new Site(server, await launch(options.webgpu), address);
  }

  /** Opens the page at `search` (for example `?device=cpu`); `blocked` addresses fail to load. */
  async open(
    search = "",
    options: BrowserContextOptions & { blocked?: RegExp } = {},
  ): Promise<Opened> {
    const { blocked, ...rest } = options;
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 900 },
      // Requests that a service worker answers cannot be blocked from here; live.test.ts tests it.
      serviceWorkers: "block",
      ...rest,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    if (blocked) await page.route(blocked, (route) => route.abort());
    await page.goto(this.address + search);
    return { page, complaints };
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await new Promise((done) => this.server.close(done));
  }
}

/** The page's own handles; see README. */
interface Handles {
  ready: Promise<unknown>;
  methods(): { id: string; lossless: string; schema: { properties?: Record<string, unknown> } }[];
  run(request: RunRequest): Promise<Trace>;
  stop(): void;
}

declare global {
  // The page puts it there.
  var decodescope: Handles;
}

/** Runs a method in the page and gives its trace, or what it was rejected with. */
export async function run(
  page: Page,
  request: RunRequest,
): Promise<{ trace?: Trace; error?: { code: string; message: string } }> {
  return page.evaluate(async (request) => {
    try {
      return { trace: await globalThis.decodescope.run(request) };
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return { error: { code, message } };
    }
  }, request);
}

export async function runOk(page: Page, request: RunRequest): Promise<Trace> {
  const { trace, error } = await run(page, request);
  if (!trace) throw new Error(`${request.method}: ${error?.code}: ${error?.message}`);
  return trace;
}

export async function methods(page: Page): Promise<ReturnType<Handles["methods"]>> {
  return page.evaluate(() => globalThis.decodescope.methods());
}

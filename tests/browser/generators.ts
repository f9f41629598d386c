// Documentation generators as an author has them: installed outside the checkout, run on a copy of
// a fixture, and what they wrote served below a sub-path.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import type { Server } from "node:http";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { serve } from "../../web/tools/site.mjs";

export const ROOT = new URL("../..", import.meta.url).pathname;
export const EMBED = join(ROOT, "web/embed");
export const CACHE = join(homedir(), ".cache", "decodescope");
const MDBOOK = "0.5.4";
const MINUTES = 60_000;

/** What `make` gives, or the sentence that says why it cannot be had here. */
export function reasonOf<T extends object>(make: () => T): T | string {
  try {
    return make();
  } catch (error) {
    const reason = `skipped: ${(error as Error).message.split("\n")[0]}`;
    console.log(reason);
    return reason;
  }
}

/** A copy of a fixture with the trace and its picture in the folder `runs`; `edits` by file. */
export function fixture(
  name: string,
  runs: string,
  edits: Record<string, [RegExp, string]> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), "decodescope-book-"));
  cpSync(join(EMBED, name), folder, { recursive: true });
  const trace = "speculative-decoding.json";
  mkdirSync(join(folder, runs), { recursive: true });
  cpSync(join(ROOT, "tests/golden", trace), join(folder, runs, trace));
  const picture = "speculative-decoding.svg";
  cpSync(join(EMBED, "fixture", picture), join(folder, runs, picture));
  for (const [file, [before, after]] of Object.entries(edits)) {
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, "utf8").replace(before, after));
  }
  return folder;
}

/** An environment with the generators and our package, as `pip install` makes it. */
export class Python {
  constructor(readonly folder: string) {}

  /** Runs Python and gives what it printed; throws with that when it fails. */
  run(words: string[], cwd: string): string {
    return this.shell(join(this.folder, "bin/python"), words, cwd);
  }

  /** Runs any program with the environment's commands in its path. */
  shell(program: string, words: string[], cwd: string): string {
    const { status, said } = this.#spawn(program, words, cwd);
    if (status !== 0) throw new Error(`${program} ${words.join(" ")}\n${said}`);
    return said;
  }

  /** What a run that must fail complained about. */
  fails(program: string, words: string[], cwd: string): string {
    const { status, said } = this.#spawn(program, words, cwd);
    if (status === 0) throw new Error(`${program} ${words.join(" ")} did not fail`);
    return said;
  }

  #spawn(program: string, words: string[], cwd: string) {
    const PATH = [join(this.folder, "bin"), process.env["PATH"]].join(delimiter);
    const env = { ...process.env, PATH, NO_COLOR: "1", PYTHONDONTWRITEBYTECODE: "1" };
    const done = spawnSync(program, words, { cwd, env, encoding: "utf8", timeout: 3 * MINUTES });
    if (done.error) throw done.error;
    return { status: done.status, said: done.stdout + done.stderr };
  }
}

let environment: Python | Error | undefined;

/** Made once in ~/.cache/decodescope; throws a sentence where it cannot be. */
export function python(): Python {
  try {
    environment ??= install();
  } catch (error) {
    const text = String((error as { stderr?: unknown }).stderr ?? (error as Error).message);
    const last = text.trim().split("\n").at(-1);
    environment = new Error(`no Python environment for the generators: ${last}`);
  }
  if (environment instanceof Error) throw environment;
  return environment;
}

function install(): Python {
  const wanted = readFileSync(join(EMBED, "python/requirements.txt"));
  const folder = join(CACHE, `generators-${hash([wanted])}`);
  const options = { stdio: "pipe", timeout: 10 * MINUTES } as const;
  const pip = (...words: string[]) =>
    execFileSync(join(folder, "bin/python"), ["-m", "pip", "--quiet", ...words], options);
  stamped(join(folder, "installed"), "requirements", () => {
    execFileSync("python3", ["-m", "venv", folder], options);
    pip("install", "-r", join(EMBED, "python/requirements.txt"));
  });
  const built = join(ROOT, "dist/python");
  if (!existsSync(built)) throw new Error("dist/python is not built");
  const names = readdirSync(built, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((it) => /\.(py|js|json|toml)$/.test(it));
  const ours = hash(files.map((it) => readFileSync(join(built, it))));
  stamped(join(folder, "ours"), ours, () => {
    // pip builds where the source lies: not in the checkout.
    const copy = mkdtempSync(join(tmpdir(), "decodescope-python-"));
    cpSync(built, copy, { recursive: true });
    const forced = ["--force-reinstall", "--no-deps", "--no-build-isolation"];
    pip("install", ...forced, copy);
  });
  return new Python(folder);
}

/** Does something unless a file says that it was done. */
function stamped(file: string, text: string, act: () => void): void {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  act();
  writeFileSync(file, text);
}

const hash = (parts: Buffer[]): string =>
  parts
    .reduce((all, it) => all.update(it), createHash("sha256"))
    .digest("hex")
    .slice(0, 12);

/** The path of mdBook, built by cargo where there is none; throws a sentence where that fails. */
export function mdbook(): { bin: string } {
  const folder = join(CACHE, `mdbook-${MDBOOK}`);
  const own = join(folder, "bin/mdbook");
  if (existsSync(own)) return { bin: own };
  if (spawnSync("mdbook", ["--version"]).status === 0) return { bin: "mdbook" };
  const words = ["install", "mdbook", "--version", MDBOOK, "--locked", "--no-default-features"];
  const done = spawnSync("cargo", [...words, "--debug", "--quiet", "--root", folder], {
    encoding: "utf8",
    timeout: 6 * MINUTES,
  });
  if (done.status === 0) return { bin: own };
  throw new Error(`mdBook cannot be built: ${done.stderr.trim().split("\n").at(-1) ?? "no time"}`);
}

/** A page that a generator wrote, and all it asked for and complained about. */
export interface Opened {
  page: Page;
  /** The HTML as it was written. */
  source: string;
  complaints: string[];
  /** Addresses of other hosts that the page asked for. */
  strangers: string[];
}

/** Served from here, so that an absolute address anywhere breaks the tests. */
const BASE = "/course/week-3/";

export class Built {
  readonly #pages: Page[] = [];

  private constructor(
    private readonly server: Server,
    private readonly address: string,
    private readonly browser: Browser,
  ) {}

  static async serve(folder: string, browser: Browser): Promise<Built> {
    const { server, address } = await serve(folder, BASE);
    return new Built(server, address, browser);
  }

  async open(path: string): Promise<Opened> {
    const page = await this.browser.newPage({ viewport: { width: 1280, height: 900 } });
    this.#pages.push(page);
    const complaints: string[] = [];
    const strangers: string[] = [];
    page.on("console", (it) => {
      // The browser asks for this by itself, where a page names no picture of its own.
      const asked = it.location().url.endsWith("/favicon.ico");
      if (it.type() === "error" && !asked) complaints.push(`${it.text()} ${it.location().url}`);
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    const own = [new URL(this.address).origin, "data:", "blob:"];
    page.on("request", (it) => {
      if (!own.some((start) => it.url().startsWith(start))) strangers.push(it.url());
    });
    const answer = await page.goto(this.address + path);
    return { page, source: await answer!.text(), complaints, strangers };
  }

  async stop(): Promise<void> {
    for (const page of this.#pages) await page.close();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

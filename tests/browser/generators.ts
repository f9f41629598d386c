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
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import type { Server } from "node:http";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import type { DecodescopePlayer } from "../../web/embed/decodescope-player.ts";
import { serve } from "../../web/tools/site.mjs";

export const ROOT = new URL("../..", import.meta.url).pathname;
export const EMBED = join(ROOT, "web/embed");
export const CACHE = join(homedir(), ".cache", "decodescope");
const MDBOOK = "0.5.4";
const MINUTES = 60_000;

/** How long a test may take that installs what it needs, where that is not there yet. */
export const INSTALLS = 15 * MINUTES;

/** Something that cannot be had on this machine; the message is a sentence that says why. */
export class Missing extends Error {}

/** What `make` gives, or why it cannot be had here; what went wrong otherwise is thrown. */
export function reasonOf<T extends object>(make: () => T): T | string {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    const reason = `skipped: ${error.message}`;
    console.log(reason);
    return reason;
  }
}

const made: string[] = [];

/** Removes the copies that were made. */
export function sweep(): void {
  for (const it of made.splice(0)) rmSync(it, { recursive: true, force: true });
}

/** A copy of a fixture with the trace and its picture in the folder `runs`; `edits` by file. */
export function fixture(
  name: string,
  runs: string,
  edits: Record<string, [RegExp, string]> = {},
  parent = tmpdir(),
): string {
  const folder = mkdtempSync(join(parent, "decodescope-book-"));
  made.push(folder);
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

/** What npm says where it reaches no registry. */
const OFFLINE =
  /\b(EAI_AGAIN|ENOTFOUND|ECONN\w+|ENETUNREACH|EHOSTUNREACH|E\w*TIMEDOUT|E\w*TIMEOUT)\b/;

/** Runs npm in a folder and gives what it printed; `Missing` where it reaches no registry. */
export function npm(words: string[], cwd: string): string {
  const options = { cwd, encoding: "utf8", stdio: "pipe", timeout: 8 * MINUTES } as const;
  try {
    return execFileSync("npm", [...words, "--no-audit", "--no-fund", "--loglevel=error"], options);
  } catch (error) {
    const [code] = OFFLINE.exec(String((error as Error).message)) ?? [];
    if (code) throw new Missing(`npm ${words[0]} reaches no registry: ${code}`);
    throw error;
  }
}

/** A folder in the cache with the packages that a fixture's lock file names. */
export function packages(name: string): string {
  const files = ["package.json", "package-lock.json"];
  const wanted = files.map((it) => readFileSync(join(EMBED, name, it)));
  const folder = join(CACHE, `packages-${hash(wanted)}`);
  mkdirSync(folder, { recursive: true });
  stamped(join(folder, "installed"), "packages", () => {
    files.forEach((it, i) => writeFileSync(join(folder, it), wanted[i]!));
    // No package of these needs a script of its own to be run.
    npm(["ci", "--prefer-offline", "--ignore-scripts"], folder);
  });
  return folder;
}

/** The files of a package of the registry as they were published, without what it depends on. */
export function published(name: string, version: string): string {
  const folder = join(CACHE, `${name.replaceAll("/", "-")}-${version}`);
  mkdirSync(folder, { recursive: true });
  stamped(join(folder, "unpacked"), version, () => unpack(`${name}@${version}`, folder));
  return join(folder, "package");
}

/** Puts our package into `folder/node_modules` as npm would. */
export function installOurs(folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(modules, { recursive: true });
  unpack(join(ROOT, "dist/npm"), modules);
  renameSync(join(modules, "package"), join(modules, "decodescope-player"));
}

function unpack(what: string, folder: string): void {
  const file = npm(["pack", what, "--pack-destination", folder], folder).trim().split("\n").at(-1)!;
  execFileSync("tar", ["-xzf", file], { cwd: folder });
}

const environments = new Map<string, Python | Error>();

/**
 * An environment with what `web/embed/NAME/requirements.txt` names and our package, made once in
 * ~/.cache/decodescope; `Missing` where pip cannot install them.
 */
export function python(name: "python" | "jupyter"): Python {
  let known = environments.get(name);
  if (!known) {
    try {
      known = install(name);
    } catch (error) {
      known = error as Error;
    }
    environments.set(name, known);
  }
  if (known instanceof Error) throw known;
  return known;
}

function install(name: string): Python {
  const list = join(EMBED, name, "requirements.txt");
  const folder = join(CACHE, `${name}-${hash([readFileSync(list)])}`);
  const options = { stdio: "pipe", timeout: 10 * MINUTES } as const;
  const pip = (...words: string[]) =>
    execFileSync(join(folder, "bin/python"), ["-m", "pip", "--quiet", ...words], options);
  stamped(join(folder, "installed"), "requirements", () => {
    try {
      execFileSync("python3", ["-m", "venv", folder], options);
      pip("install", "-r", list);
    } catch (error) {
      const last = (error as Error).message.trim().split("\n").at(-1);
      throw new Missing(`no Python environment for the fixtures of ${name}: ${last}`);
    }
  });
  const built = join(ROOT, "dist/python");
  const names = readdirSync(built, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((it) => /\.(py|js|json|toml)$/.test(it));
  const ours = hash(files.map((it) => readFileSync(join(built, it))));
  stamped(join(folder, "ours"), ours, () => {
    // pip builds where the source lies: not in the checkout.
    const copy = mkdtempSync(join(tmpdir(), "decodescope-python-"));
    made.push(copy);
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

/** The path of mdBook, built by cargo where there is none; `Missing` where that fails. */
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
  throw new Missing(
    `mdBook cannot be built: ${done.stderr.trim().split("\n").at(-1) ?? "no time"}`,
  );
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
export const BASE = "/course/week-3/";

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

  /** `files` are what other hosts would answer, by the end of the address. */
  async open(path: string, files: Record<string, string> = {}): Promise<Opened> {
    const opened = await openPage(this.browser, this.address + path, files);
    this.#pages.push(opened.page);
    return opened;
  }

  async stop(): Promise<void> {
    for (const page of this.#pages) await page.close();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

/** Opens a page of a server; `files` are what other hosts would answer, by the end of the address. */
export async function openPage(
  browser: Browser,
  address: string,
  files: Record<string, string> = {},
): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const { origin } = new URL(address);
  await page.route(
    (it) => it.origin !== origin && it.protocol.startsWith("http"),
    (route) => {
      const end = Object.keys(files).find((it) => route.request().url().endsWith(it));
      return end ? route.fulfill({ path: files[end]! }) : route.abort();
    },
  );
  const complaints: string[] = [];
  const strangers: string[] = [];
  page.on("console", (it) => {
    // The browser asks for this by itself, where a page names no picture of its own.
    const asked = it.location().url.endsWith("/favicon.ico");
    if (it.type() === "error" && !asked) complaints.push(`${it.text()} ${it.location().url}`);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  const own = [origin, "data:", "blob:"];
  page.on("request", (it) => {
    if (!own.some((start) => it.url().startsWith(start))) strangers.push(it.url());
  });
  const answer = await page.goto(address);
  return { page, source: await answer!.text(), complaints, strangers };
}

/** What is known of a page before it is opened. */
export interface Expected {
  /** Percent of the run. */
  start: number;
  caption?: string;
  /** Whether the page as it was written holds the figure; by default it does. */
  written?: boolean;
  /** What the page may ask other hosts for: nothing, unless the generator itself does. */
  others?: RegExp;
}

/** The figure of a page plays, steps and has what stands in for it. */
export async function check(opened: Opened, expected: Expected): Promise<void> {
  const { page, source } = opened;
  const { start, caption, written = true, others } = expected;
  if (written) {
    // Some generators leave out the quotes; none may write the name of a host.
    expect(source).toMatch(
      /<decodescope-player[^>]* src="?[^":\s>]*speculative-decoding[^":\s>]*\.json\b/,
    );
    expect(source).toMatch(/<img[^>]* src="?[^":\s>]*speculative-decoding[^":\s>]*\.svg\b/);
  }
  if (caption) expect(source).toContain(caption);
  const player = page.locator("decodescope-player").first();
  await player.waitFor({ state: "attached" });
  await page.waitForFunction(() => customElements.get("decodescope-player"));
  const seen = await player.evaluate(walk);
  expect(seen.length).toBeGreaterThan(100);
  expect(seen.opened / seen.length).toBeCloseTo(start / 100, 1);
  expect(seen.stepped).toBe(seen.opened + 3);
  expect(await page.locator("decodescope-player .stage").first().isVisible()).toBe(true);
  await page.waitForFunction(() => customElements.get("decodescope-cost"));
  await page.waitForLoadState("networkidle");
  expect(opened.strangers.filter((it) => !others?.test(it))).toEqual([]);
  expect(opened.complaints.filter((it) => !others?.test(it))).toEqual([]);
}

async function walk(element: Element) {
  const player = element as DecodescopePlayer;
  await player.ready;
  const { step: opened, length } = player.getState();
  player.step(3);
  await player.setState({});
  const { step: stepped } = player.getState();
  // What it loads on demand is beside it.
  await player.setState({ view: "cost" });
  return { opened, length, stepped };
}

import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Trace } from "../generated/Trace.ts";
import { fold } from "../trace/fold.ts";
import { latex } from "./rounds.ts";
import { tikz } from "./tikz.ts";

const GOLDEN = new URL("../../tests/golden/", import.meta.url).pathname;
const run = promisify(execFile);
const read = async (name: string) => JSON.parse(await readFile(GOLDEN + name, "utf8")) as Trace;
const names = (await readdir(GOLDEN)).filter((it) => it.endsWith(".json")).sort();

/** Tokens that mean something to TeX, and signs that no font of its has. */
const HOSTILE = [
  "\\input{/etc/passwd}",
  "\\end{tikzpicture}",
  "}};\\node{",
  "% & # $ _ ^ ~",
  "[0]; -- ++(1,1)",
  "\\\\*[9cm]",
  "^^5c^^M",
  "``x'' --- << ,, ?`",
  "你好 🙂 e\u0301 \u202e א",
  "\u0000\n\t\r\n",
  '"|<>=`{',
  "a\\",
];

/** The run with other words. */
const hostile = (trace: Trace): Trace => ({
  ...trace,
  vocabulary: Object.fromEntries(
    Object.keys(trace.vocabulary).map((it, i) => [it, HOSTILE[i % HOSTILE.length]!]),
  ),
});

test("the tree has each node of the round, its state and its place below its parent", async () => {
  const trace = await read("rsd-s.json");
  const at = Math.round(0.8 * trace.events.length);
  const tree = tikz(trace, at);
  const state = fold(trace.events.slice(0, at));
  const round = state.rounds.at(-1)!;
  expect(round.nodes.length).toBeGreaterThan(5);
  for (const id of round.nodes) {
    const { status, parent } = state.nodes[id]!;
    const column = (id: number) => Number(new RegExp(`\\(n${id}\\) at \\((\\d+),`).exec(tree)?.[1]);
    expect(tree).toContain(`\\node[${status}] (n${id}) at`);
    expect(tree).toContain(`\\draw (n${parent}.east) -- (n${id}.west);`);
    expect(column(id)).toBe(column(parent!) + 1);
  }
  const found = [...tree.matchAll(/ at \((\d+),(\d+)\)/g)].map(([it]) => it);
  expect(new Set(found).size, "no two in one place").toBe(found.length);
});

test("its numbers are those of the trace", async () => {
  const trace = await read("speculative-decoding.json");
  const at = trace.events.findIndex((it) => it.kind === "judge") + 1;
  const event = trace.events[at - 1]!;
  if (event.kind !== "judge") throw new Error("not a test");
  const line = tikz(trace, at)
    .split("\n")
    .find((it) => it.includes(`(n${event.node})`));
  expect(line).toContain(`$q$ ${event.q!.toFixed(2)}`);
  expect(line).toContain(`$p$ ${event.p!.toFixed(2)}`);
});

test("at the start there is nothing but the prompt, and that is a picture too", async () => {
  const trace = await read("speculative-decoding.json");
  expect(tikz(trace, 0)).toContain("\\end{tikzpicture}");
});

test("LaTeX sets the trees and tables of all recorded runs, whatever their tokens are", async () => {
  const found = await run("kpsewhich", ["tikz.sty"]).catch(() => null);
  if (!found?.stdout.trim() || !(await run("pdflatex", ["--version"]).catch(() => null)))
    return console.log("skipped: there is no pdflatex with TikZ on this machine");
  const folder = await mkdtemp(join(tmpdir(), "decodescope-"));
  const pictures = [];
  for (const name of names) {
    const trace = await read(name);
    const { length } = trace.events;
    pictures.push(tikz(trace, Math.round(0.7 * length)));
    if (/^(rsd-s|superposed)/.test(name)) pictures.push(tikz(hostile(trace), length));
  }
  const first = await read("rsd-s.json");
  pictures.push(tikz(first, 0), latex(first), latex(hostile(first)));
  const body = pictures.map((it) => `{\\fboxsep=0pt ${it}}\\clearpage`).join("\n");
  const preamble =
    "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{tikz}" +
    "\\usepackage[paperwidth=120cm,paperheight=200cm,margin=1cm]{geometry}";
  await writeFile(
    join(folder, "all.tex"),
    `${preamble}\\begin{document}\n${body}\n\\end{document}\n`,
  );
  const options = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all.tex"];
  const { stdout } = await run("pdflatex", options, { cwd: folder, maxBuffer: 1e8 }).catch(
    ({ stdout }: { stdout: string }) => {
      throw new Error(stdout.slice(stdout.indexOf("\n!")).slice(0, 600));
    },
  );
  expect(/Output written on all\.pdf \((\d+) pages/.exec(stdout)?.[1]).toBe(
    String(pictures.length),
  );
  expect(stdout).not.toMatch(/Missing character|Overfull \\hbox/);
  await rm(folder, { recursive: true });
}, 120_000);

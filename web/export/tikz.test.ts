import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Trace } from "../generated/Trace.ts";
import { fold } from "../trace/fold.ts";
import { latex } from "./rounds.ts";
import { SIGN_COMMAND } from "./tex.ts";
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

test("every run has a tree whose nodes have places of their own, also of several texts", async () => {
  let several = 0;
  for (const name of names) {
    const trace = await read(name);
    const tree = tikz(trace, Math.round(0.7 * trace.events.length));
    const found = [...tree.matchAll(/\(n\d+\) at (\(\d+,\d+\))/g)].map(([, it]) => it!);
    expect(new Set(found).size, name).toBe(found.length);
    if (found.filter((it) => it.startsWith("(0,")).length > 1) several++;
  }
  expect(several).toBeGreaterThan(0);
});

test("a round that has only begun shows the one before, grown out of plain text", async () => {
  const trace = await read("speculative-decoding.json");
  const steps = trace.events.flatMap((it, i) => (it.kind === "step" ? [i] : []));
  const at = steps[3]!;
  const before = tikz(trace, at);
  expect(tikz(trace, at + 1)).toBe(before);
  const [, root] = /\\node\[(\w+)\] \(n\d+\) at \(0,0\)/.exec(before)!;
  expect(root).toBe("prompt");
  // What became text in the round before that is text by now.
  const state = fold(trace.events.slice(0, at));
  const parent = state.nodes[state.rounds.at(-1)!.nodes[0]!]!.parent!;
  expect(state.nodes[parent]!.status).not.toBe("prompt");
  expect(before).toContain(`\\node[prompt] (n${parent}) at (0,0)`);
});

test("each state has its own look, said again below the tree", async () => {
  const trace = await read("speculative-decoding.json");
  const refused = trace.events.findIndex((it) => it.kind === "judge" && !it.accepted);
  const end = trace.events.findIndex((it, i) => i > refused && it.kind === "commit");
  const tree = tikz(trace, end + 1);
  const looks = [...tree.matchAll(/^ {2}(\w+)\/\.style=\{token, (.*)\},$/gm)];
  const used = new Set([...tree.matchAll(/\\node\[(\w+)\]/g)].map(([, it]) => it!));
  expect(new Set(looks.map(([, it]) => it))).toEqual(used);
  expect(new Set(looks.map(([, , it]) => it)).size).toBe(looks.length);
  expect(looks.find((it) => it[1] === "rejected")![2]).toContain("red");
  for (const state of used)
    expect(tree.includes(`\\node[${state}, font=\\scriptsize] at (`)).toBe(state !== "prompt");
  expect(tree).toMatch(/\\node\[rejected, font=.*\{\\strut rejected\};/);
});

test("a long token is cut, columns keep off one another, and signs are defined before them", async () => {
  const trace = await read("rsd-s.json");
  const saying = (word: string) => {
    const vocabulary = Object.fromEntries(Object.keys(trace.vocabulary).map((it) => [it, word]));
    return tikz({ ...trace, vocabulary }, trace.events.length);
  };
  const apart = (tree: string) => Number(/x=([\d.]+)cm/.exec(tree)![1]);
  expect(saying("x".repeat(60))).toMatch(/x{8}/);
  expect(saying("x".repeat(60))).not.toMatch(/x{25}/);
  // A sign without a font: its command stands before it.
  const signs = saying("你");
  expect(signs.indexOf("\\unicodesign{4F60}")).toBeGreaterThan(signs.indexOf(SIGN_COMMAND));
  expect(signs).toContain(SIGN_COMMAND);
  expect(saying("x")).not.toContain("unicodesign");
  expect(apart(saying("x".repeat(20)))).toBeGreaterThan(apart(saying("xx")) + 1.5);
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

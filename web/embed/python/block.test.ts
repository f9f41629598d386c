// What the documentation generators say of a block's values, with the interpreter that is here.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const at = (name: string) => new URL(name, import.meta.url).pathname;
const ASK =
  "import json, sys, block; print(json.dumps([block.wrong(*it) for it in json.loads(sys.argv[1])]))";

const CASES = [
  ["seed", "0", null],
  ["seed", "4294967295", null],
  ["seed", "1.5", "seed: “1.5” is no whole number from 0 to 4294967295"],
  ["seed", "1,5", "seed: “1,5” is no whole number from 0 to 4294967295"],
  ["seed", "4294967296", "seed: “4294967296” is no whole number from 0 to 4294967295"],
  ["speed", "0.5", null],
  ["speed", "9", "speed: “9” is no number from 0.25 to 8"],
  ["theme", "drak", "theme: “drak” is none of light, dark"],
] as const;

test("a value that no figure can follow is refused in a sentence", ({ skip }) => {
  try {
    execFileSync("python3", ["--version"]);
  } catch {
    return skip("there is no python3 on this machine");
  }
  // As in the package: the list of attributes beside the module.
  const folder = mkdtempSync(join(tmpdir(), "decodescope-"));
  for (const it of ["block.py", "../attributes.json"])
    cpSync(at(it), join(folder, it.replace("../", "")));
  const asked = JSON.stringify(CASES.map(([key, value]) => [key, value]));
  const told = execFileSync("python3", ["-c", ASK, asked], { cwd: folder, encoding: "utf8" });
  expect(JSON.parse(told)).toEqual(CASES.map(([, , sentence]) => sentence));
  rmSync(folder, { recursive: true });
});

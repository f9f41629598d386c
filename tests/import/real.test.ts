// The recorder and the importer against the real libraries, in Python. Where they are not there the
// tests are skipped, and say why. `SLOW=1` installs what is missing from PyPI into
// ~/.cache/decodescope; llama.cpp's wheel is small and installed at once.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";

const root = new URL("../../", import.meta.url).pathname;
const cache = join(homedir(), ".cache", "decodescope");
const MINUTES = 60_000;

/** The Python of an environment that has `modules`; made when `install` says so. */
function python(name: string, modules: string[], packages: string[], install: boolean): string {
  const folder = join(cache, name);
  const bin = join(folder, "bin", "python");
  const has = () => {
    if (!existsSync(bin)) return false;
    try {
      execFileSync(bin, ["-c", `import ${modules.join(", ")}`], { stdio: "pipe" });
      return true;
    } catch {
      return false;
    }
  };
  if (has()) return bin;
  if (!install) throw new Error(`${folder} has no ${modules.join(", ")}; SLOW=1 installs them`);
  const options = { stdio: "pipe", timeout: 10 * MINUTES } as const;
  if (!existsSync(bin)) execFileSync("python3", ["-m", "venv", folder], options);
  execFileSync(bin, ["-m", "pip", "install", "--quiet", ...packages], options);
  return bin;
}

function compare(script: string, bin: () => string, skip: (reason: string) => void): void {
  let found: string;
  try {
    found = bin();
  } catch (error) {
    const reason = `skipped: ${(error as Error).message.split("\n")[0]}`;
    console.log(`${script}: ${reason}`);
    return skip(reason);
  }
  // What differs is printed; the status says so too.
  execFileSync(found, [join(root, "tests/import", script)], { stdio: "inherit" });
}

const slow = Boolean(process.env["SLOW"]);

test("runs of transformers are recorded as they are", { timeout: 15 * MINUTES }, ({ skip }) => {
  const packages = ["torch", "transformers>=5.23,<6"];
  compare(
    "transformers_runs.py",
    () => python("py", ["torch", "transformers"], packages, slow),
    (reason) => skip(reason),
  );
});

test("a llama.cpp server answers as recorded", { timeout: 15 * MINUTES }, ({ skip }) => {
  const modules = ["gguf", "numpy", "xllamacpp"];
  compare(
    "llamacpp_runs.py",
    () => python("llamacpp", modules, modules, true),
    (reason) => skip(reason),
  );
});

// When the engine traps in the middle of a run: no promise stays pending, and the page lives on.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run, runOk, Site } from "./site.ts";

const ENGINE = new URL("../../dist/wasm/cpu/engine.js", import.meta.url);
const request = { method: "basic-sampling", prompt: "Once upon a time", maxNewTokens: 6 };

let site: Site;

beforeAll(async () => {
  site = await Site.start({ webgpu: false });
});

afterAll(() => site?.stop());

/** The engine with one more line at its end, the first time it is loaded. */
async function openWith(line: string) {
  const opened = await site.open("", { blocked: /nothing/ });
  let first = true;
  await opened.page.route(/wasm\/cpu\/engine\.js/, (route) => {
    const body = readFileSync(ENGINE, "utf8") + (first ? line : "");
    first = false;
    return route.fulfill({ body, contentType: "text/javascript" });
  });
  await opened.page.goto(`${site.address}?device=cpu`);
  return opened.page;
}

/** What a Rust panic does: the hook writes its message, then the module traps. */
const PANIC = `globalThis.decodescopePanic = "the third step went wrong";`;

test("a trap that is thrown rejects the run, and the next run has a new engine", async () => {
  const page = await openWith(`
    let steps = 0;
    Engine.prototype.step = async function () {
      ${PANIC}
      throw new WebAssembly.RuntimeError("unreachable");
    };
  `);
  const { error } = await run(page, request);
  expect(error?.code).toBe("panic");
  expect(error?.message).toContain("the third step went wrong");
  const again = await runOk(page, request);
  expect(again.tokens.length).toBeGreaterThan(0);
});

test("a trap inside a future, which leaves its promise pending, rejects the run too", async () => {
  const page = await openWith(`
    Engine.prototype.step = function () {
      setTimeout(() => {
        ${PANIC}
        throw new WebAssembly.RuntimeError("unreachable");
      });
      return new Promise(() => {});
    };
  `);
  const { error } = await run(page, request);
  expect(error?.code).toBe("panic");
});

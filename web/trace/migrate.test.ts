import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadTrace, VERSION } from "./load.ts";
import { migrate, STEPS } from "./migrate.ts";

/** A trace of every version that there was, as it was written then. */
const fileOf = (version: number) =>
  new URL(`../../tests/versions/${version}.json`, import.meta.url).pathname;

test("a file of every version up to this one opens", () => {
  for (let version = 1; version <= VERSION; version++) {
    expect(existsSync(fileOf(version)), `tests/versions/${version}.json`).toBe(true);
    const trace = loadTrace(readFileSync(fileOf(version), "utf8"));
    expect(trace.version).toBe(VERSION);
    expect(trace.tokens.length).toBeGreaterThan(0);
  }
  expect(STEPS.length).toBe(VERSION - 1);
});

test("a file of version 1 opens in a reader of version 3, by one step for each version", () => {
  const trace = JSON.parse(readFileSync(fileOf(1), "utf8")) as Record<string, unknown>;
  const steps = [
    (it: Record<string, unknown>) => {
      it["sampler_seed"] = it["seed"];
      delete it["seed"];
    },
    (it: Record<string, unknown>) => {
      it["sampler"] = { seed: it["sampler_seed"] };
      delete it["sampler_seed"];
    },
  ];
  const { seed } = trace;
  expect(migrate(trace, 3, steps)).toBeNull();
  expect(trace["version"]).toBe(3);
  expect(trace["sampler"]).toEqual({ seed });
});

test("a newer version, and what is no version, are refused with both numbers", () => {
  expect(migrate({ version: 4 }, 3)).toMatch(/^is 4, newer than 3,/);
  expect(migrate({ version: 0 }, 3)).toBe("is 0; versions from 1 to 3 can be read.");
  expect(migrate({ version: "1" }, 3)).toBe('is "1"; versions from 1 to 3 can be read.');
  expect(migrate({ version: 1.5 }, 3)).toMatch(/^is 1.5;/);
});

// The recorded runs of tests/golden, which the built site plays.

import { readFileSync } from "node:fs";
import type { Trace } from "../../web/generated/Trace.ts";

/** The file of a method's recorded run. */
export const goldenFile = (id: string): URL => new URL(`../golden/${id}.json`, import.meta.url);
export const goldenText = (id: string): string => readFileSync(goldenFile(id), "utf8");
export const golden = (id: string): Trace => JSON.parse(goldenText(id)) as Trace;

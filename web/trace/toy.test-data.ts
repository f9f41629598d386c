// A run of the hand-checkable toy models, for tests and the dev page:
// cargo run -p decoding --example toy_trace -- speculative-decoding > web/dev/toy.json

import { readFileSync } from "node:fs";
import type { Trace } from "../generated/Trace.ts";

export const toyText = readFileSync(new URL("../dev/toy.json", import.meta.url), "utf8");
export const toyTrace = JSON.parse(toyText) as Trace;

// A run of the hand-checkable toy models, for tests and the dev page:
// cargo run -p decoding --example toy_trace -- speculative-decoding > web/dev/toy.json

import toyText from "../dev/toy.json?raw";
import type { Trace } from "../generated/Trace.ts";

export { toyText };
export const toyTrace = JSON.parse(toyText) as Trace;

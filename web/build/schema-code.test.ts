// The embed's shorter schema is the schema.

import { expect, test } from "vitest";
import schema from "../generated/trace.schema.json" with { type: "json" };
import { traceSchema } from "../trace/trace-schema.ts";
import { schemaCode } from "./schema-code.ts";

test("the code of the schema makes the schema", () => {
  const code = schemaCode(schema).replace("export const traceSchema =", "return");
  expect(code.length).toBeLessThan(JSON.stringify(traceSchema).length * 0.6);
  const make = new Function(code) as () => unknown;
  expect(make()).toEqual(traceSchema);
});

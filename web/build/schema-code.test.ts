// The embed's shorter schema is the schema.

import { expect, test } from "vitest";
import schema from "../generated/trace.schema.json" with { type: "json" };
import { forMachines, schemaCode } from "./schema-code.ts";

test("the code of the schema makes the schema", () => {
  const code = schemaCode(schema).replace("export default", "return");
  expect(code.length).toBeLessThan(JSON.stringify(forMachines(schema)).length * 0.6);
  const make = new Function(code) as () => unknown;
  expect(make()).toEqual(forMachines(schema));
});

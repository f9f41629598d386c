import { transform } from "lightningcss";
import { expect, test } from "vitest";
import { nested } from "./nested.ts";

/** Without nesting, as a browser from before would want it. */
const flat = (css: string) =>
  transform({
    filename: "a.css",
    code: Buffer.from(css),
    minify: true,
    targets: { chrome: 90 << 16 },
  }).code.toString();

test.each([
  [".a{color:red}.a .b{color:tan}", ".a{color:red;.b{color:tan}}"],
  [".a .b{color:red}.a .b{left:0}", ".a{.b{color:red}.b{left:0}}"],
  [".a .b,.a>.c{color:red}.a:hover{left:0}", ".a{.b,>.c{color:red}&:hover{left:0}}"],
  [".a{left:0}.a p{left:1px}", ".a{left:0;& p{left:1px}}"],
  [".a.b{left:0}.a[c]+.d{left:1px}", ".a{&.b{left:0}&[c]+.d{left:1px}}"],
  [".a:is(.b,.c){left:0}.a .d{left:1px}", ".a{&:is(.b,.c){left:0}.d{left:1px}}"],
])("%s becomes %s", (css, expected) => {
  expect(nested(css)).toBe(expected);
  expect(flat(expected)).toBe(flat(css));
});

test.each([
  ".a{color:red}.b .a{color:tan}",
  ".a-b{color:red}.a .b{color:tan}",
  ".a,.b{color:red}.a .b{color:tan}",
  ".a .b{color:red}.c{left:0}.a .b{color:tan}",
  '.a{content:"}.a .b{"}.c{left:0}',
  "@media print{.a{left:0}.a .b{left:0}}",
])("%s stays", (css) => expect(nested(css)).toBe(css));

test("what a class says itself never follows the rules within it", () => {
  expect(nested(".a .b{left:0}.a{left:1px}.a .c{left:2px}")).toBe(
    ".a .b{left:0}.a{left:1px;.c{left:2px}}",
  );
});

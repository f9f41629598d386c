import { expect, test } from "vitest";
import { boxMarks, type Definitions } from "./boxes.ts";
import { colourOf, escaped, number } from "./paint.ts";

test("computed colours become plain ones", () => {
  expect(colourOf("rgb(0, 114, 178)")).toEqual({ hex: "#0072b2", alpha: 1 });
  expect(colourOf("rgba(0, 114, 178, 0.5)")).toEqual({ hex: "#0072b2", alpha: 0.5 });
  expect(colourOf("color(srgb 1 0.5 0 / 0.25)")).toEqual({ hex: "#ff8000", alpha: 0.25 });
  expect(colourOf("color(srgb none 0.5 0)")).toEqual({ hex: "#008000", alpha: 1 });
  expect(colourOf("rgba(0, 0, 0, 0)")).toBeNull();
  expect(colourOf("transparent")).toBeNull();
});

test("numbers are short, and minus nothing is nothing", () => {
  expect([1 / 3, -0.001, 12, 1e-9, NaN].map(number)).toEqual(["0.33", "0", "12", "0", "0"]);
});

test("a token cannot end the file: signs of XML are escaped, others replaced", () => {
  expect(escaped('</text><script>&"\u0000\u001b')).toBe(
    "&lt;/text&gt;&lt;script&gt;&amp;&quot;\ufffd\ufffd",
  );
});

const PLAIN = {
  borderTopLeftRadius: "0px",
  backgroundColor: "rgba(0, 0, 0, 0)",
  backgroundImage: "none",
  boxShadow: "none",
  outlineStyle: "none",
  outlineWidth: "0px",
};
const box = { x: 10, y: 20, width: 100, height: 30 };

function marks(looks: Record<string, string>): { text: string; made: string[] } {
  const made: string[] = [];
  const definitions: Definitions = {
    name(kind, make) {
      made.push(make(`${kind}-1`));
      return `${kind}-1`;
    },
  };
  const style = {
    ...PLAIN,
    ...looks,
    getPropertyValue: (name: string) => looks[name] ?? "",
  } as unknown as CSSStyleDeclaration;
  return { text: boxMarks(box, style, definitions), made };
}

test("a double line below is two thin lines", () => {
  const { text } = marks({
    "border-bottom-width": "3px",
    "border-bottom-style": "double",
    "border-bottom-color": "rgb(1, 2, 3)",
  });
  expect(text.match(/<line/g)).toHaveLength(2);
  expect(text).toContain('y1="47.5"');
  expect(text).toContain('y1="49.5"');
});

test("hard stripes become a pattern with the same period and angle", () => {
  const { text, made } = marks({
    backgroundImage:
      "repeating-linear-gradient(-45deg, color(srgb 1 0 0 / 0.26) 0px, color(srgb 1 0 0 / 0.26) 1.5px, rgba(0, 0, 0, 0) 1.5px, rgba(0, 0, 0, 0) 5px)",
  });
  expect(text).toContain('fill="url(#hatch-1)"');
  expect(made[0]).toContain('patternTransform="rotate(-135)"');
  expect(made[0]).toContain('width="5" height="5"');
  expect(made[0]!.match(/<rect/g)).toHaveLength(1);
});

test("an inner shadow without blur is a strip along its side", () => {
  const { text } = marks({ boxShadow: "rgb(31, 75, 122) 3px 0px 0px 0px inset" });
  expect(text).toBe('<rect x="10" y="20" width="3" height="30" fill="#1f4b7a"/>');
});

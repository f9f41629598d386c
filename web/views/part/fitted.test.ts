import { expect, test } from "vitest";
import { ems, fitted } from "./fitted.ts";

test("a text that has room stays whole", () => {
  expect(fitted("␣day", 3)).toBe("␣day");
});

test("wide letters leave room for fewer of them", () => {
  const room = 3;
  for (const text of ["␣morning", "␣mmmwww", "␣littleness", "WWWWW"]) {
    const shown = fitted(text, room);
    expect(shown.endsWith("…")).toBe(true);
    expect(ems(shown)).toBeLessThanOrEqual(room);
  }
  expect(fitted("␣littleness", room).length).toBeGreaterThan(fitted("␣mmmwww", room).length);
});

test("one letter is left where nothing fits", () => {
  expect(fitted("␣morning", 0.1)).toBe("␣…");
});

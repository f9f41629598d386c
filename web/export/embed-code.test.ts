// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { elementCode, frameCode, type Embedded } from "./embed-code.ts";

const embedded: Embedded = {
  base: "https://decodescope.example/play/",
  src: "runs/a&b.json",
  picture: "a.svg",
  title: 'A "quoted" <b>title</b>',
  caption: "It goes on from “<script>alert(1)</script>”.",
  view: "tree",
  at: 42,
  theme: "dark",
};

const parsed = (code: string) => {
  const root = document.createElement("div");
  root.innerHTML = code;
  return root;
};

test("the element opens the same moment and carries a picture for readers without scripts", () => {
  const root = parsed(elementCode(embedded));
  const player = root.querySelector("decodescope-player")!;
  expect(player.getAttribute("src")).toBe(embedded.src);
  expect(player.getAttribute("start-at")).toBe("42");
  expect(player.getAttribute("view")).toBe("tree");
  expect(player.getAttribute("theme")).toBe("dark");
  expect(player.querySelector("img")!.getAttribute("alt")).toBe(embedded.title);
  expect(player.querySelector("figcaption")!.textContent).toBe(embedded.caption);
  expect(root.querySelectorAll("script")).toHaveLength(1);
  expect(root.querySelector("script")!.getAttribute("src")).toBe(
    "https://decodescope.example/play/embed/decodescope-player.js",
  );
});

test("the frame has a title, waits until it is seen, and says the same in its address", () => {
  const frame = parsed(frameCode(embedded)).querySelector("iframe")!;
  expect(frame.getAttribute("title")).toBe(embedded.title);
  expect(frame.getAttribute("loading")).toBe("lazy");
  const address = new URL(frame.getAttribute("src")!);
  expect(address.pathname).toBe("/play/embed.html");
  expect(Object.fromEntries(address.searchParams)).toEqual({
    src: embedded.src,
    view: "tree",
    "start-at": "42",
    theme: "dark",
  });
});

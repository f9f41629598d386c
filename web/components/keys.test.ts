// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { commandFor, keptByWidget, rove, type Press } from "./keys.ts";
import { treeMove } from "./tree-keys.ts";

const press = (key: string, more: Partial<Press> = {}): Press => ({
  ...{ key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false },
  ...more,
});
const element = (html: string): HTMLElement => {
  document.body.innerHTML = html;
  return document.body.firstElementChild as HTMLElement;
};

test("each key has its command", () => {
  expect(commandFor(press("ArrowRight"))).toBe("event-forward");
  expect(commandFor(press("ArrowRight", { shiftKey: true }))).toBe("round-forward");
  expect(commandFor(press("PageUp"))).toBe("round-back");
  expect(commandFor(press("Home"))).toBe("first");
  expect(commandFor(press("End"))).toBe("last");
  expect(commandFor(press(" "))).toBe("toggle");
  expect(commandFor(press("3"))).toEqual({ share: 0.3 });
  expect(commandFor(press("x"))).toBeNull();
  expect(commandFor(press("ArrowRight", { altKey: true }))).toBeNull();
});

test("a widget keeps the keys it uses itself", () => {
  expect(keptByWidget(element("<input>"), press("ArrowLeft"))).toBe(true);
  expect(keptByWidget(element("<input type=range>"), press("ArrowLeft"))).toBe(false);
  expect(keptByWidget(element("<button></button>"), press(" "))).toBe(true);
  expect(keptByWidget(element("<div></div>"), press(" "))).toBe(false);
  const option = element('<span role="option"></span>');
  expect(keptByWidget(option, press("ArrowLeft"))).toBe(true);
  expect(keptByWidget(option, press("ArrowLeft", { shiftKey: true }))).toBe(false);
});

test("a roving widget has one tab stop, and it follows the focus", () => {
  const bar = element("<div><button>a</button><button>b</button><button>c</button></div>");
  const items = [...bar.querySelectorAll("button")];
  expect(rove(items, items[0]!, "ArrowRight")).toBe(items[1]);
  expect(document.activeElement).toBe(items[1]);
  expect(items.map((it) => it.tabIndex)).toEqual([-1, 0, -1]);
  expect(rove(items, items[1]!, "End")).toBe(items[2]);
  expect(rove(items, items[2]!, "x")).toBeNull();
});

describe("the tree follows the authoring practices", () => {
  const tree = () =>
    element(`<ul role="tree">
      <li role="treeitem" id="a" aria-expanded="true">
        <ul role="group"><li role="treeitem" id="b"></li><li role="treeitem" id="c"></li></ul>
      </li>
      <li role="treeitem" id="d" aria-expanded="false"></li>
    </ul>`);
  const go = (from: string, key: string) => {
    const root = tree();
    const move = treeMove(root, root.querySelector<HTMLElement>(`#${from}`)!, key);
    return move && (move.toggle ? "toggle" : (move.focus?.id ?? "stay"));
  };
  test.each([
    ["a", "ArrowDown", "b"],
    ["c", "ArrowDown", "d"],
    ["b", "ArrowUp", "a"],
    ["a", "ArrowRight", "b"],
    ["a", "ArrowLeft", "toggle"],
    ["c", "ArrowLeft", "a"],
    ["d", "ArrowRight", "toggle"],
    ["b", "ArrowRight", "stay"],
    ["c", "Home", "a"],
    ["a", "End", "d"],
  ])("%s %s → %s", (from, key, to) => expect(go(from, key)).toBe(to));
  test("other keys are left alone", () => expect(go("a", "x")).toBeNull());
});

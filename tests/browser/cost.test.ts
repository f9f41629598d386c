// The panel that prices a recorded run on imaginary machines, and the pages about it. No model is
// needed: they are quick.

import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { recorded, show } from "./figure.ts";
import { Site } from "./site.ts";

let site: Site;

beforeAll(async () => {
  site = await Site.start({ webgpu: false });
});

afterAll(() => site?.stop());

const panel = (page: Page) => page.locator("decodescope-cost");

async function open(search: string): Promise<Page> {
  return (await recorded(site, search)).page;
}

test("the panel is loaded when it is opened, says that it is modelled, and follows the machine", async () => {
  const page = await open("?example=speculative-decoding");
  await page.waitForLoadState("networkidle");
  const scripts: string[] = [];
  page.on("request", (it) => it.url().endsWith(".js") && scripts.push(it.url()));
  await show(page, "cost", 1);
  const modelled = panel(page).getByTestId("modelled");
  await modelled.waitFor();
  expect(scripts.some((it) => it.includes("/panel-"))).toBe(true);
  expect(await modelled.innerText()).toContain("modelled");
  expect(await panel(page).locator(".lead").innerText()).toContain("Modelled, not measured");
  const [before, measured] = [
    await modelled.innerText(),
    await panel(page).getByTestId("measured").innerText(),
  ];
  await panel(page).getByTestId("machine").selectOption("one slow core");
  const after = await modelled.innerText();
  expect(after).not.toBe(before);
  expect(after).toContain("slower than plain decoding");
  expect(await panel(page).getByTestId("measured").innerText()).toBe(measured);
  // A constant moved by keys makes a machine of the reader's own, and does not move the run.
  await panel(page).locator("summary").click();
  const slider = panel(page).getByTestId("constant-idleWatts");
  await slider.focus();
  await page.keyboard.press("ArrowRight");
  expect(await panel(page).getByTestId("machine").inputValue()).toBe("my own");
  expect(await panel(page).getByTestId("prices").locator("tbody tr").count()).toBe(6);
});

test("runs side by side are priced on one machine", async () => {
  const page = await open("?method=opt-tree&with=dyspec");
  const figures = page.getByTestId("figure");
  await figures.nth(1).waitFor();
  for (const it of await figures.all())
    await it.evaluate((it) => Object.assign(it, { view: "cost" }));
  await panel(page).nth(1).getByTestId("modelled").waitFor();
  await panel(page).first().getByTestId("machine").selectOption("ideal");
  for (const it of await panel(page).getByTestId("modelled").all())
    expect(await it.innerText()).toContain("on ideal");
});

test.each(["machine", "acceptance", "latency"])(
  "nothing of the part %s leaves the stage of a phone",
  async (part) => {
    const { page } = await recorded(site, "?example=pearl", {
      viewport: { width: 390, height: 844 },
    });
    await show(page, "cost", 1);
    await panel(page).getByTestId(`part-${part}`).click();
    const outside = await panel(page).evaluate((it) => {
      const edge = it.getBoundingClientRect().right + 0.5;
      const marks = it.shadowRoot!.querySelectorAll("svg, svg text, p, th, td, button, output");
      return [...marks]
        .filter((mark) => mark.getBoundingClientRect().right > edge)
        .map((mark) => `${mark.localName} ${mark.textContent!.trim().slice(0, 30)}`);
    });
    expect(outside).toEqual([]);
  },
);

test("each part links to its page, whose formulas are set, and back again", async () => {
  const page = await open("?example=speculative-decoding");
  await show(page, "cost", 1);
  const article = page.getByTestId("method-page");
  for (const [part, title] of [
    ["machine", "A run on an imaginary machine"],
    ["acceptance", "What guessing gains"],
    ["latency", "What a draft's time is made of"],
  ] as const) {
    await panel(page).getByTestId(`part-${part}`).click();
    await panel(page).locator(".lead a").click();
    await article.getByRole("heading", { name: title }).waitFor();
    expect(await article.locator(".katex-display").count()).toBeGreaterThan(0);
    expect(await article.locator(".katex-error").count()).toBe(0);
    expect(await article.locator('a[href*="arxiv.org/abs/"]').count()).toBeGreaterThan(0);
  }
  await page.getByTestId("back").click();
  await article.getByRole("heading", { name: "Speculative decoding" }).waitFor();
});

test("the page about machines prices every recorded run", async () => {
  const page = await open("?example=pearl#about=hades-cost-panel");
  await page.getByTestId("price-all").click();
  const rows = page.getByTestId("cost-table").locator("tbody tr");
  const count = await page.getByTestId("example").count();
  await rows.nth(count - 1).waitFor();
  const cells = (name: string) =>
    rows.filter({ has: page.getByRole("rowheader", { name, exact: true }) }).locator("td");
  // Tokens a pass, then the five presets: plain sampling gains nothing anywhere.
  const plain = await cells("Greedy and sampling").allInnerTexts();
  expect(plain).toEqual(["1.00", "1.00×", "1.00×", "1.00×", "1.00×", "1.00×"]);
  // Arithmetic limits one slow core, so guessing loses there what it gains elsewhere.
  const gains = (await cells("Speculative decoding").allInnerTexts()).map(parseFloat);
  expect(gains[1]).toBeLessThan(1);
  expect(gains[2]).toBeGreaterThan(1);
});

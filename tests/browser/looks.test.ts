// Whether the states of tokens can be told apart without colour.

import { afterAll, beforeAll, expect, test } from "vitest";
import type { Locator, Page } from "playwright-core";
import { recorded } from "./figure.ts";
import { Site } from "./site.ts";

let site: Site;
let page: Page;

beforeAll(async () => {
  site = await Site.start({ webgpu: false });
  ({ page } = await recorded(site, "?method=speculative-decoding"));
});

afterAll(() => site?.stop());

/** Mean difference of grey levels, 0…255, between two pictures of one size. */
async function difference(a: Buffer, b: Buffer): Promise<number> {
  const pictures = [a, b].map((it) => `data:image/png;base64,${it.toString("base64")}`);
  return page.evaluate(async (pictures) => {
    const greys = await Promise.all(
      pictures.map(async (address) => {
        const image = new Image();
        image.src = address;
        await image.decode();
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [24, 16];
        const context = canvas.getContext("2d")!;
        context.drawImage(image, 0, 0, 24, 16);
        const { data } = context.getImageData(0, 0, 24, 16);
        return Array.from(
          { length: 24 * 16 },
          (_, i) => (data[4 * i]! + data[4 * i + 1]! + data[4 * i + 2]!) / 3,
        );
      }),
    );
    const [one, two] = greys as [number[], number[]];
    return one.reduce((sum, grey, i) => sum + Math.abs(grey - two[i]!), 0) / one.length;
  }, pictures);
}

async function swatches(): Promise<{ name: string; picture: Buffer }[]> {
  const items: Locator = page.getByTestId("figure").first().locator(".legend > *");
  const found = [];
  for (let i = 0; i < (await items.count()); i++) {
    const item = items.nth(i);
    const name = (await item.innerText()).trim();
    found.push({ name, picture: await item.locator("i").screenshot() });
  }
  return found;
}

test.each(["achromatopsia", "deuteranopia", "protanopia", "tritanopia"] as const)(
  "the states of tokens differ for an eye with %s",
  async (type) => {
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setEmulatedVisionDeficiency", { type });
    const found = await swatches();
    expect(found.length).toBeGreaterThanOrEqual(5);
    const alike: string[] = [];
    for (const [i, a] of found.entries()) {
      for (const b of found.slice(i + 1)) {
        const grey = await difference(a.picture, b.picture);
        if (grey < 8) alike.push(`${a.name} and ${b.name}: ${grey.toFixed(1)}`);
      }
    }
    expect(alike).toEqual([]);
    await session.send("Emulation.setEmulatedVisionDeficiency", { type: "none" });
  },
);

/** An SVG as pixels. */

/** A font that the picture carries, with a sign that shows whether it has come. */
interface Probe {
  looks: string;
  sign: string;
}

/** Pixels of the strip below the picture, a square for each font. */
const SQUARE = 32;
const PATIENCE_MS = 5000;

/** A picture of an SVG, `scale` times as fine. Errors: a browser that cannot draw it. */
export async function rasterised(svg: string, scale: number): Promise<HTMLCanvasElement> {
  const probes = probesOf(svg);
  const size = /<svg[^>]*? width="(\d+)" height="(\d+)"/.exec(svg);
  if (!size) throw new Error("This is no picture of ours: it has no size.");
  const [width, height] = [Number(size[1]), Number(size[2])];
  const image = new Image();
  const tried = probes.length > 0 ? withStrip(svg, width, height, probes) : svg;
  image.src = URL.createObjectURL(new Blob([tried], { type: "image/svg+xml" }));
  try {
    await image.decode();
    await fontsCame(image, height, probes);
    const [canvas, context] = canvasOf(Math.round(width * scale), Math.round(height * scale));
    // The strip falls off the canvas.
    context.drawImage(image, 0, 0, image.naturalWidth * scale, image.naturalHeight * scale);
    return canvas;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

function canvasOf(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser gives no canvas to draw the picture on.");
  return [canvas, context];
}

function probesOf(svg: string): Probe[] {
  const rules = svg.matchAll(/@font-face\{(.*?);unicode-range:(.*?);/g);
  return [...rules].flatMap(([, looks, range]) => {
    const codes = range!.split(",").map((it) => parseInt(it.slice(2), 16));
    // Not a space, nor an accent alone.
    const code = codes.find((it) => it > 0x20 && it !== 0xa0 && !(it >= 0x300 && it < 0x370));
    return code === undefined ? [] : [{ looks: looks!, sign: `&#${code};` }];
  });
}

/** Signs of all fonts below the picture, so that what has come can be seen there. */
function withStrip(svg: string, width: number, height: number, probes: readonly Probe[]): string {
  const [wide, high] = [Math.max(width, SQUARE * probes.length), height + SQUARE];
  const signs = probes.map(({ looks, sign }, i) => {
    // A file stands for a range of weights; one of them will do.
    const style = looks.replace(/font-weight:(\d+) \d+/, "font-weight:$1").replaceAll('"', "'");
    const at = `x="${SQUARE * i + 8}" y="${height + 22}"`;
    return `<text ${at} fill="#000" font-size="20" style="${style}">${sign}</text>`;
  });
  const paper = `<rect y="${height}" width="${wide}" height="${SQUARE}" fill="#fff"/>`;
  return svg
    .replace(` width="${width}" height="${height}"`, ` width="${wide}" height="${high}"`)
    .replace(` viewBox="0 0 ${width} ${height}"`, ` viewBox="0 0 ${wide} ${high}"`)
    .replace(/<\/svg>\s*$/, `${paper}${signs.join("")}</svg>`);
}

/**
 * Waits for the fonts inside a picture. A browser calls a picture decoded before they have come, and
 * draws no text until then; no event tells when.
 */
async function fontsCame(image: HTMLImageElement, height: number, probes: readonly Probe[]) {
  if (probes.length === 0) return;
  const [, context] = canvasOf(SQUARE * probes.length, SQUARE);
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    context.drawImage(image, 0, -height);
    const inked = probes.every((_, i) => {
      const { data } = context.getImageData(SQUARE * i, 0, SQUARE, SQUARE);
      for (let at = 0; at < data.length; at += 4) if (data[at]! < 160) return true;
      return false;
    });
    if (inked) return;
    if (performance.now() > end) throw new Error("The fonts of the picture did not load.");
    await new Promise((done) => setTimeout(done));
  }
}

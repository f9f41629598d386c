import { expect, test } from "vitest";
import { textUpTo, TooLarge } from "./limited.ts";

/** An answer in pieces, and how many of them were asked for. */
function answer(pieces: string[], headers: Record<string, string> = {}) {
  const encoded = pieces.map((it) => new TextEncoder().encode(it));
  const asked = { pieces: 0, cancelled: false };
  const body = new ReadableStream(
    {
      pull(control) {
        const piece = encoded[asked.pieces++];
        if (piece) control.enqueue(piece);
        else control.close();
      },
      cancel: () => void (asked.cancelled = true),
    },
    { highWaterMark: 0 },
  );
  return { response: new Response(body, { headers }), asked };
}

test("a short answer comes whole, letters that two pieces share too", async () => {
  const fox = new TextEncoder().encode("🦊");
  const body = new ReadableStream({
    start(control) {
      control.enqueue(fox.slice(0, 2));
      control.enqueue(fox.slice(2));
      control.close();
    },
  });
  expect(await textUpTo(4, new Response(body))).toBe("🦊");
});

test("what is stated to be longer is not begun", async () => {
  const { response, asked } = answer(["aaaa", "bbbb"], { "content-length": "2500000" });
  const said = await textUpTo(1_000_000, response).catch((error: unknown) => error);
  expect(said).toBeInstanceOf(TooLarge);
  expect((said as Error).message).toBe("it has 3 MB or more");
  expect(asked).toEqual({ pieces: 0, cancelled: true });
});

test("what turns out to be longer is left there", async () => {
  const { response, asked } = answer(Array.from({ length: 100 }, () => "abcd"));
  await expect(textUpTo(10, response)).rejects.toMatchObject({ name: "TooLarge", bytes: 12 });
  expect(asked).toEqual({ pieces: 3, cancelled: true });
});

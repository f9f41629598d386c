import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { paced } from "./paced.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("the first value is said at once, the next ones when their time has come", () => {
  const said: number[] = [];
  const { tell } = paced<number>(33, (it) => said.push(it));
  [1, 2, 3].forEach(tell);
  expect(said).toEqual([1]);
  vi.advanceTimersByTime(33);
  expect(said).toEqual([1, 3]);
  vi.advanceTimersByTime(100);
  tell(4);
  expect(said).toEqual([1, 3, 4]);
});

test("when no more comes, what came last is said; after a stop nothing is", () => {
  const said: number[] = [];
  const { tell, stop } = paced<number>(33, (it) => said.push(it));
  [1, 2].forEach(tell);
  vi.advanceTimersByTime(1000);
  expect(said).toEqual([1, 2]);
  [3, 4].forEach(tell);
  stop();
  vi.advanceTimersByTime(1000);
  expect(said).toEqual([1, 2, 3]);
});

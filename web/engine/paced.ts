/** A teller that speaks at most once in a while, and yet always says the last word. */
export interface Paced<T> {
  tell(value: T): void;
  /** Nothing more is said, not even what is still due. */
  stop(): void;
}

/** Hands at most one value in `ms` milliseconds to `say`; what came last is said even if no more comes. */
export function paced<T>(ms: number, say: (value: T) => void): Paced<T> {
  let due: ReturnType<typeof setTimeout> | undefined;
  let last: T;
  let said = -Infinity;
  const now = () => {
    due = undefined;
    said = performance.now();
    say(last);
  };
  return {
    tell(value) {
      last = value;
      if (due !== undefined) return;
      const wait = said + ms - performance.now();
      if (wait <= 0) now();
      else due = setTimeout(now, wait);
    },
    stop() {
      clearTimeout(due);
    },
  };
}

// The pseudo-code of a method, from the ```pseudo block of its page. `line` events count from 1.

export function pseudoLines(page: string): string[] {
  const block = /^```pseudo[^\n]*\n([\s\S]*?)^```/m.exec(page);
  return block ? block[1]!.replace(/\n$/, "").split("\n") : [];
}

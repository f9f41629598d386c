import { describe, expect, test } from "vitest";
import {
  bestGamma,
  contrastiveSpeedUp,
  expectedTokens,
  operations,
  pearlSpeedUp,
  pearlTokens,
  reaches,
  speedUp,
  speedUpOf,
  treeTokens,
  type Guess,
} from "./acceptance.ts";

const ALPHAS = [0, 0.3, 0.5, 0.8, 0.95, 1];

describe("tokens of a round", () => {
  test("are those worked by hand for α = .8", () => {
    const found = [1, 2, 3, 4, 5].map((gamma) => expectedTokens(0.8, gamma));
    [1.8, 2.44, 2.952, 3.3616, 3.68928].forEach((wanted, i) =>
      expect(found[i]).toBeCloseTo(wanted, 10),
    );
  });

  test("are γ + 1 when all guesses are kept, 1 when none is", () => {
    expect([expectedTokens(1, 7), expectedTokens(0, 7)]).toEqual([8, 1]);
    expect(expectedTokens(1 - 1e-9, 7)).toBeCloseTo(8, 6);
  });

  test("are the sum over positions of the chance to get there", () => {
    for (const alpha of ALPHAS) {
      const sum = [0, 1, 2, 3, 4].reduce((total, i) => total + reaches(alpha, i), 0);
      expect(expectedTokens(alpha, 4)).toBeCloseTo(sum, 12);
    }
  });

  test("differ where α depends on the token before: 2.8845 on T4, not 2.952", () => {
    // Rows of T4: target and draft, by the last token.
    const P = [
      [0.5, 0.3, 0.15, 0.05],
      [0.1, 0.6, 0.2, 0.1],
      [0.25, 0.25, 0.25, 0.25],
      [0.05, 0.15, 0.3, 0.5],
    ];
    const Q = [
      [0.3, 0.4, 0.2, 0.1],
      [0.2, 0.3, 0.3, 0.2],
      [0.4, 0.3, 0.2, 0.1],
      [0.1, 0.1, 0.2, 0.6],
    ];
    const kept = P.map((row, s) => row.map((p, x) => Math.min(p, Q[s]![x]!)));
    const alphas = kept.map((row) => row.reduce((a, b) => a + b, 0));
    [0.8, 0.7, 0.8, 0.85].forEach((wanted, s) => expect(alphas[s]).toBeCloseTo(wanted, 12));
    // The round as a tree of all drafts there are: an edge is kept with min(p, q).
    const guesses: Guess[] = [];
    const grow = (parent: number | null, state: number, left: number) => {
      if (left === 0) return;
      kept[state]!.forEach((keep, token) => {
        guesses.push({ parent, keep });
        grow(guesses.length - 1, token, left - 1);
      });
    };
    grow(null, 0, 3);
    expect(treeTokens(guesses)).toBeCloseTo(2.8845, 10);
    expect(expectedTokens(alphas[0]!, 3)).toBeCloseTo(2.952, 10);
  });

  test("of a tree add the chance of every node; a chain is a tree", () => {
    const chain: Guess[] = [0, 1, 2].map((i) => ({ parent: i === 0 ? null : i - 1, keep: 0.8 }));
    expect(treeTokens(chain)).toBeCloseTo(2.952, 10);
    expect(treeTokens([])).toBe(1);
    const branching: Guess[] = [
      { parent: null, keep: 0.6 },
      { parent: null, keep: 0.3 },
      { parent: 0, keep: 0.5 },
    ];
    expect(treeTokens(branching)).toBeCloseTo(1 + 0.6 + 0.3 + 0.3, 12);
  });
});

describe("the gain", () => {
  test("is 2.95142 for α = .8, γ = 5, c = .05", () => {
    expect(speedUp(0.8, 5, 0.05)).toBeCloseTo(2.95142, 5);
  });

  // Card of acceptance-theory: best γ and its gain, by c and α = .5 .6 .7 .8 .9.
  const TABLE: [number, [number, number][]][] = [
    [
      0.02,
      [
        [4, 1.794],
        [6, 2.17],
        [8, 2.758],
        [11, 3.817],
        [19, 6.365],
      ],
    ],
    [
      0.05,
      [
        [3, 1.63],
        [4, 1.921],
        [6, 2.353],
        [8, 3.092],
        [13, 4.674],
      ],
    ],
    [
      0.1,
      [
        [2, 1.458],
        [3, 1.674],
        [4, 1.981],
        [6, 2.47],
        [10, 3.431],
      ],
    ],
    [
      0.2,
      [
        [1, 1.25],
        [2, 1.4],
        [3, 1.583],
        [4, 1.868],
        [7, 2.373],
      ],
    ],
    [
      0.3,
      [
        [1, 1.154],
        [1, 1.231],
        [2, 1.369],
        [3, 1.554],
        [5, 1.874],
      ],
    ],
    [
      0.5,
      [
        [0, 1],
        [1, 1.067],
        [1, 1.133],
        [2, 1.22],
        [3, 1.376],
      ],
    ],
  ];
  test.each(TABLE)("is greatest where the table says, c = %f", (c, row) => {
    row.forEach(([gamma, gain], i) => {
      const best = bestGamma(0.5 + i / 10, c);
      expect(best.gamma).toBe(gamma);
      expect(best.speedUp).toBeCloseTo(gain, 3);
    });
  });

  test("exists exactly when α > c, and is then at least that of one guess", () => {
    for (let alpha = 0.05; alpha < 1; alpha += 0.05)
      for (const c of [0.02, 0.1, 0.33, 0.52, 0.77]) {
        const { gamma, speedUp: gain } = bestGamma(alpha, c);
        expect(gamma > 0).toBe(alpha > c);
        if (gamma > 0) expect(gain).toBeGreaterThanOrEqual((1 + alpha) / (1 + c) - 1e-12);
      }
  });

  test("with passes that take as long at any width is the flat formula", () => {
    const flat = { draft: 0.3, target: () => 3 };
    expect(speedUpOf(0.7, 4, flat)).toBeCloseTo(speedUp(0.7, 4, 0.1), 12);
    const wide = { draft: 0.3, target: (rows: number) => 3 * rows };
    expect(speedUpOf(0.7, 4, wide)).toBeLessThan(1);
  });
});

test("operations: no guess costs what plain decoding costs, every guess more", () => {
  expect(operations(0.8, 0, 0.1)).toBe(1);
  expect(operations(0.8, 5, 0.05)).toBeCloseTo((0.2 * (0.25 + 6)) / (1 - 0.8 ** 6), 12);
  for (const alpha of ALPHAS)
    for (let gamma = 1; gamma < 12; gamma++)
      expect(operations(alpha, gamma, 0.1)).toBeGreaterThan(operations(alpha, gamma - 1, 0.1));
});

describe("other rounds", () => {
  test("PEARL's tokens are those worked by hand", () => {
    expect(pearlTokens(0.8, 5)).toBeCloseTo(2.2832, 4);
    expect(pearlTokens(0.6, 4)).toBeCloseTo(1.4799, 4);
    expect(pearlTokens(0.9, 8)).toBeCloseTo(3.8756, 4);
    expect(pearlTokens(1, 6)).toBe(6);
    expect(pearlTokens(1 - 1e-9, 6)).toBeCloseTo(6, 5);
  });

  test("PEARL gains 2.283 where a chain gains 1.868", () => {
    expect(pearlSpeedUp(0.8, 5, 0.2)).toBeCloseTo(2.283, 3);
    expect(bestGamma(0.8, 0.2).speedUp).toBeCloseTo(1.868, 3);
    // A slow draft makes the round wait for it.
    expect(pearlSpeedUp(0.8, 5, 0.4)).toBeCloseTo(2.2832 / 2, 4);
  });

  test("contrastive decoding pays one draft pass more when all guesses are kept", () => {
    const [alpha, gamma, c] = [0.8, 4, 0.1];
    expect(contrastiveSpeedUp(alpha, gamma, c)).toBeCloseTo(3.3616 / (1 + 0.4 + 0.1 * 0.4096), 10);
    expect(contrastiveSpeedUp(0, 4, c)).toBe(speedUp(0, 4, c));
  });
});

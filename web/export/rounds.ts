/** What each round of a run gave, as a table in Markdown or LaTeX. */
import type { Trace } from "../generated/Trace.ts";
import { fold } from "../trace/fold.ts";
import { pieces, visible } from "../trace/words.ts";
import { isTargetPass } from "../trace/stats.ts";
import { NEEDS_T1, texText, withSigns } from "./tex.ts";

interface Line {
  round: number;
  /** Passes of the whole target. */
  passes: number;
  drafted: number;
  accepted: number;
  /** The tokens that became text, white space made visible. */
  text: string;
}

const TITLES = ["round", "target passes", "guessed", "kept", "text"] as const;

export function lines({ events, vocabulary }: Pick<Trace, "events" | "vocabulary">): Line[] {
  const state = fold(events);
  return state.rounds.map((round) => {
    const committed = round.nodes
      .map((id) => state.nodes[id]!)
      .filter((it) => it.committed && it.lane === 0)
      .sort((a, b) => a.depth - b.depth);
    const cut = pieces(
      vocabulary,
      committed.map((it) => it.token),
    );
    return {
      round: round.index + 1,
      passes: round.passes.filter((it) => isTargetPass(state.passes[it]!)).length,
      drafted: round.drafted,
      accepted: round.accepted,
      text: cut.map((it) => visible(it.text)).join(""),
    };
  });
}

export function markdown(trace: Pick<Trace, "events" | "vocabulary">): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  // A backslash before every sign that Markdown or HTML would read.
  const plain = (text: string) => text.replace(/[\\`*_{}[\]<>()#+\-.!|&~^$]/g, "\\$&");
  return [
    row(TITLES),
    "|--:|--:|--:|--:|:--|",
    ...lines(trace).map((it) =>
      row([it.round, it.passes, it.drafted, it.accepted, plain(it.text)]),
    ),
    "",
  ].join("\n");
}

/** Needs the package `fontenc` with `T1` for quotation marks. */
export function latex(trace: Pick<Trace, "events" | "vocabulary">): string {
  const lined = [
    NEEDS_T1,
    "\\begin{tabular}{rrrrl}",
    "\\hline",
    `${TITLES.join(" & ")} \\\\`,
    "\\hline",
    ...lines(trace).map(
      (it) =>
        `${it.round} & ${it.passes} & ${it.drafted} & ${it.accepted} & ${texText(it.text)} \\\\`,
    ),
    "\\hline",
    "\\end{tabular}",
    "",
  ];
  return withSigns(lined.join("\n"));
}

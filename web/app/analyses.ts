/** Pages about runs of any method: what the view "Cost" computes. Their text is in `web/docs/analyses`. */

export interface Analysis {
  id: string;
  title: string;
}

export const ANALYSES: readonly Analysis[] = [
  { id: "hades-cost-panel", title: "A run on an imaginary machine" },
  { id: "acceptance-theory", title: "What guessing gains" },
  { id: "draft-latency-model", title: "What a draft’s time is made of" },
];

const ABOUT = "#about=";

export const addressOf = ({ id }: Analysis): string => ABOUT + id;

/** The analysis that a hash asks for; any view may link to one. */
export function analysisIn(hash: string): Analysis | undefined {
  if (!hash.startsWith(ABOUT)) return undefined;
  return ANALYSES.find((it) => it.id === hash.slice(ABOUT.length));
}

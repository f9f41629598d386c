// The inspector: everything known of the token the reader points at, and the sentence that says
// why. Shows `grow`, `score`, `sample` and `judge` of one node.

import { css, html, nothing, type TemplateResult } from "lit";
import { childWith, type NodeState } from "../trace/state.ts";
import { isTargetPass } from "../trace/stats.ts";
import { tokenName } from "../trace/words.ts";
import { acceptance, tossesCoin } from "./coin-numbers.ts";
import { renderCoin } from "./coin.ts";
import { fixed } from "./part/number.ts";
import {
  entropyAtLeast,
  milliseconds,
  nodeName,
  probability,
  proposed,
  targetRow,
  targeted,
} from "./parts.ts";
import { isUntested, STATUS, UNTESTED } from "./text.ts";
import type { Scene } from "./view.ts";
import { trouble, why } from "./why.ts";
import { t } from "../language/t.ts";

/** What the inspector is about: what is pointed at, else what happens now. */
export function subject(scene: Scene): { node: number | null; token: number | null } {
  const { selection, state } = scene;
  if (selection.node !== null && state.nodes[selection.node])
    return { node: selection.node, token: selection.token };
  return state.focus ?? { node: null, token: null };
}

/** The node of the subject, when it was grown. */
function subjectNode(scene: Scene): NodeState | undefined {
  const { node, token } = subject(scene);
  if (node === null) return undefined;
  return token === null ? scene.state.nodes[node] : childWith(scene.state, node, token);
}

export function sentence(scene: Scene): string {
  return why(scene.state, subject(scene), scene.vocabulary);
}

export function renderInspector(scene: Scene, maxNewTokens: number | null): TemplateResult {
  const at = subject(scene);
  const node = subjectNode(scene);
  const warning = trouble(scene.state, maxNewTokens);
  if (at.node === null) return html`<section class="inspector"></section>`;
  const name = node
    ? nodeName(scene, node)
    : tokenName(scene.vocabulary, at.token ?? scene.state.nodes[at.node]?.token ?? 0);
  const last = scene.state.sample?.event;
  const state = last?.node === at.node && last.token === at.token ? t`just drawn` : t`possible`;
  return html`<section class="inspector" aria-label=${t`Inspector`}>
    <header>
      <b class="word">${name}</b>
      <span class="state ${node?.status ?? ""}">${node ? statusName(node) : state}</span>
    </header>
    <p class="why">${sentence(scene)}</p>
    ${node ? renderNumbers(scene, node) : nothing} ${node ? renderCoin(scene, node) : nothing}
    ${warning ? html`<p class="trouble">${warning}</p>` : nothing}
  </section>`;
}

function statusName(node: NodeState): string {
  if (node.token === null) return t(node.by);
  if (node.by === "target" && node.status === "pruned") return t`candidate, dropped`;
  if (node.status === "chosen" && !node.committed) return t`candidate`;
  return t(isUntested(node) ? UNTESTED : STATUS[node.status].name);
}

/** [name, value, definition] */
type Fact = readonly [string, string, string];

function facts(scene: Scene, node: NodeState): Fact[] {
  const { state, recorded } = scene;
  const verdict = node.judges.at(-1)?.event;
  const draw = node.draw?.event;
  const q = proposed(node);
  const p = targeted(state, node);
  const row = targetRow(state, node.parent);
  const rank = row ? row.top.findIndex(([token]) => token === node.token) : -1;
  const pass = state.nodes[node.parent ?? -1]?.scored.findLast((it) =>
    isTargetPass(state.passes[it.pass]!),
  )?.pass;
  const ms = pass === undefined ? undefined : recorded?.pass_ms[pass];
  const found: (Fact | false | null | undefined)[] = [
    p !== null && [
      "p",
      probability(p),
      "Probability the target gives this token here; after filters where it was tested.",
    ],
    q !== null && ["q", probability(q), "Probability under the one who proposed it."],
    verdict &&
      tossesCoin(verdict) && [
        "keep",
        probability(acceptance(verdict)),
        "Probability that the rule keeps this guess: min(1, p/q), or p for a guess not drawn.",
      ],
    verdict && verdict.u !== null
      ? [
          "u",
          fixed(verdict.u, 4),
          "The uniform that decided: of the test, or of the target's draw.",
        ]
      : draw && draw.u !== null
        ? ["u", fixed(draw.u, 4), "The uniform of the draw: the needle on the ruler."]
        : null,
    row && [
      "rank",
      rank < 0 ? `> ${row.top.length}` : String(rank + 1),
      "Place among the target's tokens here, the most probable first.",
    ],
    row && [
      "entropy",
      `≥ ${fixed(entropyAtLeast(row))} bit`,
      "How undecided the target is here. At least so much: tokens the trace does not list count as one.",
    ],
    pass !== undefined && [
      "pass",
      `${state.passes[pass]!.pass + 1}`,
      "The pass of the target that scored it.",
    ],
    ms !== undefined && ["took", milliseconds(ms), "Measured time of that pass."],
    ["place", String(node.depth + 1), "Position in the sequence, prompt included."],
    ["by", t(node.by), "Who proposed it."],
  ];
  return found.filter((it) => !!it);
}

function renderNumbers(scene: Scene, node: NodeState): TemplateResult {
  return html`<dl>
    ${facts(scene, node).map(
      ([name, value, meaning]) =>
        html`<div title=${t(meaning)}>
          <dt>${t(name)}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

export const inspectorStyles = css`
  .inspector {
    min-height: 13rem;
  }
  .inspector header {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 var(--space-2);
  }
  .inspector .word {
    font: 600 var(--size-5) / 1.3 var(--font-text);
    overflow-wrap: anywhere;
  }
  .inspector .state {
    font-size: var(--size-1);
    color: var(--ink-2);
  }
  .inspector .state.accepted {
    color: var(--state-accepted-ink);
  }
  .inspector .state.rejected {
    color: var(--state-rejected-ink);
  }
  .inspector .state.recovered {
    color: var(--state-recovered-ink);
  }
  .inspector .state.bonus {
    color: var(--state-bonus-ink);
  }
  .inspector .why {
    margin: var(--space-1) 0 var(--space-2);
    font: var(--size-3) / 1.45 var(--font-text);
    /* Room for the longest usual sentence, so that the numbers below stay in place. */
    min-height: 4.35em;
  }
  .inspector .trouble {
    margin: var(--space-2) 0;
    padding-left: var(--space-2);
    border-left: 3px solid var(--state-rejected);
    font: var(--size-2) / 1.45 var(--font-text);
  }
  .inspector dl {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(4.1rem, 1fr));
    gap: 2px var(--space-1);
    margin: 0 0 var(--space-2);
  }
  .inspector dt {
    font-size: var(--size-1);
    color: var(--ink-2);
  }
  .inspector dd {
    margin: 0;
    font-size: var(--size-2);
    overflow-wrap: anywhere;
  }
`;

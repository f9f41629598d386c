// The coin of one test: a bar from 0 to 1, filled up to the probability of keeping the guess, with
// the needle u on it; q and p of the guess; and what the rule falls back on. Shows one `judge`.

import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import type { TopRow } from "../generated/TopRow.ts";
import type { EventOf, NodeState } from "../trace/state.ts";
import { shortened, tokenName } from "../trace/words.ts";
import { acceptance, tossesCoin } from "./coin-numbers.ts";
import { fixed, trimmed } from "./part/number.ts";
import { equals, hatch, probability } from "./parts.ts";
import type { Scene } from "./view.ts";
import { t } from "../language/t.ts";

const WIDTH = 280;
const LEFT = 8;
const ACROSS = WIDTH - 2 * LEFT;
const x = (value: number): number => LEFT + Math.min(1, Math.max(0, value)) * ACROSS;

/** Nothing when the node was not put to a coin. */
export function renderCoin(scene: Scene, node: NodeState): TemplateResult | typeof nothing {
  const verdict = node.judges.at(-1)?.event;
  if (!verdict || !tossesCoin(verdict)) return nothing;
  const { p, q, u, accepted, residual } = verdict;
  const keep = acceptance(verdict);
  const scale = verdict.scale ?? 1;
  const scaled = scale === 1 ? "q" : `(${trimmed(scale)} q)`;
  const formula = q === null ? "p" : `min(1, p/${scaled})`;
  const label = t`Keep below ${fixed(keep, 4)}; the coin was ${fixed(u!, 4)}: ${accepted ? t`kept` : t`rejected`}.`;
  return html`<section class="coin">
    <svg viewBox="0 0 ${WIDTH} 84" role="img" aria-label=${label}>
      <defs>${hatch("coin-hatch")}</defs>
      <rect
        class="miss"
        x=${LEFT}
        y="22"
        width=${ACROSS}
        height="18"
        fill="url(#coin-hatch)"
      ></rect>
      <rect class="hit" x=${LEFT} y="22" width=${keep * ACROSS} height="18"></rect>
      <rect class="frame" x=${LEFT} y="22" width=${ACROSS} height="18"></rect>
      <line class="edge" x1=${x(keep)} x2=${x(keep)} y1="22" y2="46"></line>
      <text class="fine" x=${x(keep)} y="58" text-anchor=${anchor(keep)}>
        ${equals(formula, keep)}
      </text>
      <path class="needle" d="M${x(u!)} 40V14"></path>
      <circle class="needle-head" cx=${x(u!)} cy="12" r="4"></circle>
      <text
        class="u"
        x=${u! > 0.75 ? x(u!) - 8 : x(u!) + 8}
        y="15"
        text-anchor=${u! > 0.75 ? "end" : "start"}
      >
        u = ${fixed(u!, 3)} · ${accepted ? t`kept` : t`rejected`} ${accepted ? "✓" : "×"}
      </text>
      <text class="fine" x=${LEFT} y="76">0</text>
      <text class="fine" x=${WIDTH - LEFT} y="76" text-anchor="end">1</text>
    </svg>
    ${q === null ? nothing : renderPair(q, p)}
    ${residual && !accepted ? renderResidual(scene, node, verdict, residual) : nothing}
  </section>`;
}

const anchor = (at: number): string => (at < 0.25 ? "start" : at > 0.75 ? "end" : "middle");

function bar(kind: string, name: string, value: number, y: number): SVGTemplateResult {
  const across = ACROSS - 74;
  return svg`<text class="fine" x=${LEFT} y=${y + 10}>${name}</text>
    <rect class="ground" x=${LEFT + 30} y=${y} width=${across} height="12"></rect>
    <rect class=${kind} x=${LEFT + 30} y=${y} width=${Math.min(1, value) * across} height="12"></rect>
    <text class="fine" x=${WIDTH - LEFT} y=${y + 10} text-anchor="end">${probability(value)}</text>`;
}

function renderPair(q: number, p: number): TemplateResult {
  return html`<svg
    viewBox="0 0 ${WIDTH} 34"
    role="img"
    aria-label=${t`Draft ${equals("q", q)}, target ${equals("p", p)}`}
  >
    ${bar("of-draft", "q", q, 2)}${bar("of-target", "p", p, 18)}
  </svg>`;
}

/** Where the target exceeds the draft: the area the replacement is drawn from. */
function renderResidual(
  scene: Scene,
  node: NodeState,
  { q, rule, scale }: EventOf<"judge">,
  residual: TopRow,
): TemplateResult {
  const left =
    q === null
      ? t`p without the rejected guess`
      : rule === "k_seq"
        ? html`(p − ${trimmed(scale ?? 1)} q)<sub>+</sub>`
        : html`(p − q)<sub>+</sub>`;
  const rows = residual.top.slice(0, 5);
  const taken = scene.state.nodes[node.parent ?? -1]?.children
    .map((id) => scene.state.nodes[id]!)
    .find((it) => it.status === "recovered")?.token;
  const height = rows.length * 17 + (residual.rest > 0.0005 ? 17 : 0) + 4;
  const across = ACROSS - 128;
  const line = (name: string, p: number, y: number, token: number | null) => svg`<g
      class="residual ${token !== null && token === taken ? "taken" : ""}"
      data-after=${token === null ? nothing : node.parent}
      data-token=${token ?? nothing}
    >
      <rect class="reach" x="0" y=${y} width=${WIDTH} height="16"></rect>
      <text class="word" x=${LEFT} y=${y + 12}>${shortened(name, 11)}</text>
      <rect class="area" x=${LEFT + 84} y=${y + 2} width=${Math.max(0.5, p * across)} height="12"></rect>
      <text class="fine" x=${WIDTH - LEFT} y=${y + 12} text-anchor="end">${probability(p)}</text>
    </g>`;
  return html`<h4>${t`Left over for the target, made to sum to 1:`} ${left}</h4>
    <svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label=${t`What the rule falls back on`}>
      ${rows.map(([token, logProb], i) =>
        line(tokenName(scene.vocabulary, token), Math.exp(logProb), 2 + i * 17, token),
      )}
      ${
        residual.rest > 0.0005
          ? line(t`other tokens`, residual.rest, 2 + rows.length * 17, null)
          : nothing
      }
    </svg>`;
}

export const coinStyles = css`
  .coin svg {
    display: block;
    width: 100%;
    max-width: 340px;
  }
  .coin h4 {
    margin: var(--space-2) 0 0;
    font: var(--size-1) / 1.5 var(--font-label);
    color: var(--ink-2);
  }
  .coin .miss {
    opacity: 0.3;
  }
  .coin .hit {
    fill: var(--state-accepted);
    opacity: 0.75;
  }
  .coin .frame {
    fill: none;
    stroke: var(--rule-strong);
  }
  .coin .edge {
    stroke: var(--state-accepted-ink);
    stroke-width: 1.5;
  }
  .coin .needle {
    stroke: var(--ink);
    stroke-width: 2;
  }
  .coin .needle-head {
    fill: var(--ink);
  }
  .coin .u {
    font-size: 12px;
    font-weight: 600;
  }
  .coin .ground {
    fill: var(--paper-3);
  }
  .coin .of-draft {
    fill: var(--of-draft);
  }
  .coin .of-target {
    fill: var(--of-target);
  }
  .coin .area {
    fill: color-mix(in srgb, var(--state-recovered) 60%, var(--paper));
    stroke: var(--rule-strong);
    stroke-width: 0.5;
  }
  .coin .word {
    font: 13px var(--font-text);
  }
  .coin .taken .area {
    fill: var(--state-recovered);
    stroke: var(--ink);
    stroke-width: 1.5;
  }
  .coin .taken .word {
    font-weight: 600;
  }
`;

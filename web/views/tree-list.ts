// The draft tree as a nested list, for the keyboard and for screen readers. One tab stop; unseen
// until the focus enters it. Shows the same guesses as the drawing, in the same order.

import { css, html, nothing, type TemplateResult } from "lit";
import type { NodeState } from "../trace/state.ts";
import { nodeName, probability, proposed, targeted } from "./parts.ts";
import { STATUS } from "./text.ts";
import type { Growth } from "./tree.ts";
import type { Scene } from "./view.ts";
import { t } from "../language/t.ts";

export function renderTreeList(scene: Scene, growth: Growth): TemplateResult | typeof nothing {
  const below = new Map<number, NodeState[]>();
  for (const node of growth.nodes)
    below.set(node.parent!, [...(below.get(node.parent!) ?? []), node]);
  const top = below.get(growth.head) ?? [];
  if (top.length === 0) return nothing;
  const stop = growth.nodes.some((it) => it.id === scene.selection.node)
    ? scene.selection.node
    : top[0]!.id;
  return html`<ul class="tree-list" role="tree" aria-label=${t`Guesses of this round`}>
    ${items(scene, below, top, stop)}
  </ul>`;
}

function items(
  scene: Scene,
  below: ReadonlyMap<number, NodeState[]>,
  nodes: readonly NodeState[],
  stop: number | null,
): TemplateResult[] {
  return nodes.map((node) => {
    const children = below.get(node.id) ?? [];
    const open = scene.options[`closed-${node.id}`] !== true;
    return html`<li
      role="treeitem"
      data-node=${node.id}
      tabindex=${node.id === stop ? 0 : -1}
      aria-selected=${scene.selection.node === node.id}
      aria-expanded=${children.length > 0 ? open : nothing}
      @tree-toggle=${(event: Event) => {
        event.stopPropagation();
        scene.setOption(`closed-${node.id}`, open);
      }}
    >
      <span>${describe(scene, node)}</span>
      ${
        children.length > 0 && open
          ? html`<ul role="group">
              ${items(scene, below, children, stop)}
            </ul>`
          : nothing
      }
    </li>`;
  });
}

/** What a guess reads and what became of it, with its two probabilities. */
export function describe(scene: Scene, node: NodeState): string {
  const said = (name: string, p: number | null) =>
    p === null ? "" : `, ${name} ${probability(p)}`;
  return (
    `${nodeName(scene, node)}: ${t(STATUS[node.status].name)}` +
    said("q", proposed(node)) +
    said("p", targeted(scene.state, node))
  );
}

export const treeListStyles = css`
  .tree-list {
    position: absolute;
    margin: 0;
    padding: var(--space-2) var(--space-3);
    list-style: none;
    font: var(--size-2) / 1.6 var(--font-label);
    background: var(--paper);
    border: 1px solid var(--rule-strong);
    border-radius: var(--radius);
  }
  .tree-list:not(:focus-within) {
    width: 1px;
    height: 1px;
    padding: 0;
    border: 0;
    overflow: hidden;
    clip-path: inset(50%);
    inset-block-end: 0;
  }
  .tree-list:focus-within {
    inset: auto var(--space-2) var(--space-2) auto;
    max-width: 100%;
    max-height: 80%;
    overflow: auto;
    z-index: 2;
  }
  .tree-list ul {
    margin: 0;
    padding-left: 1.2em;
    list-style: none;
  }
  .tree-list [role="treeitem"]:focus-visible {
    outline: none;
  }
  .tree-list [role="treeitem"]:focus-visible > span {
    outline: 2px solid var(--accent);
    outline-offset: 1px;
  }
  .tree-list [marked] > span {
    background: var(--mark);
  }
`;

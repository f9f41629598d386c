/** A list of methods by family, to choose one of. */
import { html, nothing, type TemplateResult } from "lit";
import methods from "virtual:methods";
import type { Family } from "../generated/Family.ts";
import { t } from "../language/t.ts";

const FAMILIES: Record<Family, string> = {
  sampling: "Sampling",
  speculative: "Draft and verify",
  parallel: "Parallel decoding",
  search: "Search",
  contrastive: "Contrastive",
};

/** `none` names the choice of no method, where there is one. */
export function methodSelect(
  id: string,
  chosen: string,
  choose: (id: string) => void,
  none?: string,
): TemplateResult {
  const families = (Object.keys(FAMILIES) as Family[])
    .map((family) => ({ family, members: methods.filter((it) => it.family === family) }))
    .filter(({ members }) => members.length > 0);
  return html`<select
    id=${id}
    data-testid=${id}
    @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}
  >
    ${none === undefined ? nothing : html`<option value="" ?selected=${!chosen}>${none}</option>`}
    ${families.map(
      ({ family, members }) =>
        html`<optgroup label=${t(FAMILIES[family])}>
          ${members.map(
            (it) =>
              html`<option
                value=${it.id}
                ?selected=${it.id === chosen}
                .selected=${it.id === chosen}
              >
                ${it.title}
              </option>`,
          )}
        </optgroup>`,
    )}
  </select>`;
}

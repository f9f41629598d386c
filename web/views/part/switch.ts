/** A button that turns one way of looking at a picture on and off. */
import { html, type TemplateResult } from "lit";
import type { Scene } from "../view.ts";

/** Whether the reader has turned it on. */
export const isOn = ({ options }: Scene, name: string): boolean => options[name] === true;

export const toggle = (scene: Scene, name: string, words: string): TemplateResult =>
  html`<button
    class="switch"
    aria-pressed=${isOn(scene, name)}
    @click=${() => scene.setOption(name, !isOn(scene, name))}
  >
    ${words}
  </button>`;

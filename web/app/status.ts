/** One line about the engine: what computes and why, bytes on their way, what went wrong. */
import { html, nothing, type TemplateResult } from "lit";
import type { EngineStatus } from "../engine/handles.ts";
import type { AssetFile, Progress } from "../engine/protocol.ts";
import { digits, t } from "../language/t.ts";

/** Files of models, and whether the browser had deleted those of an earlier visit. */
export interface Kept {
  files: AssetFile[];
  evicted: boolean;
}

export interface StatusActions {
  models: Kept;
  /** Bytes of the default models, once known. */
  downloadBytes: number | null;
  /** Loads the models, when the reader is asked first. */
  allow: (() => void) | null;
  cancel: () => void;
  retry: () => void;
}

export function statusLine(status: EngineStatus, actions: StatusActions): TemplateResult {
  return html`<div class="status" data-testid="status" data-state=${status.state}>
    ${content(status, actions)}
  </div>`;
}

function content(status: EngineStatus, actions: StatusActions) {
  switch (status.state) {
    case "waiting":
      return waiting(actions);
    case "loading":
      return html`
        <p>${status.choice.why}</p>
        ${status.progress ? progressBar(status.progress, actions.cancel) : html`<p>${t`Opening the engine …`}</p>`}
      `;
    case "ready":
      return html`<p data-testid="device">${status.choice.why}</p>
        <decodescope-kept-model
          .files=${actions.models.files}
          .evicted=${actions.models.evicted}
        ></decodescope-kept-model>`;
    case "failed":
      return html`
        ${status.choice ? html`<p>${status.choice.why}</p>` : nothing}
        <p class="problem">
          ${sentence(status.failure.message)} ${t`The recorded examples still play.`}
        </p>
        <button type="button" data-testid="retry" @click=${actions.retry}>${t`Try again`}</button>
      `;
  }
}

function waiting({ downloadBytes, allow }: StatusActions): TemplateResult {
  const size = downloadBytes === null ? "" : ` (${megabytes(downloadBytes)})`;
  if (!allow) return html`<p>${t`The recorded examples play while the model loads${size}.`}</p>`;
  return html`
    <p>${t`Your browser is set to save data. The recorded examples play without the model.`}</p>
    <button type="button" data-testid="allow-load" @click=${allow}>
      ${t`Load the model`}${size}
    </button>
  `;
}

function progressBar({ loaded, total, what }: Progress, cancel: () => void): TemplateResult {
  const done = loaded >= total;
  const words = done
    ? t`The model is here; timing a few plain tokens …`
    : t`Loading ${what}: ${megabytes(loaded)} of ${megabytes(total)}`;
  return html`
    <p id="progress-words">${words}</p>
    <div class="loading">
      <progress max=${total} .value=${loaded} aria-labelledby="progress-words"></progress>
      ${done ? nothing : html`<button type="button" data-testid="cancel-load" @click=${cancel}>${t`Cancel`}</button>`}
    </div>
  `;
}

/** Bytes as a reader counts them. */
export function megabytes(bytes: number): string {
  return digits(`${(bytes / 1e6).toFixed(1)} MB`);
}

/** A message as a whole sentence; those of the command line begin small and end open. */
export function sentence(message: string): string {
  if (!message) return "";
  const end = /[.!?]$/.test(message) ? "" : ".";
  return message.charAt(0).toUpperCase() + message.slice(1) + end;
}

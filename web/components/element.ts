// The ground of an element that draws itself: properties that call for a new drawing, one drawing
// for all changes of a task. What Lit's own element does, without what a figure does not need: the
// player of the embeds is sent over slow lines.

import { adoptStyles, render, type CSSResultGroup, type CSSResultOrNative } from "lit";

interface Options {
  /** Property and attribute of the same name follow one another. */
  readonly reflect?: boolean;
  /** Of the attribute only its presence counts. */
  readonly flag?: boolean;
}

type Changes = ReadonlyMap<PropertyKey, unknown>;

export abstract class DrawnElement extends HTMLElement {
  static styles: CSSResultGroup[] = [];
  /** Reflected properties of a class, by name. */
  static reflected = new Map<string, Options>();

  static get observedAttributes(): string[] {
    return [...this.reflected.keys()];
  }

  #changes: Map<PropertyKey, unknown> | null = null;
  #complete: Promise<unknown> = Promise.resolve();
  #connected = false;
  #reflecting = false;

  /** Settles when what was asked for is drawn. */
  get updateComplete(): Promise<unknown> {
    return this.#complete;
  }

  /** `name` had another value before. */
  requestUpdate(name?: PropertyKey, before?: unknown): void {
    const waits = this.#changes !== null;
    this.#changes ??= new Map();
    if (name !== undefined && !this.#changes.has(name)) this.#changes.set(name, before);
    if (!waits && this.#connected) this.#plan();
  }

  connectedCallback(): void {
    if (this.#connected) return;
    this.#connected = true;
    if (!this.shadowRoot) {
      const { styles } = this.constructor as typeof DrawnElement;
      adoptAll(this.attachShadow({ mode: "open" }), styles);
    }
    this.#changes ??= new Map();
    this.#plan();
  }

  disconnectedCallback(): void {
    this.#connected = false;
  }

  attributeChangedCallback(name: string, _: string | null, value: string | null): void {
    if (this.#reflecting) return;
    const { flag } = (this.constructor as typeof DrawnElement).reflected.get(name)!;
    (this as unknown as Record<string, unknown>)[name] = flag ? value !== null : value;
  }

  protected abstract render(): unknown;
  /** Before it is drawn: what follows from the changes. */
  protected willUpdate(changes: Changes): void {
    void changes;
  }

  /** It is drawn. */
  protected updated(changes: Changes): void {
    void changes;
  }

  /** It could not be drawn. */
  protected failed(error: unknown): void {
    throw error;
  }

  #plan(): void {
    this.#complete = Promise.resolve().then(() => this.#update());
  }

  #update(): void {
    const changes = this.#changes;
    if (!changes || !this.#connected) return;
    try {
      this.willUpdate(changes);
      this.#reflect(changes);
      // What was set by now is drawn now; what is set from here on asks again.
      this.#changes = null;
      render(this.render(), this.shadowRoot!, { host: this });
      this.updated(changes);
    } catch (error) {
      this.#changes = null;
      this.failed(error);
    }
  }

  #reflect(changes: Changes): void {
    this.#reflecting = true;
    for (const name of (this.constructor as typeof DrawnElement).reflected.keys()) {
      if (!changes.has(name)) continue;
      const value = (this as unknown as Record<string, unknown>)[name];
      if (value === null || value === false) this.removeAttribute(name);
      else this.setAttribute(name, value === true ? "" : String(value));
    }
    this.#reflecting = false;
  }
}

/** Gives a shadow root its styles, each once. */
export function adoptAll(root: ShadowRoot, styles: readonly unknown[]): void {
  adoptStyles(root, [...new Set(styles.flat(9) as CSSResultOrNative[])]);
}

/** Properties of `kind`, by name, that call for a new drawing when they are set to something else. */
export function drawn(kind: typeof DrawnElement, properties: Record<string, Options>): void {
  const all = Object.entries(properties);
  kind.reflected = new Map(all.filter(([, options]) => options.reflect));
  for (const [name] of all) {
    const values = new WeakMap<DrawnElement, unknown>();
    Object.defineProperty(kind.prototype, name, {
      get(this: DrawnElement) {
        return values.get(this);
      },
      set(this: DrawnElement, value: unknown) {
        const before = values.get(this);
        if (Object.is(before, value)) return;
        values.set(this, value);
        this.requestUpdate(name, before);
      },
    });
  }
}

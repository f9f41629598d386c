// How the bar of a live figure looks. The colours are the player's own.

export const sheet = new CSSStyleSheet();
sheet.replaceSync(`
.live-bar {
  padding: 3px;
  border-radius: 6px;
  background: var(--paper);
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: var(--space-2) var(--space-3);
  font: var(--size-2) / 1.5 var(--font-label);
  color: var(--ink-2);
}
.live-bar p {
  margin: 0;
  max-width: 44rem;
}
.live-bar [role="alert"] {
  padding-left: var(--space-2);
  border-left: 4px solid var(--state-rejected);
  color: var(--ink);
}
.live-badge {
  padding: 0 0.6em;
  border: 1px solid var(--rule-strong);
  border-radius: 1em;
  font-size: 0.85em;
  letter-spacing: 0.05em;
  text-transform: uppercase;
}
.live-badge[data-live] {
  border-color: var(--accent);
  background: var(--accent);
  color: var(--on-accent);
}
.live-bar form {
  display: flex;
  flex: 1 1 24rem;
  flex-wrap: wrap;
  align-items: center;
  gap: var(--space-2) var(--space-3);
}
.live-bar label {
  display: flex;
  align-items: center;
  gap: 0.5em;
}
.live-bar .wide {
  flex: 1 1 16rem;
}
.live-bar :is(input, textarea) {
  box-sizing: border-box;
  min-width: 0;
  padding: 0.2em 0.4em;
  border: 1px solid var(--rule-strong);
  border-radius: 4px;
  background: var(--paper);
  color: var(--ink);
  font: inherit;
}
.live-bar .wide textarea {
  flex: 1;
  resize: vertical;
}
.live-bar [type="number"] {
  width: 6em;
}
.live-bar button.first.first {
  border-color: var(--accent);
  background: var(--accent);
  color: var(--on-accent);
}
`);

/** The page: draws the playground, then wakes the engine. */
import methods from "virtual:methods";
import { connect } from "../engine/connect.ts";
import { keepOffline, keepUsed } from "../offline/keep.ts";
import { Engines, type Decodescope } from "../engine/handles.ts";
import "../styles/tokens.css";
import { learn } from "../language/learn.ts";
import { App } from "./app.ts";
import "./app.css";

const app = new App();
const engines = new Engines({
  base: new URL(".", document.baseURI).href,
  search: location.search,
  methods,
  connect,
  onStatus: app.onStatus,
});
app.engines = engines;

const shown = new Promise((done) => app.addEventListener("shown", done, { once: true }));
// The words come before anything is drawn with them.
void learn(new URLSearchParams(location.search).get("lang")).then(() => document.body.append(app));

/** The first picture goes before the engine: loading that would take its time from it. */
const ready = shown.then(() => app.wake());
// The page says what went wrong; scripts that wait hear it too.
ready.catch(() => undefined);

// A later visit works without a network; what the engine's worker fetched is told by name.
void shown.then(keepOffline);
void ready
  .then(
    ({ device }) => [`wasm/${device}/engine.js`, `wasm/${device}/engine_bg.wasm`],
    () => [],
  )
  .then(keepUsed);

// For scripts, tests and the curious.
const decodescope: Decodescope = {
  ready,
  methods: () => methods,
  run: (request) => engines.run(request),
  stop: () => engines.stop(),
};
Object.assign(globalThis, { decodescope });

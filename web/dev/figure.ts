// One figure with the trace that the address names: `?trace=…&at=0.5&view=…&theme=dark&live=1`.

import "../components/decodescope-figure.ts";
import methods from "../generated/methods.json";
import { loadTrace } from "../trace/load.ts";

const query = new URLSearchParams(location.search);
const figure = document.querySelector("decodescope-figure")!;
const theme = query.get("theme");
if (theme) document.documentElement.dataset["theme"] = theme;

const answer = await fetch(query.get("trace") ?? "./toy.json");
const trace = loadTrace(await answer.text());
figure.method = methods.find((it) => it.id === trace.method) ?? null;
figure.view = query.get("view");
if (query.has("live")) {
  figure.live = true;
  figure.trace = { ...trace, events: [] };
  await figure.updateComplete;
  for (let at = 0; at < trace.events.length; at += 3) {
    await new Promise((done) => setTimeout(done, 60));
    figure.appendEvents(trace.events.slice(at, at + 3));
  }
  figure.finish(trace);
} else {
  figure.trace = trace;
  await figure.updateComplete;
  figure.seekFraction(Number(query.get("at") ?? 1));
}
Object.assign(globalThis, { figure });

// JupyterLab as a reader starts it, with settings, files and a port of its own.

import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { BASE, type Python } from "./generators.ts";

const MINUTE = 60_000;

/** Below a sub-path, open to this machine alone, without a password, asking nobody for news. */
const OPTIONS = [
  "--no-browser",
  "--allow-root",
  "--ServerApp.ip=127.0.0.1",
  "--ServerApp.port=0",
  `--ServerApp.base_url=${BASE}`,
  "--IdentityProvider.token=",
  "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
  "--LabApp.news_url=None",
];
/** What JupyterLab would ask the reader about first. */
const NEWS = "lab/user-settings/@jupyterlab/apputils-extension";

export class Lab {
  private constructor(
    private readonly server: ChildProcess,
    private readonly own: string,
    /** Where it is served, with a slash at the end. */
    readonly address: string,
  ) {}

  /** Starts JupyterLab in a folder of notebooks. */
  static async start(python: Python, notebooks: string): Promise<Lab> {
    const own = mkdtempSync(join(tmpdir(), "decodescope-lab-"));
    mkdirSync(join(own, NEWS), { recursive: true });
    const settings = JSON.stringify({ fetchNews: "false", checkForUpdates: false });
    writeFileSync(join(own, NEWS, "notification.jupyterlab-settings"), settings);
    const server = spawn(join(python.folder, "bin/python"), ["-m", "jupyterlab", ...OPTIONS], {
      cwd: notebooks,
      env: {
        ...process.env,
        JUPYTER_CONFIG_DIR: own,
        JUPYTER_DATA_DIR: join(own, "data"),
        JUPYTER_RUNTIME_DIR: join(own, "runtime"),
        IPYTHONDIR: join(own, "ipython"),
      },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    server.stderr!.setEncoding("utf8").on("data", (text) => (said += text));
    const address = await found(server, join(own, "runtime"));
    const lab = new Lab(server, own, address ?? "");
    if (address) return lab;
    await lab.stop();
    throw new Error(`JupyterLab did not start\n${said}`);
  }

  /** Ends the server, and it its kernels. */
  async stop(): Promise<void> {
    if (this.server.exitCode === null) {
      const over = new Promise((done) => this.server.once("exit", done));
      this.server.kill("SIGTERM");
      const late = setTimeout(() => this.server.kill("SIGKILL"), MINUTE / 2);
      await over;
      clearTimeout(late);
    }
    rmSync(this.own, { recursive: true, force: true });
  }
}

/** The address that a server writes down when it listens; null when it ends or takes too long. */
async function found(server: ChildProcess, runtime: string): Promise<string | null> {
  for (const end = Date.now() + 2 * MINUTE; Date.now() < end && server.exitCode === null;) {
    await wait(200);
    try {
      const file = readdirSync(runtime).find((it) => /^jpserver-\d+\.json$/.test(it));
      if (!file) continue;
      const { url } = JSON.parse(readFileSync(join(runtime, file), "utf8"));
      if ((await fetch(`${url}api/status`)).ok) return url;
    } catch {
      // Not there yet.
    }
  }
  return null;
}

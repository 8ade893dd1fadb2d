// For tests: a folder with files in it, and the command run there as a user runs it.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../bin/goro.js", import.meta.url));
const modules = fileURLToPath(new URL("../../../node_modules", import.meta.url));

export interface Folder extends Disposable {
  readonly path: string;
}

/** A new folder outside the repository, where "goro" can be imported. It is removed at the end of the block. */
export function folder(files: Readonly<Record<string, string>>): Folder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "goro-test-")));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  symlinkSync(modules, join(path, "node_modules"), "junction");
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

export function start(at: Folder, args: readonly string[], input = ""): Running {
  const child = spawn(process.execPath, [command, ...args], { cwd: at.path });
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once("close", (code, signal) => resolve([code, signal])),
  );
  child.stdin.on("error", () => {}); // the program may end without reading
  child.stdin.end(input);
  const outcome = Promise.all([ended, text(child.stdout), text(child.stderr)]).then(
    ([[code, signal], stdout, stderr]) => ({ code, signal, stdout, stderr }),
  );
  return { process: child, outcome };
}

export const goro = (at: Folder, args: readonly string[], input?: string) => start(at, args, input).outcome;

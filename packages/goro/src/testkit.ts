// Starts small programs, as child processes of the runtime that runs the test: for what ends a process, or has to be seen from outside.
// Only for tests named *.node.test.ts; what works everywhere is in testkit.portable.ts.
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const runtimeName: "node" | "bun" | "deno" =
  "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** How long it ran. */
  readonly ms: number;
}

export interface FixtureOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Gives the program a function `gc`. */
  readonly gc?: boolean;
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
  /** Lets this much time pass between the reads of its standard output. */
  readonly slowReadMs?: number;
  /** Killed after this; 60 seconds where nothing is said. */
  readonly limitMs?: number;
}

/** A program that runs. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves once standard output contains the text, with all output up to then; rejects where the program ends before. */
  printed(text: string): Promise<string>;
  readonly outcome: Promise<Outcome>;
}

/** Where a fixture is. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../test/fixtures/${name}`, import.meta.url));
}

/** Where a fixture is marked with the comment "here: mark": as "name:line", the way frames say it. */
export function placeOf(name: string, mark: string): string {
  const lines = readFileSync(fixturePath(name), "utf8").split("\n");
  const index = lines.findIndex((line) => line.endsWith(`// here: ${mark}`));
  if (index < 0) throw new Error(`${name} has no line marked ${mark}`);
  return `${name}:${index + 1}:`;
}

// What this process was started with must not reach the children.
const notInherited = ["NODE_OPTIONS", "NODE_TEST_CONTEXT", "NODE_CHANNEL_FD", "GORODEBUG", "GOMAXPROCS", "FORCE_COLOR"];

export function startFixture(name: string, options: FixtureOptions = {}): Running {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: "1" };
  for (const key of notInherited) delete env[key];
  Object.assign(env, options.env);
  const started = performance.now();
  const child = spawn(process.execPath, [...runtimeArgs(options), fixturePath(name), ...(options.args ?? [])], {
    env,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), options.limitMs ?? 60_000);

  let stdout = "";
  let stderr = "";
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8");
  child.stderr.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    stdout += text;
    for (const look of waiting) look();
    if (options.slowReadMs !== undefined) {
      child.stdout.pause();
      setTimeout(() => child.stdout.resume(), options.slowReadMs);
    }
  });
  child.stderr.on("data", (text: string) => {
    stderr += text;
  });
  // A program may well end without reading.
  child.stdin.on("error", () => {});
  if (options.input !== undefined) child.stdin.end(options.input);

  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      child.stdin.destroy();
      resolve({ code, signal, stdout, stderr, ms: performance.now() - started });
    });
  });
  const printed = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!stdout.includes(text)) return;
        waiting.delete(look);
        resolve(stdout);
      };
      waiting.add(look);
      look();
      outcome.then(() => reject(new Error(`${name} ended before it printed ${text}:\n${stdout}${stderr}`)), reject);
    });
  return { child, printed, outcome };
}

/** Runs a fixture to its end. Its standard input is empty, unless options say something else. */
export function runFixture(name: string, options: FixtureOptions = {}): Promise<Outcome> {
  return startFixture(name, { input: "", ...options }).outcome;
}

/** For messages: everything there is to know of an outcome. */
export function describe(outcome: Outcome): string {
  return `code ${outcome.code}, signal ${outcome.signal}\n--- stdout\n${outcome.stdout}\n--- stderr\n${outcome.stderr}`;
}

/** "13-15 18" as numbers. */
function idsIn(ranges: string): number[] {
  return ranges.split(" ").flatMap((range) => {
    const [from = 0, to = from] = range.split("-").map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

/** The goroutines of a report, by id, also those that are told of together: the reason in brackets and the frames below it. */
export function goroutinesIn(
  report: string,
): ReadonlyMap<number, { readonly reason: string; readonly frames: string }> {
  const found = new Map<number, { reason: string; frames: string }>();
  for (const block of report.split(/\n\s*\n/)) {
    const head = /^goroutine (\d+) \[([^\]]*?)(?:, \d+ more: ([^\]]*))?\]:\n?/m.exec(block);
    if (head?.[1] === undefined || head[2] === undefined) continue;
    const ids = [Number(head[1]), ...(head[3] === undefined ? [] : idsIn(head[3]))];
    for (const id of ids) found.set(id, { reason: head[2], frames: block.slice(head.index + head[0].length) });
  }
  return found;
}

function runtimeArgs(options: FixtureOptions): string[] {
  switch (runtimeName) {
    case "node":
      return options.gc === true ? ["--expose-gc"] : [];
    case "bun":
      return options.gc === true ? ["--expose-gc"] : [];
    case "deno":
      return ["run", "--quiet", "--allow-all", ...(options.gc === true ? ["--v8-flags=--expose-gc"] : [])];
  }
}

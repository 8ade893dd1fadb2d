// This thread, where it is not the program's first: how it prints, sleeps and talks to the main one.

import { mem, me, procAt, Proc, ProcState } from "../arena/arena.js";
import { nodeProcess } from "../runtime/host.js";
import { goroutinesHere } from "../runtime/scheduler.js";
import type { FromThread, Start } from "./threads.js";

export interface Here {
  tell(message: FromThread): void;
  /** Its processor has nothing to run. */
  sleeps(): void;
}

interface NodePort extends MessagePort {
  unref(): void;
  ref(): void;
}

export function arrive({ port }: Start, quiesce: () => void): Here {
  const host = nodeProcess;
  if (host === undefined || port === undefined) {
    return {
      tell: (message) => (globalThis as unknown as { postMessage(m: unknown): void }).postMessage(message),
      sleeps() {},
    };
  }
  const tell = (message: FromThread): void => port.postMessage(message);
  printThrough(host.stdout, 1, tell);
  printThrough(host.stderr, 2, tell);
  if (host.versions["deno"] !== undefined) return { tell, sleeps: sleepInDeno };
  host.on("beforeExit", quiesce);
  return { tell, sleeps() {} };
}

/**
 * Deno does not say when a worker's event loop has run empty, and ends the worker then. So it is kept running, and a core
 * counts as quiescent when it has no goroutine that could be waiting for something.
 */
function sleepInDeno(): void {
  keptRunning ??= setInterval(() => undefined, 2 ** 30);
  if (goroutinesHere() !== 0) return;
  Atomics.compareExchange(mem, procAt(me) + Proc.state, ProcState.sleeping, ProcState.quiescent);
}
let keptRunning: unknown;

type Write = (chunk: string | Uint8Array, encoding?: unknown, told?: unknown) => boolean;

/** Whatever is printed here goes to the main thread at once, whole, so that it is there before anything that comes after it. */
function printThrough(stream: NodeJS.WriteStream, print: 1 | 2, tell: (message: FromThread) => void): void {
  const write: Write = (chunk, encoding, told) => {
    tell({ print, chunk: typeof chunk === "string" ? chunk : new Uint8Array(chunk) });
    const callback = typeof encoding === "function" ? encoding : told;
    if (typeof callback === "function") queueMicrotask(callback as () => void);
    return true;
  };
  stream.write = write as typeof stream.write;
}

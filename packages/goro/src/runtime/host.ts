// The platform: clock, event loop, process. The only file that knows on what it runs; no `node:` import, so that it loads
// in a browser as it is.

interface Immediates {
  setImmediate?: (fn: () => void) => unknown;
}

/** Node's process, or what Bun and Deno offer in its place; undefined in a browser. */
export const nodeProcess: NodeJS.Process | undefined =
  typeof process === "object" && typeof process.on === "function" ? process : undefined;

/** What the processor that starts another core leaves there for it: see cores/processors.ts. */
export const processorKey = Symbol.for("goro.processor");

/** Does this code run on another core than the program's first? */
export const isAnotherCore = processorKey in globalThis;

/** Milliseconds on a clock that never goes back. */
export const now: () => number = performance.now.bind(performance);

/** A built-in module of Node, where there is one. Synchronous, and nothing a bundler would follow. */
export function builtin<T>(name: string): T | undefined {
  try {
    return nodeProcess?.getBuiltinModule?.(name) as T | undefined;
  } catch {
    return undefined;
  }
}

let task: ((fn: () => void) => unknown) | undefined = (globalThis as Immediates).setImmediate;

/** In a page: a message comes behind the events that wait, and is not clamped to 4 ms as a timer is. */
function taskByMessage(): (fn: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  const tasks: (() => void)[] = [];
  port1.onmessage = () => tasks.shift()!();
  return (fn) => {
    tasks.push(fn);
    port2.postMessage(0);
  };
}

/** Runs fn after the event loop has had its turn: timers, I/O and signals come first. */
export function afterEvents(fn: () => void): void {
  (task ??= taskByMessage())(fn);
}

/** The longest delay a platform timer takes; longer ones would fire at once. */
const LONGEST_DELAY = 2 ** 31 - 1;

export function setTimer(fn: () => void, delayMs: number): ReturnType<typeof setTimeout> {
  return setTimeout(fn, Math.min(Math.max(Math.ceil(delayMs), 1), LONGEST_DELAY));
}

// The platform: clock, event loop, process. The only file that knows on what it runs; no `node:` import, so that it loads
// in a browser as it is.

interface Immediates {
  setImmediate?: (fn: () => void) => unknown;
}

/** Node's process, or what Bun and Deno offer in its place; undefined in a browser. */
export const nodeProcess: NodeJS.Process | undefined =
  typeof process === "object" && typeof process.on === "function" ? process : undefined;

/** What the processor that starts another core leaves there for it: see cores/processors.ts. */
export const processorKey: symbol = /* @__PURE__ */ Symbol.for("goro.processor");

/** Does this code run on another core than the program's first? */
export function isAnotherCore(): boolean {
  return processorKey in globalThis;
}

/** What the platform calls itself: Bun and Deno say which version of Node they stand for as well. */
export const versions: Readonly<Record<string, string | undefined>> = nodeProcess?.versions ?? {};

/** Milliseconds on a clock that never goes back. */
export const now: () => number = performance.now.bind(performance);

/**
 * Deno looks at its sockets when it has nothing else to do, or else at every 61st task: with immediates alone, a socket would
 * wait for as many slices. Behind a timer it has nothing else to do.
 */
let task: ((fn: () => void) => unknown) | undefined =
  "deno" in versions ? setTimeout : (globalThis as Immediates).setImmediate;

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
const LONGEST_DELAY = 0x7fff_ffff;

export function setTimer(fn: () => void, delayMs: number): ReturnType<typeof setTimeout> {
  return setTimeout(fn, Math.min(Math.max(Math.ceil(delayMs), 1), LONGEST_DELAY));
}

/** How many things may wake a goroutine without keeping the event loop from running empty. */
export const unseen = { wakers: 0 };

/** A timer that does not keep the program running. */
export function background(timer: unknown): void {
  const { unref } = timer as { unref?: () => void };
  if (unref !== undefined) unref.call(timer);
  else (globalThis as { Deno?: { unrefTimer?(timer: unknown): void } }).Deno?.unrefTimer?.(timer);
}

// Deadlock. Go: runtime/proc.go, checkdead
//
// Exact, and free: when the event loop has run empty (`beforeExit`) while goroutines are parked, no timer, socket, child
// process or worker is left that could wake one. One that waits for I/O keeps the loop from running empty, so there is no
// false alarm.

import type { Goroutine } from "../runtime/goroutine.js";
import { nodeProcess } from "../runtime/host.js";
import { DeadlockError } from "../runtime/panic.js";
import { exitProcess, printError } from "../runtime/exit.js";
import { processor } from "../runtime/processor.js";
import { numGoroutine } from "../runtime/scheduler.js";
import { sightAll } from "../runtime/where.js";

const ASLEEP = "all goroutines are asleep - deadlock!";
const NO_MAIN = "no goroutines (main called runtime.Goexit) - deadlock!";

/** A goroutine that somebody outside waits for. */
export interface AwaitedRun {
  readonly goroutine: Goroutine;
  /** Tells who waits that it will never end. */
  reject(error: DeadlockError): void;
}

/** The runtime's only hold on parked goroutines: those whose end somebody outside waits for. */
export const awaited = new Set<AwaitedRun>();
/** Set while main runs, and after it has gone by goexit. */
export const program: { main: Goroutine | undefined } = { main: undefined };

let watching = false;

export function watchForDeadlock(): void {
  if (watching || nodeProcess === undefined) return;
  watching = true;
  nodeProcess.on("beforeExit", onLoopEmpty);
}

function onLoopEmpty(): void {
  if (processor.stopped) return;
  const { main } = program;
  if (main !== undefined) return reportFatal(main.hasEnded);
  if (awaited.size === 0) return;
  const everyone = sightAll();
  const error = new DeadlockError(
    [ASLEEP, ...everyone.map((s) => s.text)].join("\n\n"),
    everyone.map((s) => s.info),
  );
  const waiting = [...awaited];
  awaited.clear();
  for (const { reject } of waiting) reject(error);
}

function reportFatal(mainHasGone: boolean): void {
  const everyone = sightAll();
  const head = mainHasGone && numGoroutine() === 0 ? NO_MAIN : ASLEEP;
  printError([`fatal error: ${head}`, ...everyone.map((s) => s.text)].join("\n\n"));
  exitProcess(2);
}

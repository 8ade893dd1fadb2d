// Deadlock. Go: runtime/proc.go, checkdead
//
// Exact, and free: when the event loop has run empty (`beforeExit`) while goroutines are parked, no timer, socket, child
// process or worker is left that could wake one. One that waits for I/O keeps the loop from running empty, so there is no
// false alarm.

import type { DeadlockError } from "../runtime/deadlock-error.js";
import type { Goroutine } from "../runtime/goroutine.js";
import { nodeProcess, unseen } from "../runtime/host.js";

import { processor } from "../runtime/processor.js";
import { loadReports, report } from "../runtime/reporter.js";

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
  void loadReports();
}

function onLoopEmpty(): void {
  const { main } = program;
  if (processor.stopped || (main === undefined && awaited.size === 0)) return;
  if (unseen.wakers > 0) return lookAgain();
  if (main !== undefined) {
    processor.stopped = true;
    report((r) => r.reportDeadlock(main.hasEnded));
    return;
  }
  const waiting = [...awaited];
  awaited.clear();
  report((r) => {
    r.deadlockError((error) => {
      for (const { reject } of waiting) reject(error);
      lookAgain(); // who catches that may start goroutines that are stuck too
    });
  });
}

/** A loop says again that it is empty only if it has done something since. */
function lookAgain(): void {
  setTimeout(() => undefined, 10);
}

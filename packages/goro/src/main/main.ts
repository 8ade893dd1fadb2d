// main: the goroutine whose end is the program's.

import type { Routine } from "../types.js";
import { exitProcess } from "../runtime/exit.js";
import { State, type Goroutine } from "../runtime/goroutine.js";
import { afterEvents, isAnotherCore } from "../runtime/host.js";
import { untaken } from "../runtime/outcome.js";
import { processor } from "../runtime/processor.js";
import { settings } from "../runtime/settings.js";
import { report } from "../runtime/reporter.js";
import { checkBody, startMain } from "../runtime/scheduler.js";
import { watching } from "../runtime/watch.js";
import { program, watchForDeadlock } from "./deadlock.js";

let called = false;

/**
 * The program. Starts fn as goroutine 1 once the module that calls it has been evaluated. When it returns the process exits
 * with process.exitCode or 0, standard output and error flushed and "exit" handlers run, whatever other goroutines are
 * doing, as in Go.
 *
 * An error that no goroutine catches prints "panic: ", the error and the goroutine's stack, and exits with code 2. When
 * every goroutine is asleep and nothing can wake one, each is printed with what it waits for and where, and the exit code
 * is 2. Does nothing where another core loads the module.
 *
 * @throws TypeError where fn is not a function; Error the second time.
 * @example
 * main(function* () {
 *   yield* sleep(100);
 *   console.log("done");
 * });
 */
export function main(fn: () => Routine<void>): void {
  checkBody("main", fn);
  if (called) throw new Error("main: called twice: a program has one main goroutine, start others with go()");
  called = true;
  if (isAnotherCore()) return;
  if (watching === undefined) afterEvents(() => begin(fn));
  else void lookOn(watching).then(() => afterEvents(() => begin(fn)));
}

/** What GORODEBUG asks for looks on from the first goroutine on. */
async function lookOn(watching: Promise<unknown>): Promise<void> {
  await watching;
  if (settings.includes("ops=1")) await import("../ops/ops.js");
}

function begin(fn: () => Routine<void>): void {
  watchForDeadlock();
  report((r) => r.dumpOnSignal());
  const g = startMain(fn);
  program.main = g;
  g.more.watcher = { ended };
}

function ended(g: Goroutine): void {
  if (g.state === State.exited) return; // by goexit: the others go on
  if (untaken.size === 0 && watching === undefined) return exitProcess();
  processor.stopped = true;
  report((r) => {
    r.reportUntaken(untaken);
    void r.concludeMain();
  });
}

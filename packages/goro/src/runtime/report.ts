// What is said when a program ends badly.

import { DeadlockError } from "./deadlock-error.js";
import { describe, panicText, traceOf } from "./error-text.js";
import { exitProcess, printError } from "./exit.js";
import type { Goroutine } from "./goroutine.js";
import { processor } from "./processor.js";
import { numGoroutine } from "./scheduler.js";
import { sightAll, sightEverywhere, type Sighting } from "./where.js";

export { sightAll } from "./where.js";

const ASLEEP = "all goroutines are asleep - deadlock!";
const NO_GOROUTINES = "no goroutines (main called runtime.Goexit) - deadlock!";

export function reportPanic(g: Goroutine, error: unknown): void {
  printError(panicText(g, error));
  exitProcess(2);
}

/** Errors that somebody claimed and nobody took. */
export function reportUntaken(failed: Iterable<Goroutine>): void {
  for (const g of failed) {
    const head = `goroutine ${g.id} ended with an error that nobody took: ${describe(g.value)}`;
    printError([head, ...traceOf(g.value)].join("\n"));
  }
}

/** Nothing can wake any goroutine, and the main one waits, or has gone by goexit. */
export function reportDeadlock(mainHasGone: boolean): void {
  const head = mainHasGone && numGoroutine() === 0 ? NO_GOROUTINES : ASLEEP;
  withEveryone((everyone) => {
    printError([`fatal error: ${head}`, ...everyone.map((s) => s.text)].join("\n\n"));
    exitProcess(2);
  });
}

/** At once where there is one core: the event loop has run empty, and it may have no other turn. */
function withEveryone(then: (everyone: readonly Sighting[]) => void): void {
  if (processor.cores === null) then(sightAll());
  else void sightEverywhere().then(then);
}

export function deadlockError(then: (error: DeadlockError) => void): void {
  withEveryone((everyone) => then(errorFor(everyone)));
}

function errorFor(everyone: readonly Sighting[]): DeadlockError {
  const error = new DeadlockError([ASLEEP, ...everyone.map((s) => s.text)].join("\n\n"));
  return Object.assign(error, { goroutines: everyone.map((s) => s.info) });
}

// What is said when a program ends badly.

import { DeadlockError } from "./deadlock-error.js";
import { describe, panicText, traceOf } from "./error-text.js";
import { exitProcess, printError } from "./exit.js";
import { addLeak, leakedHere, leakLine, whereText, type Leak } from "./leaked.js";
import type { Goroutine } from "./goroutine.js";
import { processor } from "./processor.js";
import { numGoroutine } from "./scheduler.js";
import { setting } from "./settings.js";
import { cycles, paragraphs } from "./dump.js";
import { isParked, sightAll, sightEverywhere, type Sighting } from "./where.js";

export { dumpOnSignal } from "./dump-on-signal.js";
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
    printError([`fatal error: ${head}`, ...cycles(everyone), ...paragraphs(everyone)].join("\n\n"));
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
  const error = new DeadlockError([ASLEEP, ...cycles(everyone), ...paragraphs(everyone)].join("\n\n"));
  return Object.assign(error, { goroutines: everyone.map((s) => s.info) });
}

/** Every goroutine of every core, then the end. Go: what SIGQUIT does. */
export function dumpAndExit(): void {
  withEveryone((everyone) => {
    printError(["SIGQUIT: quit", ...paragraphs(everyone), ...cycles(everyone)].join("\n\n"));
    exitProcess(2);
  });
}

/** With `goro run --leaks`, when main has returned: who leaked, and exit code 3. Else the end. */
export async function concludeMain(): Promise<void> {
  await processor.watch?.ending?.();
  if (setting("leaks") < 2) return exitProcess();
  const { settleLeaks } = await import("./leaks.js");
  const blocked = new Map<string, Leak>();
  for (const { info } of await sightEverywhere()) {
    if (info.id === 1 || !isParked(info.state)) continue;
    addLeak({ where: whereText(info.state, info.at, info.createdAt), count: 1, ids: [info.id] }, blocked);
  }
  settleLeaks();
  const lost = [...leakedHere(), ...((await processor.cores?.leakedElsewhere()) ?? [])];
  const still = [...blocked.values()];
  const lines = [
    ...lost.map((leak) => leakLine("was blocked for ever", leak)),
    ...still.map((leak) => leakLine("was still blocked when main returned", leak)),
  ];
  if (lines.length === 0) return exitProcess();
  const count = [...lost, ...still].reduce((sum, leak) => sum + leak.count, 0);
  printError([`goro: ${count} ${count === 1 ? "goroutine" : "goroutines"} leaked`, ...lines].join("\n"));
  exitProcess(3);
}

/** What this core tells another that asks for it. */
export async function leakedForOthers(): Promise<readonly Leak[]> {
  const { settleLeaks } = await import("./leaks.js");
  settleLeaks();
  return leakedHere();
}

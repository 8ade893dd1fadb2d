// An error that no goroutine catches. Go: runtime/panic.go, fatalpanic

import type { Goroutine } from "./goroutine.js";
import { nodeProcess } from "./host.js";
import { processor } from "./processor.js";
import { report } from "./reporter.js";

/** Ends the program. In a page, which cannot be ended, the error goes where uncaught ones go. */
export function crash(g: Goroutine, error: unknown): void {
  if (nodeProcess === undefined) {
    console.error(`panic: goroutine ${g.id}`, error);
    (globalThis as { reportError?: (e: unknown) => void }).reportError?.(error);
    return;
  }
  processor.stopped = true;
  report((r) => r.reportPanic(g, error));
}

// What run rejects with where nothing can wake its goroutine. Loaded when that has happened, by who does not import it.

import type { GoroutineInfo } from "../types.js";

/** Nothing can wake any goroutine any more. `goroutines` says who waits where, and for what. */
export class DeadlockError extends Error {
  readonly goroutines: readonly GoroutineInfo[] = [];

  override get name(): string {
    return "DeadlockError";
  }
}

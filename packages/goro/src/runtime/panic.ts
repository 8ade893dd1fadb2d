// The errors of misuse: what Go answers with a panic or a fatal error, in Go's words.

import type { GoroutineInfo } from "../types.js";

/** Misuse that Go answers with a panic or a fatal error. The messages are Go's. */
export class Panic extends Error {
  override get name(): string {
    return "Panic";
  }
}

/** Nothing can wake any goroutine any more. `goroutines` says who waits where, and for what. */
export class DeadlockError extends Error {
  readonly goroutines: readonly GoroutineInfo[] = [];

  override get name(): string {
    return "DeadlockError";
  }
}

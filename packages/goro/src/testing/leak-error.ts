// What says that goroutines were left behind.

import { paragraphs } from "../runtime/dump.js";
import type { Sighting } from "../runtime/where.js";
import type { GoroutineInfo } from "../types.js";

/** Goroutines are still there that should have ended. The message has the state, the place and the `go` of each. */
export class LeakError extends Error {
  readonly goroutines: readonly GoroutineInfo[];

  constructor(message: string, goroutines: readonly GoroutineInfo[]) {
    super(message);
    this.goroutines = goroutines;
  }

  override get name(): string {
    return "LeakError";
  }
}

/** `gone`: how many more there are of whom nothing is left but their number. */
export function leakError(what: string, left: readonly Sighting[], gone = 0): LeakError {
  const n = left.length + gone;
  const lines = [`${what}: ${n} ${n === 1 ? "goroutine is" : "goroutines are"} left`, ...paragraphs(left)];
  if (gone > 0) {
    const others = left.length === 0 ? `${gone}` : `${gone} of them`;
    lines.push(`${others} nothing can wake any more, and nothing refers to: GORODEBUG=leaks=1 names such goroutines`);
  }
  return new LeakError(
    lines.join("\n\n"),
    left.map((s) => s.info),
  );
}

// Looking inside from the first goroutine on, where GORODEBUG asks for it. What does the looking is loaded then, and only
// then; goroutines that are started before it is there are kept for it.

import type { Goroutine } from "./goroutine.js";
import { processor, type Watch } from "./processor.js";
import { settings } from "./settings.js";
import { captureStack } from "./stack.js";

/** Looks on until what GORODEBUG asks for is loaded. */
class EarlyWatch implements Watch {
  readonly seen: Goroutine[] = [];

  started(g: Goroutine): void {
    g.more.created = captureStack();
    this.seen.push(g);
  }
}

/** Resolves when all that GORODEBUG asks for looks on; undefined where it asks for nothing. */
export let watching: Promise<unknown> | undefined;

export function openWatch(): void {
  if (settings === "") return;
  const early = new EarlyWatch();
  processor.watch = early;
  watching = import("./watchers.js").then((m) => m.takeOver(early, early.seen));
}

// Looking inside from the first goroutine on, where GORODEBUG asks for it. What does the looking is loaded then, and only
// then; goroutines that are started before it is there are kept for it.

import type { Goroutine } from "./goroutine.js";
import { processor, type Watch } from "./processor.js";
import { settings } from "./settings.js";
import { captureStack } from "./stack.js";

/** Resolves when all that GORODEBUG asks for looks on; undefined where it asks for nothing. */
export let watching: Promise<unknown> | undefined;

export function openWatch(): void {
  if (settings === "") return;
  const seen: Goroutine[] = [];
  const early: Watch = {
    started(g) {
      g.more.created = captureStack();
      seen.push(g);
    },
  };
  processor.watch = early;
  watching = import("./watchers.js").then((m) => m.takeOver(early, seen));
}

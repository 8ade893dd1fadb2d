// Who looks on: what GORODEBUG has asked for, and goro/testing while it checks. One after the other, in the order in which they
// came.

import type { Goroutine } from "./goroutine.js";
import { openLeaks } from "./leaks.js";
import { asPositions } from "./positions.js";
import { processor, type Watch } from "./processor.js";
import { hasInspector, openRegistry } from "./registry.js";
import { openSchedTrace } from "./sched-trace.js";
import { setting } from "./settings.js";
import { openSlow } from "./slow.js";
import { captureStack } from "./stack.js";

let watches: Watch[] = [];

function install(): void {
  const [only] = watches;
  processor.watch = watches.length > 1 ? new Several(watches) : (only ?? null);
}

class Several implements Watch {
  readonly started: (g: Goroutine) => void;
  /** Left out where nobody wants it: then the clock is not looked at more often. */
  readonly looked?: (heldMs: number) => void;
  readonly ending: () => Promise<void>;

  constructor(all: readonly Watch[]) {
    this.started = (g) => {
      for (const w of all) w.started?.(g);
    };
    this.ending = async () => {
      for (const w of all) await w.ending?.();
    };
    const looking = all.filter((w) => w.looked !== undefined);
    if (looking.length > 0) {
      this.looked = (heldMs) => {
        for (const w of looking) w.looked!(heldMs);
      };
    }
  }
}

export function addWatch(watch: Watch): void {
  if (watches.length === 0 && processor.watch !== null) watches = [processor.watch]; // the early one
  watches = [...watches, watch];
  install();
}

export function removeWatch(watch: Watch): void {
  watches = watches.filter((w) => w !== watch);
  install();
}

const written = new Map<string, string>();

/** The same string for the same place: there may be a million goroutines. */
function recordCreated(g: Goroutine): void {
  const key = asPositions(captureStack);
  let stack = written.get(key);
  if (stack === undefined) written.set(key, (stack = captureStack()));
  g.more.created = stack;
}

/** Looks on as GORODEBUG says, beginning with the goroutines that are there already. */
export function takeOver(early: Watch, seen: readonly Goroutine[]): void {
  const wanted: Watch[] = [];
  const slow = setting("slow");
  const leaks = setting("leaks");
  if (setting("created") > 0 || leaks > 0) wanted.push({ started: recordCreated });
  if (!hasInspector) wanted.push(openRegistry(seen));
  if (leaks > 0) wanted.push(openLeaks(leaks, seen));
  if (slow > 0) wanted.push(openSlow(slow));
  openSchedTrace(setting("schedtrace"), setting("scheddetail") > 0);
  watches = [...wanted, ...watches.filter((w) => w !== early)];
  install();
}

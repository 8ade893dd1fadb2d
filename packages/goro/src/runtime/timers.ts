// Timers: one heap of waiters for this processor and one platform timer for the first of them. Go: runtime/time.go
//
// The platform timer is set when a turn ends, not with every sleep: goroutines may add and withdraw as many as they like
// in between. It is never left behind: a program whose last timer was withdrawn ends.

import { TimerHeap } from "../ds/timer-heap.js";
import type { Waiter } from "../ds/wait-queue.js";
import { now, setTimer } from "./host.js";
import { processor } from "./processor.js";

const heap = new TimerHeap();
let armed: ReturnType<typeof setTimeout> | undefined;
let armedFor = Infinity;

/** Wakes w after so many milliseconds; Infinity: never. */
export function addTimer(delayMs: number, w: Waiter): void {
  addTimerAt(now() + delayMs, w);
}

/** Wakes w at a time of the host's clock. */
export function addTimerAt(dueMs: number, w: Waiter): void {
  if (dueMs === Infinity) return;
  heap.add(dueMs, w);
  if (!processor.active) processor.askForTurn();
}

/** Takes back what addTimer added, with the same time. A no-op for one that never comes. */
export function removeTimer(w: Waiter): void {
  if (w.value === undefined) return;
  heap.remove(w);
  if (!processor.active) processor.askForTurn();
}

function fireDue(time: number): void {
  for (let w = heap.shiftDue(time); w !== undefined; w = heap.shiftDue(time)) w.wake();
}

/** At the end of a turn. An armed timer that comes too early is left: it finds nothing due. */
function arm(): void {
  const earliest = heap.earliest;
  if (earliest === armedFor || (armedFor < earliest && earliest !== Infinity)) return;
  if (armed !== undefined) clearTimeout(armed);
  armedFor = earliest;
  armed = earliest === Infinity ? undefined : setTimer(onTimer, earliest - now());
}

function onTimer(): void {
  armed = undefined;
  armedFor = Infinity;
  if (processor.stopped) return;
  fireDue(now());
  if (!processor.active) arm();
}

processor.timers = { fireDue, arm };

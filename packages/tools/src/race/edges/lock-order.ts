// Who takes which lock while holding which other: two locks that are taken in both orders in one run can stop the program,
// also when they did not this time.
//
// An edge a → b stands for "b was taken while a was held", with the four places at its first time. Where the way back is
// found, over however many edges, that is told once for the pair that closes it. Read locks of one RWMutex taken twice, or
// two locks that are both only read, stop nobody; neither does one goroutine alone, nor what happens under one common lock,
// nor a lock that was only tried.
import type { Site } from "../accesses.js";
import type { Held, Thread } from "../detector/thread.js";
import type { Frame } from "../operations/stack.js";

/** `then` was taken while `held` was. */
export interface Taken {
  readonly thread: Thread;
  readonly held: Held;
  readonly then: Held;
  /** All that it held then. */
  readonly all: readonly Held[];
}

export type OnInversion = (way: readonly Taken[]) => void;

class Holding implements Held {
  readonly lock: object;
  readonly isRead: boolean;
  readonly frame: Frame;
  readonly site: Site;

  constructor(lock: object, isRead: boolean, frame: Frame, site: Site) {
    this.lock = lock;
    this.isRead = isRead;
    this.frame = frame;
    this.site = site;
  }
}

export class LockOrder {
  readonly #after = new WeakMap<object, Map<object, Taken>>();
  readonly #onInversion: OnInversion;

  constructor(onInversion: OnInversion) {
    this.#onInversion = onInversion;
  }

  /** Waits for a lock: the order is the same as if it had it already. */
  wanted(lock: object, isRead: boolean, thread: Thread, frame: Frame, site: Site): void {
    if (thread.held === null || thread.held.length === 0) return;
    const then = new Holding(lock, isRead, frame, site);
    const all = [...thread.held];
    for (const held of all) this.#note({ thread, held, then, all });
  }

  acquired(lock: object, isRead: boolean, thread: Thread, frame: Frame, site: Site): void {
    (thread.held ??= []).push(new Holding(lock, isRead, frame, site));
  }

  /** By whoever: a lock belongs to no goroutine. Then the one who took it is taken to hold it no more. */
  released(lock: object, isRead: boolean, thread: Thread): void {
    const { held } = thread;
    if (held === null) return;
    for (let i = held.length - 1; i >= 0; i--) {
      if (held[i]!.lock !== lock || held[i]!.isRead !== isRead) continue;
      if (i === held.length - 1) held.pop();
      else held.splice(i, 1);
      return;
    }
  }

  #note(taken: Taken): void {
    const { held, then } = taken;
    if (held.lock === then.lock || (held.isRead && then.isRead)) return;
    let after = this.#after.get(held.lock);
    if (after === undefined) this.#after.set(held.lock, (after = new Map<object, Taken>()));
    if (after.has(then.lock)) return;
    after.set(then.lock, taken);
    const back = this.#way(then.lock, held.lock);
    if (back === null || back.every((other) => other.thread.name === taken.thread.name)) return;
    const way = [taken, ...back];
    if (!hasGate(way)) this.#onInversion(way);
  }

  /** Edges that lead from one lock to another. */
  #way(from: object, to: object, seen = new Set<object>()): Taken[] | null {
    seen.add(from);
    for (const [lock, taken] of this.#after.get(from) ?? []) {
      if (lock === to) return [taken];
      if (seen.has(lock)) continue;
      const rest = this.#way(lock, to, seen);
      if (rest !== null) return [taken, ...rest];
    }
    return null;
  }
}

/** Is there a lock that all of them held? */
function hasGate(way: readonly Taken[]): boolean {
  const [first, ...others] = way;
  const ends = new Set(way.map(({ held }) => held.lock));
  return first!.all.some(
    ({ lock, isRead }) =>
      !isRead && !ends.has(lock) && others.every(({ all }) => all.some((held) => held.lock === lock && !held.isRead)),
  );
}

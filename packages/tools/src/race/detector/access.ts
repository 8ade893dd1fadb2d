// What a place in memory remembers: who wrote it last, and who has read it since. FastTrack: one epoch for each in the
// common case, a set only for reads that no order holds.
//
// An Access is not of a place: one object serves for all places that a thread touches at one time, at one site. So a place
// is two references, also where there are a million of them.
import type { Frame } from "../operations/stack.js";
import type { Site } from "../accesses.js";
import type { Thread } from "./thread.js";

export class Access {
  /** Null where it is never the same as what the thread does now: see stale. */
  readonly thread: Thread | null;
  readonly by: Thread;
  readonly time: number;
  readonly frame: Frame;
  readonly site: Site;
  readonly isWrite: boolean;

  constructor(thread: Thread | null, by: Thread, time: number, frame: Frame, site: Site, isWrite: boolean) {
    this.thread = thread;
    this.by = by;
    this.time = time;
    this.frame = frame;
    this.site = site;
    this.isWrite = isWrite;
  }
}

/** Several accesses that nothing orders among themselves, one for each thread. */
export class Several {
  readonly thread = null;
  readonly time = -1;
  readonly all = new Map<Thread, Access>();
}

export type Accessed = Access | Several | null;

/** Told of two accesses that nothing orders. `lost`: the earlier one was an update that the later one has undone. */
export type OnRace = (later: Access, earlier: Access, lost: boolean) => void;

/** Calls `each` for those of `accessed` that `thread` does not know of. */
export function unordered(accessed: Accessed, thread: Thread, each: (earlier: Access) => void): void {
  if (accessed === null) return;
  if (accessed instanceof Access) {
    if (!thread.knows(accessed.by, accessed.time)) each(accessed);
    return;
  }
  for (const access of accessed.all.values()) if (!thread.knows(access.by, access.time)) each(access);
}

/** With one more, and without those that come before it. */
export function added(accessed: Accessed, access: Access): Accessed {
  if (accessed === null) return access;
  const { by } = access;
  if (accessed instanceof Access) {
    if (by.knows(accessed.by, accessed.time)) return access;
    const several = new Several();
    several.all.set(accessed.by, accessed).set(by, access);
    return several;
  }
  const { all } = accessed;
  all.set(by, access);
  return accessed;
}

/** Those that `thread` does not know of, each as `form` makes it. */
export function without(accessed: Accessed, thread: Thread, form: (access: Access) => Access): Accessed {
  if (accessed === null) return null;
  if (accessed instanceof Access) return thread.knows(accessed.by, accessed.time) ? null : form(accessed);
  let left: Several | null = null;
  for (const access of accessed.all.values()) {
    if (thread.knows(access.by, access.time)) continue;
    (left ??= new Several()).all.set(access.by, form(access));
  }
  return left;
}

/** The same read, of a value that another thread has overwritten since. */
export function stale(access: Access): Access {
  if (access.thread === null || access.isWrite) return access;
  return new Access(null, access.by, access.time, access.frame, access.site, false);
}

/** Did this thread, or the call that it is the going on of, read before others wrote, and not since? */
export function isStale(accessed: Accessed, thread: Thread, frame: Frame): boolean {
  if (accessed === null) return false;
  if (accessed instanceof Access) return isOwnStale(accessed, thread, frame);
  const own = accessed.all.get(thread);
  if (own !== undefined) return isOwnStale(own, thread, frame);
  if (thread.origins === null) return false;
  for (const access of accessed.all.values()) if (isOwnStale(access, thread, frame)) return true;
  return false;
}

function isOwnStale(access: Access, thread: Thread, frame: Frame): boolean {
  if (access.thread !== null || access.isWrite) return false;
  return access.by === thread || (access.frame === frame && thread.origins?.includes(access.by.serial) === true);
}

// A place in memory: a variable, a property, an element. What an access to it finds out, and leaves there.
//
//   I1  of the writes, and of the reads, those are kept that no later write comes after: so each pair of accesses that
//       nothing orders is seen when the second of them happens, also where others came between;
//   I2  a read that a foreign write has come upon unordered is marked stale: it is never taken for the same as a new one,
//       and a write of its thread that follows it undoes the foreign one.
import type { Site } from "../accesses.js";
import type { Frame } from "../operations/stack.js";
import { Access, added, isStale, Several, stale, unordered, without, type Accessed, type OnRace } from "./access.js";
import type { Thread } from "./thread.js";

const same = (access: Access): Access => access;

/** Reads after a read; gives the reads that are kept then. */
export function readAfter(
  writes: Accessed,
  reads: Accessed,
  thread: Thread,
  frame: Frame,
  site: Site,
  onRace: OnRace,
): Accessed {
  if (reads instanceof Several) {
    const own = reads.all.get(thread);
    if (own !== undefined && own.thread === thread && own.time === thread.time) return reads;
  }
  const access = thread.access(frame, site, false);
  if (writes !== null && writes.thread !== thread) {
    unordered(writes, thread, (earlier) => onRace(access, earlier, false));
  }
  return added(reads, access);
}

/** The reads that are kept after the write that `writeAfter` has just told of. */
export let readsLeft: Accessed = null;

/**
 * What follows an await comes after the read of another call that has yet to write: that call's update may be lost all the
 * same. One such read is remembered.
 */
function lastRead(reads: Accessed, thread: Thread): Accessed {
  return reads instanceof Access && reads.by !== thread ? stale(reads) : null;
}

/** Gives the writes that are kept then. */
export function writeAfter(
  writes: Accessed,
  reads: Accessed,
  thread: Thread,
  frame: Frame,
  site: Site,
  onRace: OnRace,
): Accessed {
  const access = thread.access(frame, site, true);
  if (reads !== null) {
    const undoes = isStale(reads, thread, frame);
    if (writes !== null) unordered(writes, thread, (earlier) => onRace(access, earlier, undoes));
    unordered(reads, thread, (earlier) => onRace(access, earlier, false));
    readsLeft = without(reads, thread, stale);
    if (readsLeft === null && thread.origins !== null) readsLeft = lastRead(reads, thread);
  } else {
    if (writes !== null) unordered(writes, thread, (earlier) => onRace(access, earlier, false));
    readsLeft = null;
  }
  const left = without(writes, thread, same);
  return left === null ? access : added(left, access);
}

export class Place {
  writes: Accessed = null;
  reads: Accessed = null;
  /** Of a property: is it known to be there? Else a write asks. */
  isThere = false;

  read(thread: Thread, frame: Frame, site: Site, onRace: OnRace): void {
    const { reads } = this;
    if (reads !== null && reads.thread === thread && reads.time === thread.time) return;
    this.reads = readAfter(this.writes, reads, thread, frame, site, onRace);
  }

  write(thread: Thread, frame: Frame, site: Site, onRace: OnRace): void {
    const { writes, reads } = this;
    if (writes !== null && writes.thread === thread && writes.time === thread.time) {
      if (reads === null || reads.thread === thread) return;
    }
    this.writes = writeAfter(writes, reads, thread, frame, site, onRace);
    this.reads = readsLeft;
  }
}

/** The size of a collection: an insertion is a write to whoever reads it, and none to another insertion. */
export class SizePlace extends Place {
  insertions: Accessed = null;

  override read(thread: Thread, frame: Frame, site: Site, onRace: OnRace): void {
    this.#unorderedInsertions(thread, frame, site, false, onRace);
    super.read(thread, frame, site, onRace);
  }

  override write(thread: Thread, frame: Frame, site: Site, onRace: OnRace): void {
    this.#unorderedInsertions(thread, frame, site, true, onRace);
    super.write(thread, frame, site, onRace);
    this.insertions = without(this.insertions, thread, same);
  }

  insert(thread: Thread, frame: Frame, site: Site, onRace: OnRace): void {
    const { insertions, writes, reads } = this;
    const isAgain = insertions !== null && insertions.thread === thread && insertions.time === thread.time;
    if (isAgain && writes === null && (reads === null || reads.thread === thread)) return;
    const access = thread.access(frame, site, true);
    unordered(writes, thread, (earlier) => onRace(access, earlier, false));
    unordered(reads, thread, (earlier) => onRace(access, earlier, false));
    if (!isAgain) this.insertions = added(insertions, access);
  }

  #unorderedInsertions(thread: Thread, frame: Frame, site: Site, isWrite: boolean, onRace: OnRace): void {
    const { insertions } = this;
    if (insertions === null || insertions.thread === thread) return;
    unordered(insertions, thread, (earlier) => onRace(thread.access(frame, site, isWrite), earlier, false));
  }
}

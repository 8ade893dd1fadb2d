// What can be locked, and the guard that unlocks at the end of a block.

import { mapOp } from "../runtime/mapped.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op } from "../types.js";

/** Go: `sync.Locker`. */
export interface Locker {
  lock(): Op<void>;
  unlock(): void;
}

class Guard implements Disposable {
  #unlock: (() => void) | null;

  constructor(unlock: () => void) {
    this.#unlock = unlock;
  }
  /** Unlocks, the first time. */
  [Symbol.dispose](): void {
    const unlock = this.#unlock;
    this.#unlock = null;
    unlock?.();
  }
}

export function guardOf(lock: Op<void>, unlock: () => void, reason: WaitReason): Op<Disposable> {
  return mapOp(lock, () => new Guard(unlock), reason);
}

// A rate limiter that several cores know: one bucket, whose numbers stand in its cell, under its lock. Go: x/time/rate
//
// Every operation takes the numbers from the cell, does on them what it does on one core, and puts them back. Times are
// those of the clock of the core that shared it. Nobody waits in the cell: who waits for a token that is still to come has
// taken it already, and sleeps where it is.

import { ShareKind } from "../ds/shareable.js";
import { floats, mem, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { lock, unlock } from "../arena/spin-lock.js";
import { Bucket, Limiter } from "../x/rate.js";
import { registerKind } from "./handles.js";

/** Words of the cell, behind those of every cell: a float each. */
const Rate = { limit: 4, burst: 6, tokens: 8, last: 10, lastEvent: 12, origin: 14, WORDS: 16 } as const;

/** A clock that begins at another moment makes times that are equal differ by this at most. */
const SAME_MS = 1e-3;

class SharedBucket extends Bucket {
  readonly #cell: Addr;
  /** What the clock of this core shows less than that of the one that shared it. */
  readonly #behindMs: number;

  constructor(cell: Addr) {
    super(0, 0);
    this.#cell = cell;
    this.#behindMs = performance.timeOrigin - floats[(cell + Rate.origin) >> 1]!;
  }

  #load(): void {
    const at = this.#cell >> 1;
    this.limit = floats[at + Rate.limit / 2]!;
    this.burst = floats[at + Rate.burst / 2]!;
    this.tokens = floats[at + Rate.tokens / 2]!;
    this.last = floats[at + Rate.last / 2]! - this.#behindMs;
    this.lastEvent = floats[at + Rate.lastEvent / 2]! - this.#behindMs;
  }

  #store(): void {
    const at = this.#cell >> 1;
    floats[at + Rate.limit / 2] = this.limit;
    floats[at + Rate.burst / 2] = this.burst;
    floats[at + Rate.tokens / 2] = this.tokens;
    floats[at + Rate.last / 2] = this.last + this.#behindMs;
    floats[at + Rate.lastEvent / 2] = this.lastEvent + this.#behindMs;
  }

  put(bucket: Bucket): void {
    this.limit = bucket.limit;
    this.burst = bucket.burst;
    this.tokens = bucket.tokens;
    this.last = bucket.last;
    this.lastEvent = bucket.lastEvent;
    this.#store();
  }

  #open(): void {
    lock(this.#cell);
    this.#load();
  }

  #close(): void {
    this.#store();
    unlock(this.#cell);
  }

  override take(time: number, n: number, maxWaitMs: number): number {
    this.#open();
    // Another core may have come in between with a later time.
    const at = Math.max(time, this.last);
    const waitMs = super.take(at, n, maxWaitMs);
    this.#close();
    return waitMs > 0 ? waitMs + (at - time) : waitMs;
  }

  override setLimit(time: number, limit: number): void {
    this.#open();
    super.setLimit(time, limit);
    this.#close();
  }

  override setBurst(time: number, burst: number): void {
    this.#open();
    super.setBurst(time, burst);
    this.#close();
  }

  override look(): this {
    this.#open();
    unlock(this.#cell);
    return this;
  }

  override giveBack(time: number, actAt: number, count: number, limit: number): void {
    this.#open();
    if (Math.abs(this.lastEvent - actAt) < SAME_MS) this.lastEvent = actAt;
    super.giveBack(time, actAt, count, limit);
    this.#close();
  }
}

function share(limiter: Limiter): Addr {
  const cell = allocate(Rate.WORDS);
  mem.fill(0, cell, cell + Rate.WORDS);
  floats[(cell + Rate.origin) >> 1] = performance.timeOrigin;
  const bucket = new SharedBucket(cell);
  bucket.put(limiter.bucket);
  limiter.bucket = bucket;
  return cell;
}

registerKind<Limiter>(ShareKind.limiter, {
  share,
  adopt(cell) {
    const limiter = new Limiter(0, 0);
    limiter.bucket = new SharedBucket(cell);
    return limiter;
  },
  destroy(cell) {
    free(cell, Rate.WORDS);
  },
});

// "goro/rate": a token bucket. Go: golang.org/x/time/rate
//
// Tokens are not handed out by a clock: how many there are is computed from the time of the last change when somebody asks. A
// reservation takes tokens that are still to come, so that the count may be negative, and says how long to wait for them.

import { typeError } from "../ds/type-error.js";
import type { Context } from "../context/context.js";
import { contextOf } from "../context/from-signal.js";
import { shareable, ShareKind } from "../ds/shareable.js";
import { Waiter } from "../ds/wait-queue.js";
import { now } from "../runtime/host.js";
import { done, Operation } from "../runtime/operation.js";
import { addTimer, removeTimer } from "../runtime/timers.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op } from "../types.js";

/** Events per second; Infinity lets everything through. */
export type Limit = number;

function checkNumber(what: string, name: string, n: unknown): asserts n is number {
  if (typeof n !== "number") throw typeError(`${what}: ${name}`, "a number", n);
  if (Number.isNaN(n)) throw new RangeError(`${what}: ${name} must be a number, got NaN`);
}

function checkLimit(what: string, limit: unknown): asserts limit is number {
  checkNumber(what, "limit", limit);
  if (limit < 0) throw new RangeError(`${what}: limit must not be negative, got ${limit}`);
}

function checkCount(what: string, name: string, n: unknown): asserts n is number {
  checkNumber(what, name, n);
  if (!Number.isSafeInteger(n) || n < 0)
    throw new RangeError(`${what}: ${name} must be a whole number from 0, got ${n}`);
}

/**
 * The limit that allows one event per interval of so many milliseconds; Infinity for zero and less.
 * @throws RangeError for NaN, TypeError for what is no number.
 */
export function every(ms: number): Limit {
  checkNumber("every", "ms", ms);
  return ms <= 0 ? Infinity : 1000 / ms;
}

const msFor = (tokens: number, limit: Limit): number => (limit <= 0 ? Infinity : (tokens / limit) * 1000);
const tokensIn = (ms: number, limit: Limit): number => (limit <= 0 ? 0 : (ms / 1000) * limit);

/** Tokens that were taken ahead of their time. */
export class Reservation {
  /** False where more were asked for than the burst: nothing was taken. */
  readonly ok: boolean;
  /** @internal On the host's clock. */
  readonly actAt: number;
  /** @internal */
  readonly count: number;
  /** @internal The limit at the time of reserving: it may have changed since. */
  readonly limit: Limit;
  readonly #limiter: Limiter;
  #isCancelled = false;

  /** @internal */
  constructor(limiter: Limiter, ok: boolean, count: number, actAt: number, limit: Limit) {
    this.#limiter = limiter;
    this.ok = ok;
    this.count = count;
    this.actAt = actAt;
    this.limit = limit;
  }

  /** Milliseconds to wait from now before acting; Infinity where not ok. */
  delay(): number {
    return this.ok ? Math.max(0, this.actAt - now()) : Infinity;
  }

  /** Says that it will not act: gives back what later reservations have not built upon. */
  cancel(): void {
    if (!this.ok || this.#isCancelled) return;
    this.#isCancelled = true;
    this.#limiter.giveBack(this);
  }
}

/**
 * What a limiter knows. A limiter that other cores know has one that keeps these numbers in the memory they share: see
 * cores/limiter.ts.
 *
 * @internal
 */
export class Bucket {
  limit: Limit;
  burst: number;
  tokens: number;
  /** When tokens was right. All times are of the host's clock. */
  last = now();
  /** When the latest reservation may act. */
  lastEvent = 0;

  constructor(limit: Limit, burst: number) {
    this.limit = limit;
    this.burst = burst;
    this.tokens = burst;
  }

  /** Takes n tokens if they are there, or will be in so many milliseconds. Returns how many, or -1. */
  take(time: number, n: number, maxWaitMs: number): number {
    if (this.limit === Infinity) return 0;
    const tokens = this.tokensAt(time) - n;
    const waitMs = tokens < 0 ? msFor(-tokens, this.limit) : 0;
    if (n > this.burst || waitMs > maxWaitMs) return -1;
    this.last = time;
    this.tokens = tokens;
    this.lastEvent = time + waitMs;
    return waitMs;
  }

  tokensAt(time: number): number {
    return Math.min(this.tokens + tokensIn(Math.max(0, time - this.last), this.limit), this.burst);
  }

  setLimit(time: number, limit: Limit): void {
    this.#advance(time);
    this.limit = limit;
  }

  setBurst(time: number, burst: number): void {
    this.#advance(time);
    this.burst = burst;
  }

  #advance(time: number): void {
    this.tokens = this.tokensAt(time);
    this.last = time;
  }

  /** As it is now. */
  look(): this {
    return this;
  }

  /** Gives back what was taken under a limit, to act at a time. */
  giveBack(time: number, actAt: number, count: number, limit: Limit): void {
    if (this.limit === Infinity) return;
    // Tokens that were reserved after this one have moved their time forward by it: those are gone.
    const restored = count - tokensIn(this.lastEvent - actAt, limit);
    if (restored <= 0) return;
    this.#advance(time);
    this.tokens = Math.min(this.tokens + restored, this.burst);
    if (actAt !== this.lastEvent) return;
    const previous = actAt - msFor(count, limit);
    if (previous >= time) this.lastEvent = previous;
  }
}

/**
 * Lets events happen at a rate, with bursts. It begins with a full burst. Passed to parallel functions, it is one limit for all
 * cores.
 *
 * @example
 * const limiter = new Limiter(every(100), 5);
 * yield* limiter.wait(ctx);
 */
export class Limiter {
  /** @internal */
  bucket: Bucket;

  /** @throws TypeError, RangeError where limit is negative or NaN, or burst no whole number from 0. */
  constructor(limit: Limit, burst: number) {
    checkLimit("Limiter", limit);
    checkCount("Limiter", "burst", burst);
    this.bucket = new Bucket(limit, burst);
  }

  get limit(): Limit {
    return this.bucket.look().limit;
  }
  get burst(): number {
    return this.bucket.look().burst;
  }
  /** Those there are now; negative while reservations are ahead. */
  get tokens(): number {
    return this.bucket.look().tokensAt(now());
  }

  /** Takes a token if there is one, and says whether there was. */
  allow(): boolean {
    return this.allowN(1);
  }
  /** @throws TypeError, RangeError where n is no whole number from 0. */
  allowN(n: number): boolean {
    checkCount("Limiter.allowN", "n", n);
    return this.bucket.take(now(), n, 0) >= 0;
  }

  /** Takes a token, also one that is still to come: wait for `delay()`, then act. */
  reserve(): Reservation {
    return this.reserveN(1);
  }
  /** @throws TypeError, RangeError where n is no whole number from 0. */
  reserveN(n: number): Reservation {
    checkCount("Limiter.reserveN", "n", n);
    const time = now();
    const waitMs = this.bucket.take(time, n, Infinity);
    const ok = waitMs >= 0;
    return new Reservation(this, ok, ok ? n : 0, ok ? time + waitMs : time, this.bucket.limit);
  }

  /**
   * Takes a token; parks until there is one.
   * @throws Error where ctx's deadline would pass before; ctx.err() where ctx ends first: then the token is given back.
   */
  wait(ctx: Context): Op<void> {
    return this.waitN(ctx, 1);
  }
  /**
   * Takes n tokens; parks until there are.
   * @throws Error where n exceeds the burst, or ctx's deadline would pass before; ctx.err() where ctx ends first;
   * TypeError, RangeError for a bad n or ctx.
   */
  waitN(ctx: Context, n: number): Op<void> {
    contextOf("Limiter.waitN", "ctx", ctx);
    checkCount("Limiter.waitN", "n", n);
    return new Wait(this, ctx, n);
  }

  /** @throws TypeError, RangeError where limit is negative or NaN. */
  setLimit(limit: Limit): void {
    checkLimit("Limiter.setLimit", limit);
    this.bucket.setLimit(now(), limit);
  }
  /** @throws TypeError, RangeError where burst is no whole number from 0. */
  setBurst(burst: number): void {
    checkCount("Limiter.setBurst", "burst", burst);
    this.bucket.setBurst(now(), burst);
  }

  /** @internal How long n tokens would have to be waited for. */
  waitFor(n: number): number {
    if (this.limit === Infinity) return 0;
    const missing = n - this.tokens;
    return missing <= 0 ? 0 : msFor(missing, this.limit);
  }

  /** @internal */
  giveBack({ actAt, count, limit }: Reservation): void {
    const time = now();
    if (count > 0 && actAt > time) this.bucket.giveBack(time, actAt, count, limit); // else its time has come
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.limiter;
  }
}

/** Rings somebody else. */
class Bell extends Waiter {
  readonly #ring: () => void;

  constructor(ring: () => void) {
    super();
    this.#ring = ring;
  }
  wake(): boolean {
    this.#ring();
    return true;
  }
}

/** One wait: for the tokens' time, or for the end of the context. */
class Pending {
  endedFirst = false;
  readonly #reservation: Reservation;
  readonly #ctx: Context;
  readonly #waiter: Waiter;
  readonly #timer = new Bell(() => this.#timeHasCome());
  readonly #ended = new Bell(() => this.#contextEnded());

  constructor(reservation: Reservation, ctx: Context, waiter: Waiter) {
    this.#reservation = reservation;
    this.#ctx = ctx;
    this.#waiter = waiter;
    addTimer(reservation.delay(), this.#timer);
    contextOf("Limiter.waitN", "ctx", ctx).node?.tell(this.#ended);
  }

  #timeHasCome(): void {
    contextOf("Limiter.waitN", "ctx", this.#ctx).node?.untell(this.#ended);
    this.#waiter.value = this;
    this.#waiter.wake();
  }

  #contextEnded(): void {
    this.endedFirst = true;
    removeTimer(this.#timer);
    this.#reservation.cancel();
    this.#waiter.value = this;
    this.#waiter.wake();
  }

  withdraw(): void {
    removeTimer(this.#timer);
    contextOf("Limiter.waitN", "ctx", this.#ctx).node?.untell(this.#ended);
    this.#reservation.cancel();
  }
}

class Wait extends Operation<void> {
  readonly #limiter: Limiter;
  readonly #ctx: Context;
  readonly #n: number;

  constructor(limiter: Limiter, ctx: Context, n: number) {
    super();
    this.#limiter = limiter;
    this.#ctx = ctx;
    this.#n = n;
  }
  get reason(): WaitReason {
    return "rate.Wait";
  }
  poll(): boolean {
    const limiter = this.#limiter;
    const n = this.#n;
    const ended = this.#ctx.err();
    if (n > limiter.burst && limiter.limit !== Infinity) {
      throw new Error(`rate: Wait(n=${n}) exceeds limiter's burst ${limiter.burst}`);
    }
    if (ended !== undefined) throw ended;
    const deadline = this.#ctx.deadline();
    if (deadline !== undefined && limiter.waitFor(n) > deadline.getTime() - Date.now()) {
      throw new Error(`rate: Wait(n=${n}) would exceed context deadline`);
    }
    done.value = undefined;
    return limiter.bucket.take(now(), n, 0) >= 0;
  }
  enlist(w: Waiter): void {
    w.value = new Pending(this.#limiter.reserveN(this.#n), this.#ctx, w);
  }
  withdraw(w: Waiter): void {
    (w.value as Pending).withdraw();
  }
  finish(outcome: unknown): void {
    if ((outcome as Pending).endedFirst) throw this.#ctx.err()!;
  }
}

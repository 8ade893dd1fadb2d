// Waits for a number of things to be done. Go: sync/waitgroup.go

import { typeError } from "../ds/type-error.js";
import { keepShape } from "../ds/shape.js";
import { shareable, ShareKind } from "../ds/shareable.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { done, Operation } from "../runtime/operation.js";
import { Panic } from "../runtime/panic.js";
import { start } from "../runtime/scheduler.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Goroutine, Op, Routine } from "../types.js";

/**
 * Counts what is still to be done, and lets goroutines wait until it is zero. It can be used again after that. Go:
 * `sync.WaitGroup`.
 *
 * @example
 * const wg = new WaitGroup();
 * for (const url of urls) wg.go(fetchOne, url);
 * yield* wg.wait();
 */
export class WaitGroup {
  #count = 0;
  readonly #waiters = new WaitQueue();
  readonly #wait: Wait = new Wait(this, this.#waiters);

  /**
   * Adds to the counter; at zero all who wait go on. Go: `wg.Add(delta)`.
   * @throws Panic "sync: negative WaitGroup counter" below zero; TypeError or RangeError where delta is no whole number.
   */
  add(delta: number): void {
    if (typeof delta !== "number") throw typeError("WaitGroup.add: delta", "a number", delta);
    if (!Number.isSafeInteger(delta)) throw new RangeError(`WaitGroup.add: delta must be a whole number, got ${delta}`);
    this.#change(delta);
  }

  /** One less. Go: `wg.Done()`. @throws Panic "sync: negative WaitGroup counter". */
  done(): void {
    this.#change(-1);
  }

  #change(delta: number): void {
    const count = this.#count + delta;
    if (count < 0) throw new Panic("sync: negative WaitGroup counter");
    this.#count = count;
    if (count === 0) this.#waiters.wakeAll(undefined);
  }

  /** Parks until the counter is zero. Go: `wg.Wait()`. */
  wait(): Op<void> {
    return this.#wait;
  }

  /**
   * add(1), start fn, done() when it ends, however it ends. Go: `wg.Go(fn)`.
   * @throws TypeError as `go`.
   */
  go<A extends unknown[], T>(fn: (...args: A) => Routine<T> | PromiseLike<T> | T, ...args: A): Goroutine<T> {
    const g = start("WaitGroup.go", fn, args);
    this.#change(1);
    g.more.watcher = this;
    return g;
  }

  /** @internal A goroutine of `go` has ended. */
  ended(): void {
    this.#change(-1);
  }

  /** @internal */
  get isZero(): boolean {
    return this.#count === 0;
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.waitGroup;
  }
}

class Wait extends Operation<void> {
  readonly #group: WaitGroup;
  readonly #waiters: WaitQueue;

  constructor(group: WaitGroup, waiters: WaitQueue) {
    super();
    this.#group = group;
    this.#waiters = waiters;
  }
  get reason(): WaitReason {
    return "sync.WaitGroup.Wait";
  }
  poll(): boolean {
    done.value = undefined;
    return this.#group.isZero;
  }
  enlist(w: Waiter): void {
    this.#waiters.push(w);
  }
  withdraw(w: Waiter): void {
    this.#waiters.remove(w);
  }
  finish(): void {}
}

keepShape(new WaitGroup());

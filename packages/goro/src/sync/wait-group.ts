// Waits for a number of things to be done. Go: sync/waitgroup.go

import { typeError } from "../ds/type-error.js";
import { keepShape } from "../ds/shape.js";
import { shareable, ShareKind } from "../ds/shareable.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import type { Goroutine as StartedGoroutine } from "../runtime/goroutine.js";
import { done, Operation } from "../runtime/operation.js";
import { Panic } from "../runtime/panic.js";
import { start } from "../runtime/scheduler.js";
import type { Subject } from "../runtime/subject.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Goroutine, Op, Routine } from "../types.js";

const IN_ARENA = -1;

/** The state of one that other cores know. See cores/wait-group.ts. */
export interface SharedWaitGroup {
  readonly isZero: boolean;
  change(delta: number): void;
  enlist(w: Waiter): void;
  /** While no other core knows it. */
  enlistEarly(w: Waiter): void;
  withdraw(w: Waiter): void;
}

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
  /** IN_ARENA where other cores know it. */
  #count = 0;
  /** @internal */
  shared: SharedWaitGroup | null = null;
  /** @internal */
  readonly waiters = new WaitQueue();
  readonly #wait: Wait = new Wait(this);

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
    const before = this.#count;
    if (before === IN_ARENA) return this.shared!.change(delta);
    const count = before + delta;
    if (count < 0) throw new Panic("sync: negative WaitGroup counter");
    this.#count = count;
    if (count === 0) this.waiters.wakeAll(undefined);
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
    // Before it starts: on another core it may be waited for at once.
    this.#change(1);
    let g: StartedGoroutine;
    try {
      g = start("WaitGroup.go", fn, args);
    } catch (error) {
      this.#change(-1);
      throw error;
    }
    g.more.watcher = this;
    return g;
  }

  /** @internal A goroutine of `go` has ended. */
  ended(): void {
    this.#change(-1);
  }

  /** @internal */
  get isZero(): boolean {
    return this.shared === null ? this.#count === 0 : this.shared.isZero;
  }

  /** @internal */
  get detail(): string {
    return this.shared === null ? `counter ${this.#count}` : "";
  }

  /** @internal Lets other cores know it; `begin` is told the counter. */
  share(shared: SharedWaitGroup, begin: (count: number) => void): void {
    begin(this.#count);
    for (let w = this.waiters.shift(); w !== null; w = this.waiters.shift()) shared.enlistEarly(w);
    this.shared = shared;
    this.#count = IN_ARENA;
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.waitGroup;
  }
}

class Wait extends Operation<void> {
  readonly #group: WaitGroup;

  constructor(group: WaitGroup) {
    super();
    this.#group = group;
  }
  get reason(): WaitReason {
    return "sync.WaitGroup.Wait";
  }
  get subject(): Subject {
    return { kind: "sync.WaitGroup", thing: this.#group, detail: this.#group.detail };
  }
  poll(): boolean {
    done.value = undefined;
    return this.#group.isZero;
  }
  enlist(w: Waiter): void {
    const { shared, waiters } = this.#group;
    if (shared === null) waiters.push(w);
    else shared.enlist(w);
  }
  withdraw(w: Waiter): void {
    const { shared, waiters } = this.#group;
    if (shared === null) waiters.remove(w);
    else shared.withdraw(w);
  }
  finish(): void {}
}

keepShape(new WaitGroup());

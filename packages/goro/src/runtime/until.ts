// until: brings a promise in.
//
// A promise cannot be un-listened to, so each is listened to once, however many Ops and selects wait for it; those wait in
// an ordinary queue, from which a lost select is withdrawn like everywhere else.

import { typeError } from "../ds/type-error.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import type { Op } from "../types.js";
import { addFrames } from "./frames.js";
import { Operation } from "./operation.js";
import type { WaitReason } from "./wait-reason.js";

class Source {
  readonly waiters = new WaitQueue();
  state: "pending" | "resolved" | "rejected" = "pending";
  value: unknown = undefined;

  constructor(promise: PromiseLike<unknown>) {
    promise.then(
      (value) => this.#settle("resolved", value),
      (error: unknown) => this.#settle("rejected", error),
    );
  }

  #settle(state: "resolved" | "rejected", value: unknown): void {
    if (this.state !== "pending") return; // a thenable that calls twice
    this.state = state;
    this.value = value;
    this.waiters.wakeAll(this);
  }

  enlist(w: Waiter): void {
    w.value = this;
    this.waiters.push(w);
    // Settled long ago: still never at once, as `await`.
    if (this.state !== "pending") queueMicrotask(() => this.waiters.wakeAll(this));
  }
}

const sources = new WeakMap<PromiseLike<unknown>, Source>();

function sourceOf(promise: PromiseLike<unknown>): Source {
  let source = sources.get(promise);
  if (source === undefined) sources.set(promise, (source = new Source(promise)));
  return source;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === "object" || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function"
  );
}

/** What the function gave, also where it gave no promise or threw. */
function call(make: () => unknown): PromiseLike<unknown> {
  try {
    const made = make();
    return isThenable(made) ? made : Promise.resolve(made);
  } catch (error) {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever it threw
    return Promise.reject(error);
  }
}

class Until<T> extends Operation<T> {
  readonly promise: PromiseLike<T> | (() => PromiseLike<T>);

  constructor(promise: PromiseLike<T> | (() => PromiseLike<T>)) {
    super();
    this.promise = promise;
  }
  get reason(): WaitReason {
    return "IO wait";
  }
  /** The goroutine that awaits for async code begins later than the promise may reject: it is listened to from now on. */
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (isThenable(this.promise)) sourceOf(this.promise);
    return super.then(onFulfilled, onRejected);
  }
  poll(): boolean {
    return false;
  }
  enlist(w: Waiter): void {
    const { promise } = this;
    sourceOf(typeof promise === "function" && !isThenable(promise) ? call(promise) : promise).enlist(w);
  }
  withdraw(w: Waiter): void {
    (w.value as Source).waiters.remove(w);
  }
  finish(outcome: unknown): T {
    const { state, value } = outcome as Source;
    if (state === "resolved") return value as T;
    addFrames(value);
    throw value;
  }
}

/**
 * Waits for a promise and gives what it resolves with; throws in the goroutine what it rejects with. A function is called
 * when the Op has to wait or runs by itself, and not by a select in which another case was ready; a promise is never ready
 * at once. In a select that another case wins the promise is left alone, and its later rejection is ignored.
 *
 * @throws TypeError where it is neither a promise nor a function.
 * @example
 * const response = yield* until(fetch(url, { signal: ctx.signal }));
 */
export function until<T>(promise: PromiseLike<T> | (() => PromiseLike<T>)): Op<T> {
  if (typeof promise !== "function" && !isThenable(promise)) {
    throw typeError("until: promise", "a promise or a function that returns one", promise);
  }
  return new Until(promise);
}

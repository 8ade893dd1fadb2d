// How contexts are made. Go: context/context.go, context.WithCancel and its kin

import { typeError } from "../ds/type-error.js";
import { now } from "../runtime/host.js";
import { start } from "../runtime/scheduler.js";
import { checkDuration } from "../runtime/sleep.js";
import { Waiter } from "../ds/wait-queue.js";
import type { Routine } from "../types.js";
import { type BaseContext, CancelContext, type Context, EndlessContext, root, ValueContext } from "./context.js";
import { canceled, deadlineExceeded } from "./errors.js";
import { contextOf } from "./from-signal.js";

/** Ends the context; again does nothing. Also a Disposable: `using` it cancels at the end of the block. */
export interface CancelFunc extends Disposable {
  (): void;
}
/** Ends the context with a cause. */
export interface CancelCauseFunc extends Disposable {
  (cause?: Error): void;
}

const rootTodo = new EndlessContext(null);

/** The context that everything begins with: never ends, holds nothing. Go: `context.Background()`. */
export function background(): Context {
  return root;
}

/** As background, where it is not yet clear which context to use. Go: `context.TODO()`. */
export function todo(): Context {
  return rootTodo;
}

function checkCause(what: string, cause: unknown): asserts cause is Error {
  if (!(cause instanceof Error)) throw typeError(`${what}: cause`, "an Error", cause);
}

function disposable<F extends () => void>(cancel: F): F & Disposable {
  return Object.assign(cancel, { [Symbol.dispose]: () => cancel() });
}

/**
 * A child that ends when cancel is called or the parent ends. Go: `context.WithCancel(parent)`.
 * @throws TypeError where parent is no Context.
 * @example
 * const [ctx, cancel] = withCancel(background());
 * go(worker, ctx);
 * cancel();
 */
export function withCancel(parent: Context): [ctx: Context, cancel: CancelFunc] {
  const ctx = new CancelContext(contextOf("withCancel", "parent", parent));
  return [ctx, disposable(() => ctx.end(canceled, undefined))];
}

/** As withCancel, with a cause that `cause(ctx)` gives. Go: `context.WithCancelCause(parent)`. */
export function withCancelCause(parent: Context): [ctx: Context, cancel: CancelCauseFunc] {
  const ctx = new CancelContext(contextOf("withCancelCause", "parent", parent));
  const cancel = (cause?: Error): void => {
    if (cause !== undefined) checkCause("cancel", cause);
    ctx.end(canceled, cause);
  };
  return [ctx, disposable(cancel)];
}

function withEnd(
  parent: BaseContext,
  delayMs: number,
  at: Date | undefined,
  cause: Error,
): [ctx: Context, cancel: CancelFunc] {
  const inherited = parent.deadline();
  const isEarlier = at !== undefined && (inherited === undefined || at.getTime() < inherited.getTime());
  const ctx = isEarlier ? new CancelContext(parent, at) : new CancelContext(parent);
  if (delayMs <= 0) ctx.end(deadlineExceeded, cause);
  else if (isEarlier) ctx.endAt(now() + delayMs, cause);
  return [ctx, disposable(() => ctx.end(canceled, undefined))];
}

/** The longest time that a Date can hold is less than what a number can. */
const LAST_DATE_MS = 8.64e15;

function withDelay(what: string, parent: Context, ms: number, cause: Error): [ctx: Context, cancel: CancelFunc] {
  checkDuration(what, "ms", ms);
  const at = Date.now() + ms;
  return withEnd(contextOf(what, "parent", parent), ms, Math.abs(at) <= LAST_DATE_MS ? new Date(at) : undefined, cause);
}

function withDate(what: string, parent: Context, at: Date, cause: Error): [ctx: Context, cancel: CancelFunc] {
  if (!(at instanceof Date)) throw typeError(`${what}: at`, "a Date", at);
  if (Number.isNaN(at.getTime())) throw new RangeError(`${what}: at is an invalid Date`);
  return withEnd(contextOf(what, "parent", parent), at.getTime() - Date.now(), new Date(at), cause);
}

/**
 * A child that ends after so many milliseconds at the latest, with deadlineExceeded; at once for zero and less. Call cancel
 * when done, so that its timer goes. Go: `context.WithTimeout(parent, d)`.
 * @throws RangeError for NaN; TypeError where ms is no number or parent no Context.
 * @example
 * const [ctx, cancel] = withTimeout(background(), 500);
 * using _ = cancel;
 */
export function withTimeout(parent: Context, ms: number): [ctx: Context, cancel: CancelFunc] {
  return withDelay("withTimeout", parent, ms, deadlineExceeded);
}

/** As withTimeout; `cause(ctx)` gives the cause when the time has passed. Go: `context.WithTimeoutCause`. */
export function withTimeoutCause(parent: Context, ms: number, cause: Error): [ctx: Context, cancel: CancelFunc] {
  checkCause("withTimeoutCause", cause);
  return withDelay("withTimeoutCause", parent, ms, cause);
}

/**
 * A child that ends at a date at the latest, with deadlineExceeded; at once for one that has passed. Go:
 * `context.WithDeadline(parent, t)`.
 * @throws TypeError where at is no Date or parent no Context; RangeError for an invalid Date.
 */
export function withDeadline(parent: Context, at: Date): [ctx: Context, cancel: CancelFunc] {
  return withDate("withDeadline", parent, at, deadlineExceeded);
}

/** As withDeadline; `cause(ctx)` gives the cause when the date has passed. Go: `context.WithDeadlineCause`. */
export function withDeadlineCause(parent: Context, at: Date, cause: Error): [ctx: Context, cancel: CancelFunc] {
  checkCause("withDeadlineCause", cause);
  return withDate("withDeadlineCause", parent, at, cause);
}

/**
 * A child that holds a value. Use an object or a symbol as the key, so that nobody else has it. Go: `context.WithValue`.
 *
 * A context that is passed to a parallel function takes its values along, as copies, where another core can name the key: a
 * string, a number, a symbol made with `Symbol.for`. What stands under an object or another symbol stays: each core that loads
 * a module has objects and symbols of its own, so nobody there could ask for it. A value that cannot be sent is a TypeError at
 * the `go`, which names its key.
 * @throws TypeError where key is null or undefined, or parent no Context.
 */
export function withValue(parent: Context, key: unknown, value: unknown): Context {
  if (key === undefined || key === null)
    throw new TypeError(`withValue: key must not be ${key === null ? "null" : "undefined"}`);
  return new ValueContext(contextOf("withValue", "parent", parent), key, value);
}

/** A context with the parent's values that does not end when the parent does. Go: `context.WithoutCancel(parent)`. */
export function withoutCancel(parent: Context): Context {
  return new EndlessContext(contextOf("withoutCancel", "parent", parent));
}

class Hook extends Waiter {
  readonly #fn: () => Routine<void> | void;
  isWaiting = true;

  constructor(fn: () => Routine<void> | void) {
    super();
    this.#fn = fn;
  }
  wake(): boolean {
    this.isWaiting = false;
    start("context.afterFunc", this.#fn, []);
    return true;
  }
}

/**
 * Runs fn in its own goroutine once ctx ends, never inside the call that ends it. Go: `context.AfterFunc(ctx, f)`.
 *
 * @returns stop, which says whether it came in time: then fn will not run. False once ctx has ended, and the second time.
 * @throws TypeError where fn is not a function or ctx no Context.
 */
export function afterFunc(ctx: Context, fn: () => Routine<void> | void): () => boolean {
  const { node } = contextOf("context.afterFunc", "ctx", ctx);
  if (typeof fn !== "function") throw typeError("context.afterFunc: fn", "a function", fn);
  const hook = new Hook(fn);
  if (node === null) return () => hook.isWaiting && !(hook.isWaiting = false);
  if (node.hasEnded) hook.wake();
  else node.tell(hook);
  return () => {
    if (!hook.isWaiting) return false;
    hook.isWaiting = false;
    node.untell(hook);
    return true;
  };
}

/** Why ctx ended: the cause it was cancelled with, else what err() says. undefined before. Go: `context.Cause(ctx)`. */
export function cause(ctx: Context): Error | undefined {
  return contextOf("cause", "ctx", ctx).node?.cause;
}

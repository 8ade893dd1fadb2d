// scope: goroutines that cannot outlive the block that started them.
//
//   I1  a scope is over when its body and all its goroutines have ended; from then on nothing can be started in it;
//   I2  its context ends with the first error, when it is cancelled, when the scope's Op is left for another, or at the latest
//       when it is over;
//   I3  what its goroutines throw only because the context has ended is no error of theirs.

import { CancelContext, root, type BaseContext, type Context } from "../context/context.js";
import { canceled } from "../context/errors.js";
import { contextOf } from "../context/from-signal.js";
import { stepsOp } from "../context/steps.js";
import { State, type Goroutine as Started } from "../runtime/goroutine.js";
import { exit } from "../runtime/operation.js";
import { untaken } from "../runtime/outcome.js";
import { Panic } from "../runtime/panic.js";
import { checkBody, start } from "../runtime/scheduler.js";
import { WaitGroup } from "../sync/wait-group.js";
import type { Goroutine, Op, Routine } from "../types.js";

/** The later errors, by the first one of their scope. */
const later = new WeakMap<object, unknown[]>();

/**
 * The errors that came after the one that a scope has thrown, in order. None for any other error.
 * @example
 * catch (error) { console.error(error, ...others(error)); }
 */
export function others(error: unknown): readonly unknown[] {
  return typeof error === "object" && error !== null ? (later.get(error) ?? []) : [];
}

/** What the body of a scope works with. */
export class Scope {
  /** Ends with the first error, with `cancel`, with the scope, and with the context that the scope was given. */
  readonly ctx: Context;
  readonly #ctx: CancelContext;
  readonly #parent: BaseContext;
  readonly #running = new WaitGroup();
  #isOver = false;
  #failure: { readonly error: unknown } | null = null;
  /** Somebody could not go on because the parent had ended. */
  #isCut = false;

  /** @internal */
  constructor(parent: BaseContext) {
    this.#parent = parent;
    this.#ctx = new CancelContext(parent);
    this.ctx = this.#ctx;
  }

  /**
   * Starts `fn(...args)` as a goroutine of the scope. What it throws is the scope's error, joined or not.
   * @throws Panic "scope: go after the scope has ended"; TypeError where fn is not a function.
   */
  go<A extends unknown[], T>(fn: (...args: A) => Routine<T> | PromiseLike<T> | T, ...args: A): Goroutine<T> {
    if (this.#isOver) throw new Panic("scope: go after the scope has ended");
    const g = start("scope.go", fn, args);
    this.#running.add(1);
    g.more.claimed = true;
    g.more.watcher = { ended: (g) => this.#ended(g) };
    return g;
  }

  /** Ends ctx: the others are no longer wanted. What they throw because of that is no error. */
  cancel(): void {
    this.#ctx.end(canceled, undefined);
  }

  #ended(g: Started): void {
    if (g.state === State.threw) {
      untaken.delete(g);
      this.#fail(g.value);
    }
    this.#running.done();
  }

  #fail(error: unknown): void {
    const { ending, cause } = this.#ctx;
    if (ending !== undefined && (error === ending || error === cause)) {
      this.#isCut = true;
      return;
    }
    if (this.#failure === null) {
      this.#failure = { error };
      this.#ctx.end(canceled, error instanceof Error ? error : new Error(String(error), { cause: error }));
    } else {
      const first = this.#failure.error;
      if (typeof first !== "object" || first === null || error === first) return;
      const list = later.get(first) ?? [];
      later.set(first, list);
      list.push(error);
    }
  }

  /** @internal */
  *run<T>(body: (s: Scope) => Routine<T>): Routine<T> {
    let result: T | undefined;
    let hasEnded = false;
    try {
      result = yield* body(this);
      hasEnded = true;
    } catch (error) {
      if (error === exit) throw error;
      hasEnded = true;
      this.#fail(error);
    } finally {
      if (!hasEnded) this.cancel();
    }
    yield* this.#running.wait();
    this.#isOver = true;
    const cut = this.#isCut ? this.#parent.err() : undefined;
    this.cancel();
    if (this.#failure !== null) throw this.#failure.error;
    if (cut !== undefined) throw cut;
    return result as T;
  }
}

/**
 * Runs body, waits for every goroutine that it has started with `s.go`, and gives what body returned. So nothing that is
 * started in a scope outlives it.
 *
 * The first error, of body or of a goroutine, ends `s.ctx`; when all have ended it is thrown, with the errors that came later
 * attached: see {@link others}. Errors that say no more than that ctx has ended are left out. The goroutines have to look at
 * s.ctx: none is torn away from what it does. As a losing case of a select the scope is cancelled, and not waited for.
 *
 * @param ctx Ends the scope's context too, and is what scope throws the err() of where goroutines gave up for it. Default:
 * background().
 * @throws TypeError where body is not a function or ctx no Context.
 * @example
 * const [user, orders] = yield* scope(function* (s) {
 *   const user = s.go(loadUser, s.ctx, id);
 *   const orders = s.go(loadOrders, s.ctx, id);
 *   return [yield* user.join(), yield* orders.join()];
 * });
 */
export function scope<T>(body: (s: Scope) => Routine<T>): Op<T>;
export function scope<T>(ctx: Context, body: (s: Scope) => Routine<T>): Op<T>;
export function scope<T>(first: Context | ((s: Scope) => Routine<T>), second?: (s: Scope) => Routine<T>): Op<T> {
  const [ctx, body] = second === undefined && typeof first === "function" ? [root, first] : [first, second];
  const parent = contextOf("scope", "ctx", ctx);
  checkBody("scope", body);
  return stepsOp("scope", parent, (own) => new Scope(own).run(body as (s: Scope) => Routine<T>));
}

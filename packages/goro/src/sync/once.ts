// Something that is done once. Go: sync/once.go, sync/oncefunc.go
//
// The first caller runs fn in its own goroutine; callers that overlap wait until fn has returned, not only until it has been
// called. In a select fn runs in a goroutine of its own, because it goes on where the select goes elsewhere.

import { typeError } from "../ds/type-error.js";
import { shareable, ShareKind } from "../ds/shareable.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { callRoutine } from "../runtime/call.js";
import { crash } from "../runtime/crash.js";
import { State, type Goroutine } from "../runtime/goroutine.js";
import { mapOp } from "../runtime/mapped.js";
import { done, exit, Operation } from "../runtime/operation.js";
import { untaken } from "../runtime/outcome.js";
import { start } from "../runtime/scheduler.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op, Routine, Suspend } from "../types.js";

type Fn = () => Routine<void> | void;

function checkFn(what: string, fn: unknown): void {
  if (typeof fn !== "function") throw typeError(`${what}: fn`, "a function", fn);
}

/** What the caller whose fn threw is woken with. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/**
 * Runs a function once, whoever comes first. Go: `sync.Once`.
 *
 * @example
 * yield* once.do(function* () { config = yield* load(); });
 */
export class Once {
  /** @internal */
  state: "fresh" | "running" | "done" = "fresh";
  /** @internal */
  readonly waiters = new WaitQueue();
  /** @internal The case of a select that started fn, while it waits. */
  starter: Waiter | null = null;

  /**
   * Runs fn if no call did before; otherwise waits until that one's fn has returned. If fn throws, it counts as done and only
   * the first caller sees the error. As a losing case of a select, fn goes on to its end for the others; an error that it
   * throws then is a panic. Go: `once.Do(fn)`.
   *
   * @throws TypeError where fn is not a function, or returns a promise.
   */
  do(fn: Fn): Op<void> {
    checkFn("once.do", fn);
    return new Do(this, fn);
  }

  /** @internal */
  *run(fn: Fn): Routine<void> {
    this.state = "running";
    try {
      yield* callRoutine("once.do", fn);
    } finally {
      this.state = "done";
      this.waiters.wakeAll(undefined);
    }
  }

  /** @internal For a select, whose waiter the starter is. */
  launch(fn: Fn, starter: Waiter): void {
    this.state = "running";
    this.starter = starter;
    const body = (): Routine<unknown> => callRoutine("once.do", fn);
    const g = start("once.do", body, []);
    g.more.claimed = true;
    g.more.watcher = { ended: (g) => this.#ended(g) };
  }

  #ended(g: Goroutine): void {
    this.state = "done";
    const { starter } = this;
    this.starter = null;
    if (g.state === State.threw) {
      untaken.delete(g);
      if (starter === null) return crash(g, g.value);
      this.waiters.remove(starter);
      starter.value = new Failure(g.value);
      if (!starter.wake()) return crash(g, g.value);
    }
    this.waiters.wakeAll(undefined);
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.once;
  }
}

class Do extends Operation<void> {
  readonly #once: Once;
  readonly #fn: Fn;

  constructor(once: Once, fn: Fn) {
    super();
    this.#once = once;
    this.#fn = fn;
  }
  get reason(): WaitReason {
    return "sync.Once.Do";
  }
  override [Symbol.iterator](): Iterator<Suspend, void, unknown> {
    return this.#once.state === "fresh" ? this.#once.run(this.#fn) : super[Symbol.iterator]();
  }
  poll(): boolean {
    done.value = undefined;
    return this.#once.state === "done";
  }
  enlist(w: Waiter): void {
    if (this.#once.state === "fresh") this.#once.launch(this.#fn, w);
    this.#once.waiters.push(w);
  }
  withdraw(w: Waiter): void {
    if (this.#once.starter === w) this.#once.starter = null;
    this.#once.waiters.remove(w);
  }
  finish(outcome: unknown): void {
    if (outcome instanceof Failure) throw outcome.error;
  }
}

/**
 * A function whose Op runs fn once. Where fn throws, every caller gets that error. fn is let go of once it has run. Go:
 * `sync.OnceFunc`.
 *
 * @throws TypeError where fn is not a function.
 */
export function onceFunc(fn: Fn): () => Op<void> {
  return onceOf<void>("onceFunc", fn);
}

/**
 * A function whose Op gives what fn returned, run once. Where fn throws, every caller gets that error. fn is let go of once it
 * has run. Go: `sync.OnceValue`.
 *
 * @throws TypeError where fn is not a function.
 * @example
 * const config = onceValue(function* () { return JSON.parse(yield* until(readFile(path, "utf8"))); });
 * const { port } = yield* config();
 */
export function onceValue<T>(fn: () => Routine<T> | T): () => Op<T> {
  return onceOf("onceValue", fn);
}

function onceOf<T>(what: string, given: () => Routine<T> | T): () => Op<T> {
  checkFn(what, given);
  let fn: (() => Routine<T> | T) | null = given;
  let value: T;
  let failure: Failure | null = null;
  function* body(): Routine<void> {
    try {
      value = yield* callRoutine(what, fn!);
    } catch (error) {
      if (error === exit) throw error;
      failure = new Failure(error);
    } finally {
      fn = null;
    }
  }
  const outcome = (): T => {
    if (failure !== null) throw failure.error;
    return value;
  };
  const op = mapOp(new Once().do(body), outcome, "sync.Once.Do");
  return () => op;
}

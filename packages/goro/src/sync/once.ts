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
import { processor } from "../runtime/processor.js";
import { start } from "../runtime/scheduler.js";
import type { Subject } from "../runtime/subject.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op, Routine, Suspend } from "../types.js";
import { LostHolder } from "./locker.js";

type Fn = () => Routine<void> | void;

function checkFn(what: string, fn: unknown): void {
  if (typeof fn !== "function") throw typeError(`${what}: fn`, "a function", fn);
}

/** The state of one that other cores know. See cores/once.ts. */
export interface SharedOnce {
  /** Throws where who ran fn has been lost with its core. */
  readonly isDone: boolean;
  readonly isFresh: boolean;
  /** Says that fn runs here, unless it runs already. */
  begin(): boolean;
  /** fn has returned. */
  end(): void;
  enlist(w: Waiter): void;
  /** While no other core knows it. */
  enlistEarly(w: Waiter): void;
  withdraw(w: Waiter): void;
}
/** Of one that other cores know: "shared", or when that was known before, "done". */
export type Phase = "fresh" | "running" | "done" | "shared";

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
  #phase: Phase = "fresh";
  #shared: SharedOnce | null = null;
  readonly #waiters = new WaitQueue();
  /** The case of a select that started fn, while it waits. */
  #starter: Waiter | null = null;
  /** The goroutine that runs fn, or has run it, where that is on this core. */
  #runner = 0;

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
    if (!this.#begin()) return yield* new Do(this, null);
    this.#runner = processor.current.id;
    try {
      yield* callRoutine("once.do", fn);
    } finally {
      this.#end();
    }
  }

  /** @internal For a select, whose waiter the starter is. */
  launch(fn: Fn, starter: Waiter): void {
    if (!this.#begin()) return;
    this.#starter = starter;
    const body = (): Routine<unknown> => callRoutine("once.do", fn);
    const g = start("once.do", body, []);
    this.#runner = g.id;
    g.more.claimed = true;
    g.more.watcher = { ended: (g) => this.#ended(g) };
  }

  #ended(g: Goroutine): void {
    const starter = this.#starter;
    this.#starter = null;
    if (g.state === State.threw) {
      untaken.delete(g);
      if (starter !== null) this.withdraw(starter);
      if (starter === null || !wakeWith(starter, new Failure(g.value))) {
        this.#end();
        return crash(g, g.value);
      }
    }
    this.#end();
  }

  #begin(): boolean {
    if (this.#shared !== null) return this.#shared.begin();
    if (this.#phase !== "fresh") return false;
    this.#phase = "running";
    return true;
  }

  #end(): void {
    if (this.#shared !== null) return this.#shared.end();
    this.#phase = "done";
    this.#waiters.wakeAll(undefined);
  }

  /** @internal */
  get subject(): Subject {
    return { kind: "sync.Once", thing: this, holder: this.#runner };
  }

  /** @internal */
  get isFresh(): boolean {
    return this.#phase === "fresh" || (this.#phase === "shared" && this.#shared!.isFresh);
  }

  /** @internal */
  get isDone(): boolean {
    return this.#phase === "done" || (this.#phase === "shared" && this.#shared!.isDone);
  }

  /** @internal */
  enlist(w: Waiter): void {
    if (this.#shared !== null) this.#shared.enlist(w);
    else this.#waiters.push(w);
  }

  /** @internal */
  withdraw(w: Waiter): void {
    if (this.#starter === w) this.#starter = null;
    if (this.#shared !== null) this.#shared.withdraw(w);
    else this.#waiters.remove(w);
  }

  /** @internal Lets other cores know it; `begin` is told how far it is. */
  share(shared: SharedOnce, begin: (phase: Phase) => void): void {
    begin(this.#phase);
    for (let w = this.#waiters.shift(); w !== null; w = this.#waiters.shift()) shared.enlistEarly(w);
    this.#shared = shared;
    if (this.#phase !== "done") this.#phase = "shared";
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.once;
  }
}

function wakeWith(w: Waiter, value: unknown): boolean {
  w.value = value;
  return w.wake();
}

class Do extends Operation<void> {
  readonly #once: Once;
  /** null where it only waits. */
  readonly #fn: Fn | null;

  constructor(once: Once, fn: Fn | null) {
    super();
    this.#once = once;
    this.#fn = fn;
  }
  get reason(): WaitReason {
    return "sync.Once.Do";
  }
  get subject(): Subject {
    return this.#once.subject;
  }
  override [Symbol.iterator](): Iterator<Suspend, void, unknown> {
    const fn = this.#fn;
    return fn !== null && this.#once.isFresh ? this.#once.run(fn) : this;
  }
  poll(): boolean {
    done.value = undefined;
    return this.#once.isDone;
  }
  enlist(w: Waiter): void {
    const fn = this.#fn;
    if (fn !== null && this.#once.isFresh) this.#once.launch(fn, w);
    this.#once.enlist(w);
  }
  withdraw(w: Waiter): void {
    this.#once.withdraw(w);
  }
  finish(outcome: unknown): void {
    if (outcome instanceof LostHolder || outcome instanceof Failure) throw outcome.error;
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

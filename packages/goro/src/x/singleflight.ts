// "goro/singleflight": work that callers who overlap share. Go: golang.org/x/sync/singleflight
//
// fn always runs in a goroutine of its own, so that it belongs to nobody: a caller whose select goes elsewhere leaves, and the
// work goes on for the others.

import { typeError } from "../ds/type-error.js";
import { chan } from "../chan/channel.js";
import { shareable, ShareKind } from "../ds/shareable.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { State, type Goroutine } from "../runtime/goroutine.js";
import { goexit } from "../runtime/goexit.js";
import { Operation } from "../runtime/operation.js";
import { untaken } from "../runtime/outcome.js";
import { checkBody, start } from "../runtime/scheduler.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Chan, Op, RecvChan, Routine } from "../types.js";

/** What doChan gives: a value or an error, and whether more than one caller got it. */
export interface Result<T> {
  readonly value: T | undefined;
  readonly error: Error | undefined;
  readonly shared: boolean;
}

/** @internal */
export type Fn<T> = () => Routine<T> | PromiseLike<T>;

/** @internal How a run has ended. */
export type Outcome<T> =
  | { readonly value: T }
  | { readonly error: unknown }
  /** By goexit. */
  | null;

/** @internal The state of a group that other cores know. See cores/singleflight.ts. */
export interface SharedCalls<T> {
  join(key: string, fn: Fn<T>): Call<T>;
  forget(key: string): void;
  /** A run of this core has ended. */
  ended(key: string, call: Call<T>, outcome: Outcome<T>): void;
}

/** One run of fn, here or on another core. @internal */
export class Call<T> {
  callers = 1;
  readonly waiters = new WaitQueue();
  readonly channels: Chan<Result<T>>[] = [];
  /** Set when it has ended. */
  exited = false;
  failure: { readonly error: unknown } | null = null;
  value: T | undefined = undefined;

  get shared(): boolean {
    return this.callers > 1;
  }

  conclude(outcome: Outcome<T>): void {
    if (outcome === null) {
      this.exited = true;
      this.failure = { error: new Error("singleflight: fn ended its goroutine with goexit") };
    } else if ("error" in outcome) this.failure = outcome;
    else this.value = outcome.value;
    this.waiters.wakeAll(this);
    for (const channel of this.channels) channel.trySend(this.#result());
  }

  #result(): Result<T> {
    const { failure, value, shared } = this;
    if (failure === null) return { value, error: undefined, shared };
    const { error } = failure;
    return { value, error: error instanceof Error ? error : new Error(String(error), { cause: error }), shared };
  }
}

/** @internal */
export function outcomeOf<T>(g: Goroutine): Outcome<T> {
  if (g.state === State.exited) return null;
  if (g.state !== State.threw) return { value: g.value as T };
  untaken.delete(g);
  return { error: g.value };
}

/**
 * One call of a function per key at a time. Passed to parallel functions it is one group on all cores: fn runs where it was asked
 * for first, and callers on other cores get a copy of its result.
 *
 * @example
 * const users = new Group<User>();
 * const { value: user } = yield* users.do(id, () => loadUser(id));
 */
export class Group<T> {
  /** @internal Of this core, or under way on it. */
  readonly calls = new Map<string, Call<T>>();
  /** @internal */
  shared: SharedCalls<T> | null = null;

  /**
   * Runs fn, or waits for the run that is under way for this key, and shares its result or its error. As a losing case of a
   * select the run goes on to its end for the others.
   * @throws TypeError where key is no string or fn no function; what fn throws.
   */
  do(key: string, fn: () => Routine<T> | PromiseLike<T>): Op<{ readonly value: T; readonly shared: boolean }> {
    this.#check("singleflight.Group.do", key, fn);
    return new Do(() => this.#join(key, fn));
  }

  /** As do, at once; the result comes on a channel. @throws TypeError as do. */
  doChan(key: string, fn: () => Routine<T> | PromiseLike<T>): RecvChan<Result<T>> {
    this.#check("singleflight.Group.doChan", key, fn);
    const channel = chan<Result<T>>(1);
    this.#join(key, fn).channels.push(channel);
    return channel;
  }

  /** The next call with this key runs fn, also while an earlier run is under way. @throws TypeError where key is no string. */
  forget(key: string): void {
    checkKey("singleflight.Group.forget", key);
    if (this.shared !== null) this.shared.forget(key);
    else this.calls.delete(key);
  }

  #check(what: string, key: unknown, fn: unknown): void {
    checkKey(what, key);
    checkBody(what, fn);
  }

  #join(key: string, fn: Fn<T>): Call<T> {
    if (this.shared !== null) return this.shared.join(key, fn);
    const running = this.calls.get(key);
    if (running !== undefined) {
      running.callers++;
      return running;
    }
    const call = new Call<T>();
    this.calls.set(key, call);
    this.start(key, fn, call);
    return call;
  }

  /** @internal */
  start(key: string, fn: Fn<T>, call: Call<T>): void {
    const g = start("singleflight.Group.do", fn, []);
    g.more.claimed = true;
    g.more.watcher = { ended: (g) => this.#ended(key, call, outcomeOf<T>(g)) };
  }

  #ended(key: string, call: Call<T>, outcome: Outcome<T>): void {
    if (this.shared !== null) return this.shared.ended(key, call, outcome);
    if (this.calls.get(key) === call) this.calls.delete(key);
    call.conclude(outcome);
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.singleflight;
  }
}

function checkKey(what: string, key: unknown): void {
  if (typeof key !== "string") throw typeError(`${what}: key`, "a string", key);
}

class Do<T> extends Operation<{ readonly value: T; readonly shared: boolean }> {
  readonly #join: () => Call<T>;

  constructor(join: () => Call<T>) {
    super();
    this.#join = join;
  }
  get reason(): WaitReason {
    return "singleflight.Do";
  }
  poll(): boolean {
    return false;
  }
  enlist(w: Waiter): void {
    const call = this.#join();
    w.value = call;
    call.waiters.push(w);
  }
  withdraw(w: Waiter): void {
    (w.value as Call<T>).waiters.remove(w);
  }
  finish(outcome: unknown): { readonly value: T; readonly shared: boolean } {
    const call = outcome as Call<T>;
    if (call.exited) goexit(); // as in Go: for all who wait for it
    if (call.failure !== null) throw call.failure.error;
    return { value: call.value as T, shared: call.shared };
  }
}

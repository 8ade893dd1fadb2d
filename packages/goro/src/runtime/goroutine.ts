// A goroutine: the record of one suspended or running generator. Go: runtime/runtime2.go, type g
//
// Nothing in the runtime keeps a parked goroutine alive: the queue it waits in does. One that waits where nobody can
// reach it any more is garbage, stack and all. So there is no table of goroutines here, only two counters.
//
// Bytes matter: a million of these are one program. `value` and `body` change their meaning with `state` for that.

import { Waiter, WaitQueue } from "../ds/wait-queue.js";
import type { Op, Routine } from "../types.js";
import { processor } from "./processor.js";
import type { WaitReason } from "./wait-reason.js";

export type Body = (...args: never[]) => unknown;

/** What a function made by `parallel` carries: how to start it as a goroutine, on whichever core. */
export const launch: unique symbol = Symbol("goro.launch");
export type Launch = (args: readonly unknown[]) => Goroutine;
/** What it carries besides: how to start one goroutine that calls it with each of many values, one after the other. */
export const launchEach: unique symbol = Symbol("goro.launchEach");
export type LaunchEach = (values: readonly unknown[]) => Goroutine;
/** What that one returns. */
export interface Each {
  readonly results: readonly unknown[];
  /** How long the calls took, on the core that made them. */
  readonly ms: number;
}

/** Each state, and what `body` and `value` hold in it. In this order: see hasEnded. All but `live` are below zero. */
export const State = {
  /** Ended by goexit. body: null; value: undefined. */
  exited: -5,
  /** body: null; value: the error. */
  threw: -4,
  /** body: null; value: the result. */
  returned: -3,
  /** Not run yet. body: some other function, what it returns decides how it runs; value: its arguments. */
  freshOther: -2,
  /** Not run yet. body: a generator function; value: its arguments. */
  fresh: -1,
  /** body: the generator (null for an async function); value: the waiter's outcome. */
  live: 0,
} as const;
export type State = (typeof State)[keyof typeof State];

/** What a goroutine is parked on: an Op, or one of the scheduler's marks. */
export interface ParkedOn {
  readonly reason: WaitReason;
}

/** Told when a goroutine ends, however it ends: look at its state. */
export interface Watcher {
  ended(g: Goroutine): void;
}

/** What few goroutines have. */
export class Extra {
  /** Somebody has said that they will take the outcome: an error is theirs, no panic. */
  claimed = false;
  joiners: WaitQueue | null = null;
  watcher: Watcher | null = null;
  /** The stack of the call that started it, where that is recorded. */
  created: string | undefined = undefined;
}

export class Goroutine extends Waiter {
  /** 0 for the runtime's own helpers, which nobody counts or sees. */
  readonly id: number;
  body: Body | Routine<unknown> | null;
  op: ParkedOn | null = null;
  /** While live, when it parked last, by `processor.clock`: set by the Op that parks it. Else its state. */
  since: number = State.fresh;
  extra: Extra | null = null;

  constructor(id: number, body: Body, args: readonly unknown[]) {
    super();
    this.id = id;
    this.body = body;
    this.value = args;
  }

  /** The public one. Set by scheduler.ts: what it needs stands above this file. */
  declare join: <T>() => Op<T>;

  wake(): boolean {
    processor.ready(this);
    return true;
  }

  get more(): Extra {
    return (this.extra ??= new Extra());
  }

  get state(): State {
    return this.since >= 0 ? State.live : (this.since as State);
  }

  get hasEnded(): boolean {
    return this.since <= State.returned;
  }
}

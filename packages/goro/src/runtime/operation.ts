// The Op protocol: what every operation that may block offers the scheduler, and select.
//
// `yield* op` asks op for an iterator, gets op itself, and calls `next()`. If the operation can complete now, `next`
// returns { done: true, value } and the goroutine goes on without a switch. Otherwise it enlists the goroutine where it
// waits, marks it as parked on this Op, and returns the shared { done: false } that travels through every enclosing
// `yield*` up to the scheduler. Resumed, `next` is called again, sees the mark, and hands over the outcome.
//
//   I1  All state of a run is in the goroutine (`op`, `value`), none in the Op: that is what makes an Op reusable and
//       shareable.
//   I2  `goroutine.op` is null while the goroutine runs, except for the marks below.
//   I3  Results pass through the one `done` object: it is written immediately before `yield*` reads it.
//   I4  poll either completes wholly, or returns false (or throws) and changes nothing.
//   I5  enlist puts the waiter where somebody will find it; from then on exactly one of two things happens: it is woken,
//       or it is withdrawn.
//
// Classes whose operation is hot override `next` with the same steps written out, so that no call on the way is
// polymorphic: measured at 10 to 20 ns each.

import type { Waiter } from "../ds/wait-queue.js";
import type { Op, Suspend } from "../types.js";
import { Goroutine, State, type ParkedOn } from "./goroutine.js";
import { processor } from "./processor.js";
import { lookAtClock } from "./slice.js";
import { captureStack } from "./stack.js";
import type { WaitReason } from "./wait-reason.js";

interface Done {
  readonly done: true;
  value: unknown;
}

/** Carries every result: see I3. */
export const done: Done = { done: true, value: undefined };
/** For Ops that have no result. */
export const doneVoid = Object.freeze({ done: true, value: undefined }) as IteratorReturnResult<never>;
export const suspend = Object.freeze({}) as Suspend;
/** What travels up to the scheduler when a goroutine parks. */
export const suspended: IteratorYieldResult<Suspend> = Object.freeze({ done: false, value: suspend });

/** What travels up from an Op whose goroutine has called goexit. */
const exitRequested: IteratorYieldResult<Suspend> = Object.freeze({ done: false, value: suspend });

/** What ends a goroutine that called goexit: no Error, so that it looks like none to a careless catch. */
export const exit: unknown = Object.freeze({ goexit: true });

// Marks that stand in `goroutine.op` where no Op does.
const mark = (reason: WaitReason): ParkedOn => ({ reason });
/** Used up its slice at an Op that was ready: runnable, with the result in hand. */
export const yielded = mark("runnable");
/** Called goexit: there is no further Op for it. */
export const exiting = mark("running");
/** Stands for all code that runs outside goroutines. */
export const outside = mark("running");
/** Is being asked where it is parked: see where.ts. */
export const probed = mark("running");
/** Runs, or waits to be started, on any core. */
export const elsewhere = mark("runnable");
/** Waits for its async function. */
export const inAsyncFunction = mark("async function");

/** Where a probe leaves what it has seen. */
export const probe = { stack: "" };

/** The Op was ready but the ticks are used up: let the others run where the slice is over. */
export function spent<T>(g: Goroutine, result: IteratorReturnResult<T>): IteratorResult<Suspend, T> {
  if (!lookAtClock()) return result;
  g.value = result.value;
  g.op = yielded;
  processor.runQueue.push(g);
  return suspended;
}

/** `next` of an Op whose goroutine carries a mark. */
export function irregular<T>(g: Goroutine): IteratorResult<Suspend, T> {
  switch (g.op) {
    case yielded:
      g.op = null;
      done.value = g.value;
      g.value = undefined;
      return done as IteratorReturnResult<T>;
    case probed:
      probe.stack = captureStack();
      return suspended;
    case exiting:
      return exitRequested;
    case outside:
      throw new Error("yield* of an Op outside a goroutine: start the function with go() or run()");
    default:
      throw new Error("next() of an Op that its goroutine is not parked on: use yield*");
  }
}

/**
 * Queues from which a withdrawn waiter has gone that may have held others back. A select withdraws all its cases before it
 * serves any of these: else it could be served itself, a second time.
 */
export const heldBack: { serve(): void }[] = [];

/**
 * The locks of the cases that a select has just enlisted and that wait without their lock: sync.Cond's. The select unlocks
 * them when all cases are enlisted, and locks them again before it returns, won or lost.
 */
export const givenUp: { lock(): Op<void>; unlock(): void }[] = [];

export abstract class Operation<T> implements Op<T>, ParkedOn {
  /** Why a goroutine is parked on this. */
  abstract get reason(): WaitReason;
  /** Completes now if it can and leaves the result in `done.value`. May throw, as running it would. */
  abstract poll(): boolean;
  /** Puts a waiter where it will be woken. Comes right after a poll that returned false. */
  abstract enlist(w: Waiter): void;
  /** Takes a waiter back that has not been woken. Leaves nothing behind, and wakes nobody: see heldBack. */
  abstract withdraw(w: Waiter): void;
  /** Makes the result from what the waiter was woken with; throws where the operation failed. */
  abstract finish(outcome: unknown): T;

  [Symbol.iterator](): Iterator<Suspend, T, unknown> {
    return this;
  }

  next(): IteratorResult<Suspend, T> {
    const g = processor.current;
    if (g.op === null) {
      if (this.poll())
        return --processor.ticks >= 0 ? (done as IteratorReturnResult<T>) : spent(g, done as IteratorReturnResult<T>);
      this.enlist(g); // may throw: then the goroutine is not parked
      g.op = this;
      g.since = processor.clock;
      return suspended;
    }
    if (g.op !== this) return irregular(g);
    g.op = null;
    const outcome = g.value;
    g.value = undefined;
    done.value = this.finish(outcome);
    return done as IteratorReturnResult<T>;
  }

  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise<T>((resolve, reject) => awaitOp(this, resolve, reject)).then(onFulfilled, onRejected);
  }
}

function* runOp<T>(op: Op<T>): Generator<Suspend, T, unknown> {
  return yield* op;
}

/** Runs an Op for async code, in a goroutine that is not counted: so it has its slice like all others. */
function awaitOp<T>(op: Op<T>, resolve: (value: T) => void, reject: (error: unknown) => void): void {
  const g = new Goroutine(0, runOp, [op]);
  g.more.claimed = true;
  g.more.watcher = {
    ended: () => (g.state === State.threw ? reject(g.value) : resolve(g.value as T)),
  };
  processor.ready(g);
}

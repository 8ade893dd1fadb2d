// GORODEBUG=ops=1: names each Op that was made and never run, with the place: a forgotten `yield*`. Loaded only where that is
// asked for; what it needs to know is put around the library's own functions then.
//
// An Op that is made for each call says so in its constructor: its class gets another base class. One that a channel or a lock
// makes once and gives to every caller is wrapped, so that each call has an Op of its own. A forgotten Op is told of when it is
// collected, or when main returns.

import { BaseContext } from "../context/context.js";
import { Channel } from "../chan/channel.js";
import { select } from "../chan/select.js";
import { placeOf, userFrames } from "../runtime/frames.js";
import { printError } from "../runtime/exit.js";
import { afterEvents } from "../runtime/host.js";
import { gc } from "../runtime/memory.js";
import { Operation } from "../runtime/operation.js";
import { sleep } from "../runtime/sleep.js";
import { captureStack } from "../runtime/stack.js";
import { until } from "../runtime/until.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import { addWatch } from "../runtime/watchers.js";
import type { Waiter } from "../ds/wait-queue.js";
import type { Op, Suspend } from "../types.js";
import { Cond, Mutex, RWMutex, WaitGroup } from "../sync/index.js";

/** What is kept of an Op. */
interface Made {
  readonly what: string;
  readonly place: string;
  ran: boolean;
}

const made = new WeakMap<object, Made>();
const forgotten = new FinalizationRegistry<Made>(tell);
const told = new Set<string>();

function tell({ what, place, ran }: Made): void {
  if (ran || told.has(place)) return;
  told.add(place); // once for each place: a loop forgets many
  printError(`an Op was made and never run: ${what} at ${place}; is a yield* missing?`);
}

/** How many functions of the library that make Ops are being called, one by the other. */
let depth = 0;

function track(op: object, what: string): void {
  if (depth > 0) return;
  const place = placeOf(userFrames(captureStack())[0]);
  if (place === undefined) return;
  const one = { what, place, ran: false };
  made.set(op, one);
  forgotten.register(op, one);
}

function ran(op: object): void {
  const one = made.get(op);
  if (one !== undefined) one.ran = true;
}

/** One call's share of an Op that all callers share. */
class OwnOp extends Operation<unknown> {
  readonly shared: Operation<unknown>;

  constructor(shared: Operation<unknown>, what: string) {
    super();
    this.shared = shared;
    track(this, what);
  }
  get reason(): WaitReason {
    return this.shared.reason;
  }
  override [Symbol.iterator](): Iterator<Suspend, unknown, unknown> {
    ran(this);
    return this.shared[Symbol.iterator]();
  }
  poll(): boolean {
    ran(this);
    return this.shared.poll();
  }
  enlist(w: Waiter): void {
    this.shared.enlist(w);
  }
  withdraw(w: Waiter): void {
    this.shared.withdraw(w);
  }
  finish(outcome: unknown): unknown {
    return this.shared.finish(outcome);
  }
}

type Method = (this: unknown, ...args: unknown[]) => Operation<unknown>;

/** Gives every call of a method an Op of its own. */
function wrap(owner: object, name: string, what: string): void {
  const methods = owner as Record<string, Method>;
  const before = methods[name]!;
  methods[name] = function (...args) {
    depth++;
    let shared: Operation<unknown>;
    try {
      shared = before.apply(this, args);
    } finally {
      depth--;
    }
    return new OwnOp(shared, what);
  };
}

/** Has every object of an Op's class tell when it is made and when it runs. */
function watchClass(example: Op<unknown>, what: string): void {
  const { constructor: made } = example as object;
  const prototype = Object.getPrototypeOf(example) as Record<"next" | "poll" | "then", Method>;
  const base = Object.getPrototypeOf(made) as new () => object;
  Object.setPrototypeOf(
    made,
    class extends base {
      constructor() {
        super();
        track(this, what);
      }
    },
  );
  for (const name of ["next", "poll", "then"] as const) {
    const before = prototype[name];
    prototype[name] = function (...args) {
      ran(this as object);
      return before.apply(this, args);
    };
  }
}

for (const name of ["send", "recv", "recvOk"]) wrap(Channel.prototype, name, `chan.${name}`);
wrap(Object.getPrototypeOf(new Channel(0).range()) as object, "next", "range.next");
for (const name of ["lock", "guard"]) wrap(Mutex.prototype, name, `Mutex.${name}`);
for (const name of ["lock", "rLock", "guard", "rGuard"]) wrap(RWMutex.prototype, name, `RWMutex.${name}`);
wrap(WaitGroup.prototype, "wait", "WaitGroup.wait");
wrap(Cond.prototype, "wait", "Cond.wait");
wrap(BaseContext.prototype, "done", "ctx.done");
watchClass(sleep(0), "sleep");
watchClass(until(Promise.resolve()), "until");
watchClass(select([]), "select");

addWatch({
  /** What nothing refers to any more when main has returned is told of, too. */
  async ending() {
    for (let i = 0; i < 2; i++) {
      await new Promise<void>((resolve) => afterEvents(resolve));
      gc();
    }
    await new Promise<void>((resolve) => afterEvents(resolve));
  },
});

// Code outside goroutines: the modules, what follows an await, callbacks of promises and of the platform. Each of those runs
// in an order of its own, after what registered it and, where it is a promise's, after what settled that. What registered it
// is the whole stretch of code up to where the engine has its turn: nothing can come between, so `this.timer = setTimeout(...)`
// does not race with a callback that uses `this.timer`.
//
// The engine says where each begins and ends: its promise hooks (with the promise that it hangs on), Node's async hooks for
// all else. Nothing is wrapped, so no program sees a function other than its own.
//
// As in Go, input and output order: whoever has read comes after all that was written before. Without that, two ends of a
// connection in one process would race.
import { createHook, executionAsyncResource } from "node:async_hooks";
import { EventEmitter } from "node:events";
import { Socket } from "node:net";
import { promiseHooks } from "node:v8";
import type { AsyncCall, Site } from "../accesses.js";
import { dawn, joined, type Clock } from "../detector/clock.js";
import { hidden } from "../detector/shadow.js";
import { Meeting, Meetings } from "../detector/sync.js";
import { clearStack, endThread, startThread, type Job, type Name, type Thread } from "../detector/thread.js";
import { call, frame, nowhere, type Frame } from "../operations/stack.js";
import { patch } from "./patch.js";

let ids = 0;
let calls = 0;

/** Of a promise. */
class Promised {
  /** Where it was made: that is where its callback was registered. */
  readonly start: Job;
  readonly parent: Promised | null;
  readonly frame: Frame;
  readonly site: Site;
  /** What was known where it was settled. */
  settled: Clock | null = null;
  /** Those that it waits for: of Promise.all. */
  sources: readonly Promised[] | null = null;

  constructor(start: Job, parent: Promised | null, at: Frame, site: Site) {
    this.start = start;
    this.parent = parent;
    this.frame = at;
    this.site = site;
  }
}

/** Of what has asked the platform to be called back. */
class Registered {
  readonly start: Job;
  readonly frame: Frame;
  readonly site: Site;
  readonly type: string;
  /** What the last callback knew at its end: all those of one source come one after the other. */
  last: Clock | null = null;

  constructor(start: Job, type: string) {
    this.start = start;
    this.type = type;
    this.frame = frame;
    this.site = call;
  }
}

class Call implements AsyncCall {
  readonly promise: Promised | null;
  readonly name: Name;
  readonly frame: Frame;
  readonly site: Site;

  /** Of one that is a goroutine's body. */
  readonly goroutine: Thread["goroutine"];

  constructor(promise: Promised | null, name: Name, of: Thread | null) {
    this.promise = promise;
    this.name = name;
    this.frame = of?.frame ?? frame.caller ?? frame;
    this.site = of?.site ?? call;
    this.goroutine = of?.goroutine ?? null;
  }
}

export interface Outside {
  /** The thread that runs while no goroutine does. */
  current: Thread;
  /** What those know that have run of late: see Promised callbacks without a parent. */
  recently(): Clock;
  asyncEnter(site: Site): AsyncCall;
  asyncResume(call: AsyncCall): void;
  asyncExit(call: AsyncCall): void;
  /** Where a callback of a promise runs: what was known where the promise was settled. */
  readonly settledBefore: Clock | null;
  settledOf(promise: object): Clock | null;
}

const ours = new Set(["Timeout", "Immediate", "TickObject", "Microtask"]);
/** Called in the order in which they were registered, as the platform promises. */
const inLine = new Set(["TickObject", "Microtask"]);
const names: Readonly<Record<string, string>> = {
  Timeout: "timer",
  Immediate: "setImmediate callback",
  TickObject: "nextTick callback",
  Microtask: "microtask",
};
const RECENT = 32;

/** Begins to follow the code outside goroutines. `running` gives the thread of now, goroutine or not. */
export function followOutside(first: Thread, running: () => Thread): Outside {
  const promises = hidden<Promised>();
  const resources = hidden<Registered>();
  const io = new Meeting();
  const depth: Thread[] = [];
  const recent: Thread[] = [];
  const lines = new Map<string, { readonly start: Job; readonly end: Clock }[]>();
  let last: Promised | null = null;
  let settledBefore: Clock | null = null;

  const outside: Outside = {
    current: first,
    recently() {
      let clock = first.publish();
      for (const thread of recent) clock = joined(clock, thread.publish());
      return clock;
    },
    get settledBefore() {
      return settledBefore;
    },
    settledOf: (promise) => promises.get(promise)?.settled ?? null,
    asyncEnter(site) {
      const thread = running();
      if (thread.goroutine !== null && frame.depth <= 1) return new Call(last, thread.name, thread);
      return new Call(last, { kind: "async call", id: ++calls, site }, null);
    },
    asyncResume(given) {
      const own = given as Call;
      if (outside.current.name !== own.name && running() === outside.current) {
        outside.current.become(own.name, own.frame, own.site, own.goroutine);
      }
    },
    asyncExit(given) {
      const { promise } = given as Call;
      if (promise === null) return;
      const clock = running().publish();
      promise.settled = promise.settled === null ? clock : joined(promise.settled, clock);
    },
  };

  function begin(thread: Thread): void {
    outside.current.endJob();
    depth.push(outside.current);
    outside.current = thread;
    clearStack();
  }

  function end(): Thread {
    const ended = outside.current;
    ended.endJob();
    outside.current = depth.pop() ?? first;
    return ended;
  }

  function forget(thread: Thread): void {
    endThread(thread);
    if (recent.length === RECENT) recent.shift();
    recent.push(thread);
  }

  function startOf(promise: Promised): Clock {
    let clock = promise.start.clock;
    const { parent } = promise;
    settledBefore = parent?.settled ?? null;
    for (const { settled } of parent?.sources ?? []) {
      if (settled !== null && settledBefore !== null) settledBefore = joined(settledBefore, settled);
    }
    if (settledBefore !== null) clock = joined(clock, settledBefore);
    // Called for a promise that was resolved with another or a thenable: nobody says where.
    else clock = promise.settled !== null ? joined(clock, promise.settled) : joined(clock, outside.recently());
    return clock;
  }

  promiseHooks.createHook({
    init(promise: object, parent: object | undefined) {
      const above = parent === undefined ? null : (promises.get(parent) ?? null);
      last = promises.set(promise, new Promised(running().job, above, frame, call));
    },
    settled(promise: object) {
      const promised = promises.get(promise);
      if (promised === undefined) return;
      const clock = running().publish();
      promised.settled = promised.settled === null ? clock : joined(promised.settled, clock);
    },
    before(promise: object) {
      const promised = promises.get(promise);
      const clock = promised === undefined ? dawn : startOf(promised);
      const name = { kind: "promise callback", id: ++ids };
      const thread = startThread(name, clock, promised?.frame ?? frame, promised?.site ?? nowhere);
      if (promised !== undefined) thread.goesOnFrom(promised.start.thread);
      begin(thread);
    },
    after() {
      settledBefore = null;
      // Of the callback in which all this was set up nobody has told the beginning.
      if (depth.length > 0) forget(end());
    },
  });

  createHook({
    init(_id, type, _trigger, resource) {
      if (type === "PROMISE") return;
      const thread = running();
      resources.set(resource, new Registered(thread.job, type));
      if (!ours.has(type)) io.releaseToo(thread);
    },
    before() {
      const resource = executionAsyncResource();
      const registered = resources.get(resource);
      if (depth.length > 0 || registered === undefined) {
        // Called by running code, through an AsyncResource: that is a call like any other.
        if (resource instanceof Promise) return;
        running().acquire(registered?.start.clock);
        depth.push(outside.current);
        return;
      }
      const { type, start } = registered;
      const name = { kind: names[type] ?? `${type} callback`, id: ++ids };
      const { last } = registered;
      let clock = last === null ? start.clock : joined(start.clock, last);
      if (inLine.has(type)) clock = afterEarlier(type, start, clock);
      const thread = startThread(name, clock, registered.frame, registered.site);
      if (!ours.has(type)) io.acquire(thread);
      begin(thread);
    },
    after() {
      const resource = executionAsyncResource();
      if (resource instanceof Promise || depth.length === 0) return;
      const registered = resources.get(resource);
      const thread = end();
      if (registered === undefined || depth.length > 0) return;
      registered.last = thread.publish();
      if (inLine.has(registered.type)) stoodInLine(registered.type, registered.start, registered.last);
      forget(thread);
    },
    // Known to newer versions: promises have hooks of their own above.
    ...({ trackPromises: false } as object),
  }).enable();

  orderPromiseAll();
  orderIo(io, running);
  orderListeners(running, () => running() === outside.current);
  return outside;

  /** Those that were registered before, and so have run before: the line is served in order. */
  function afterEarlier(type: string, start: Job, clock: Clock): Clock {
    let known = clock;
    for (const earlier of lines.get(type) ?? []) {
      const isBefore = earlier.start === start || joined(clock, earlier.start.clock) === clock;
      if (isBefore) known = joined(known, earlier.end);
    }
    return known;
  }

  function stoodInLine(type: string, start: Job, ended: Clock): void {
    let line = lines.get(type);
    if (line === undefined) lines.set(type, (line = []));
    if (line.length === RECENT) line.shift();
    line.push({ start, end: ended });
  }

  /** What it gives comes after all that it was given, not only after the last. */
  function orderPromiseAll(): void {
    for (const name of ["all", "allSettled"] as const) {
      patch(
        Promise,
        name,
        (original) =>
          function (this: PromiseConstructor, values: Iterable<unknown>) {
            const sources: Promised[] = [];
            const result = original.call(this, noting(values, sources) as never) as Promise<unknown>;
            const promised = promises.get(result);
            if (promised !== undefined) promised.sources = sources;
            return result;
          },
      );
    }
  }

  function noting(values: Iterable<unknown>, sources: Promised[]): Iterable<unknown> {
    const note = (value: unknown): void => {
      const promised = value instanceof Promise ? promises.get(value) : undefined;
      if (promised !== undefined) sources.push(promised);
    };
    if (Array.isArray(values)) {
      for (const value of values as unknown[]) note(value);
      return values as unknown[];
    }
    if (typeof values !== "object" || values === null || typeof values[Symbol.iterator] !== "function") return values;
    return (function* () {
      for (const value of values) {
        note(value);
        yield value;
      }
    })();
  }
}

function orderIo(io: Meeting, running: () => Thread): void {
  const releasing = (original: (...args: never[]) => unknown) =>
    function (this: unknown, ...args: never[]) {
      io.releaseToo(running());
      return original.apply(this, args);
    };
  patch(Socket.prototype, "write", releasing);
  patch(Socket.prototype, "end", releasing);
  patch(MessagePort.prototype, "postMessage", releasing);
}

/**
 * A listener comes after what registered it, whoever emits. What the platform emits on one emitter (the chunks of a stream, and
 * its end) comes one after the other; what goroutines emit is as unordered as they are.
 */
function orderListeners(running: () => Thread, isOutside: () => boolean): void {
  const listened = new Meetings();
  const registering = (original: (...args: never[]) => unknown) =>
    function (this: object, ...args: never[]) {
      listened.at(this).releaseToo(running());
      return original.apply(this, args);
    };
  const emitting = (original: (...args: never[]) => unknown) =>
    function (this: object, ...args: never[]) {
      const meeting = listened.seen(this);
      if (meeting === undefined) return original.apply(this, args);
      meeting.acquire(running());
      if (!isOutside()) return original.apply(this, args);
      try {
        return original.apply(this, args);
      } finally {
        meeting.releaseToo(running());
      }
    };
  for (const name of ["on", "addListener", "once", "prependListener", "prependOnceListener"] as const) {
    patch(EventEmitter.prototype, name, registering);
  }
  patch(EventEmitter.prototype, "emit", emitting);
  patch(EventTarget.prototype, "addEventListener", registering);
  patch(EventTarget.prototype, "dispatchEvent", emitting);
  patch(
    AbortController.prototype,
    "abort",
    (original) =>
      function (this: AbortController, ...args: never[]) {
        listened.seen(this.signal)?.acquire(running());
        return original.apply(this, args);
      },
  );
}

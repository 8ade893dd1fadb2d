// goro/sync, goro/context, goro/errgroup, goro/semaphore, goro/rate.
//
//   Mutex      unlock → the next lock
//   RWMutex    unlock → lock and rLock; rUnlock → the next lock
//   Once       the end of fn → every do
//   Cond       signal, broadcast → the waits they end
//   WaitGroup  done → a wait that it lets go on; an add from zero and a wait that nothing orders are a race, as in Go
//   Map        a change of a key → a look at it
//   Pool       put → the get of the same object
//   semaphore  release → acquire; errgroup: the end of each → wait, and of one → what its place is given to
//   rate       each call → the next, as under a lock
//   context    the end → whoever learns of it; afterFunc → its function
import type { Clock } from "../detector/clock.js";
import { Place } from "../detector/place.js";
import { Meeting, Meetings } from "../detector/sync.js";
import type { OnRace } from "../detector/access.js";
import { call, frame } from "../operations/stack.js";
import { usePlainNext } from "./channels.js";
import type { Goroutines } from "./goroutines.js";
import { owner, type Internals, type Operation, type Waiter } from "./internals.js";
import type { LockOrder } from "./lock-order.js";
import { patch } from "./patch.js";

type Class<T> = { new (...args: unknown[]): T; readonly prototype: T };
type Of<T> = (object: object) => T;

interface Locking {
  lock(): Operation;
  guard(): Operation;
  tryLock(): boolean;
  unlock(): void;
}

export function followSync(internals: Internals, goroutines: Goroutines, order: LockOrder, onRace: OnRace): void {
  const { running, waking } = goroutines;
  const meetings = new Meetings();
  const readers = new Meetings();
  const at: Of<Meeting> = (object) => meetings.at(object);
  const sync = internals.sync as unknown as Record<string, Class<object>>;

  /** Remembers in an Op which object it is of: those that keep it keep it private. */
  function noteOwner(prototype: object, method: string): void {
    patch(
      prototype,
      method,
      (original) =>
        function (this: object, ...args: never[]) {
          const op = original.apply(this, args) as { raceOwner?: object };
          op.raceOwner ??= this;
          return op;
        },
    );
  }
  const ownerOf = (op: object): object => (op as { raceOwner?: object }).raceOwner ?? op;

  /** `acquire` when an Op of this class completes: by a poll that says so, or when it was woken. */
  function onCompletion(prototype: object, acquire: (op: object) => void): void {
    let polling = false;
    patch(
      owner(prototype, "poll"),
      "poll",
      (original) =>
        function (this: object) {
          const before = polling;
          polling = true;
          try {
            const ready = original.call(this) as boolean;
            if (ready) acquire(this);
            return ready;
          } finally {
            polling = before;
          }
        },
    );
    patch(
      owner(prototype, "finish"),
      "finish",
      (original) =>
        function (this: object, outcome: never) {
          if (!polling) acquire(this);
          return original.call(this, outcome);
        },
    );
  }

  const before = (prototype: object, method: string, act: (object: never, ...args: never[]) => void): void =>
    patch(
      prototype,
      method,
      (original) =>
        function (this: never, ...args: never[]) {
          act(this, ...args);
          return original.apply(this, args);
        },
    );

  const prototypeOf = (object: object): object => Object.getPrototypeOf(object) as object;

  followMutex();
  followRWMutex();
  followOnce();
  followCond();
  followWaitGroup();
  followMap();
  followPool();
  followSemaphore();
  followErrgroup();
  followLimiter();
  followContext();

  function followMutex(): void {
    const Mutex = sync["Mutex"] as unknown as Class<Locking>;
    const mutexOf = (op: object): object => (op as { mutex: object }).mutex;
    const acquired = (mutex: object): void => {
      at(mutex).acquire(running());
      order.acquired(mutex, false, running(), frame, call);
    };
    const wanted = (mutex: object): void => order.wanted(mutex, false, running(), frame, call);
    const sample = new Mutex();
    // Guarded stands below Lock: one poll for both, and finish calls the one of Lock.
    const guarded = prototypeOf(sample.guard());
    const lock = prototypeOf(sample.lock());
    usePlainNext(guarded);
    usePlainNext(lock);
    let polling = false;
    patch(
      lock,
      "poll",
      (original) =>
        function (this: object) {
          wanted(mutexOf(this));
          polling = true;
          try {
            return original.call(this);
          } finally {
            polling = false;
          }
        },
    );
    patch(
      lock,
      "finish",
      (original) =>
        function (this: object, outcome: never) {
          if (!polling) acquired(mutexOf(this));
          return original.call(this, outcome);
        },
    );
    patch(
      Mutex.prototype,
      "tryLock",
      (original) =>
        function (this: object) {
          const locked = original.call(this) as boolean;
          if (locked) acquired(this);
          return locked;
        },
    );
    before(Mutex.prototype, "unlock", (mutex: object) => {
      at(mutex).release(running());
      order.released(mutex, false, running());
    });
  }

  function followRWMutex(): void {
    interface RW extends Locking {
      rLock(): Operation;
    }
    type Kind = "read" | "write";
    const RWMutex = sync["RWMutex"] as unknown as Class<RW>;
    const sample = new RWMutex();
    const acquired = (mutex: object, kind: Kind): void => {
      const thread = running();
      at(mutex).acquire(thread);
      if (kind === "write") readers.seen(mutex)?.acquire(thread);
      order.acquired(mutex, kind === "read", thread, frame, call);
    };
    const acquire = prototypeOf(sample.lock());
    usePlainNext(acquire);
    let polling = false;
    patch(
      acquire,
      "poll",
      (original) =>
        function (this: { mutex: object; kind: Kind }) {
          order.wanted(this.mutex, this.kind === "read", running(), frame, call);
          polling = true;
          try {
            return original.call(this);
          } finally {
            polling = false;
          }
        },
    );
    patch(
      acquire,
      "finish",
      (original) =>
        function (this: { mutex: object; kind: Kind }, outcome: never) {
          if (!polling) acquired(this.mutex, this.kind);
          return original.call(this, outcome);
        },
    );
    patch(
      RWMutex.prototype,
      "acquire",
      (original) =>
        function (this: object, kind: never) {
          const locked = original.call(this, kind) as boolean;
          if (locked) acquired(this, kind);
          return locked;
        },
    );
    before(RWMutex.prototype, "unlock", (mutex: object) => {
      at(mutex).release(running());
      order.released(mutex, false, running());
    });
    before(RWMutex.prototype, "rUnlock", (mutex: object) => {
      readers.at(mutex).releaseToo(running());
      order.released(mutex, true, running());
    });
    // Whoever makes way by leaving the queue comes before nobody.
    patch(
      RWMutex.prototype,
      "serve",
      (original) =>
        function (this: object) {
          waking(null, () => original.call(this));
        },
    );
  }

  function followOnce(): void {
    type Fn = (this: void) => unknown;
    const Once = sync["Once"] as unknown as Class<{ do(fn: Fn): Operation }>;
    const generator = prototypeOf(function* () {}).constructor.prototype as { prototype: object };
    const isGenerator = (made: unknown): made is Generator =>
      typeof made === "object" && made !== null && Object.prototype.isPrototypeOf.call(generator.prototype, made);
    patch(
      Once.prototype,
      "do",
      (original) =>
        function (this: object, fn: never) {
          if (typeof fn !== "function") return original.call(this, fn);
          const end = (): void => at(this).release(running());
          function* steps(made: Generator): Generator {
            try {
              return (yield* made) as unknown;
            } finally {
              end();
            }
          }
          const body: Fn = () => {
            let made: unknown;
            try {
              made = (fn as Fn)();
            } catch (error) {
              end();
              throw error;
            }
            if (isGenerator(made)) return steps(made);
            end();
            return made;
          };
          const op = original.call(this, body as never) as { raceOwner?: object };
          op.raceOwner = this;
          return op;
        },
    );
    const op = new Once().do(() => undefined);
    onCompletion(prototypeOf(op), (done) => at(ownerOf(done)).acquire(running()));
  }

  function followCond(): void {
    const Cond = sync["Cond"] as unknown as Class<{ signal(): void; broadcast(): void }>;
    for (const name of ["signal", "broadcast"] as const) {
      patch(
        Cond.prototype,
        name,
        (original) =>
          function (this: object) {
            waking(running().publish(), () => original.call(this));
          },
      );
    }
  }

  function followWaitGroup(): void {
    interface Group {
      readonly isZero: boolean;
      wait(): Operation;
    }
    const WaitGroup = sync["WaitGroup"] as unknown as Class<Group>;
    /** As Go's: an add from zero reads it, the first wait writes it. */
    const places = new WeakMap<object, Place>();
    const placeOf = (group: object): Place => {
      let place = places.get(group);
      if (place === undefined) places.set(group, (place = new Place()));
      return place;
    };
    const waits = new WeakSet<object>();
    const adding = (group: Group): void => {
      if (group.isZero) placeOf(group).read(running(), frame, call, onRace);
    };
    /** `act` counts down. */
    const counting = (group: Group, act: () => unknown): unknown => {
      const meeting = at(group);
      meeting.releaseToo(running());
      let result: unknown;
      waking(meeting.clock, () => (result = act()));
      if (group.isZero) waits.delete(group);
      return result;
    };
    patch(
      WaitGroup.prototype,
      "add",
      (original) =>
        function (this: Group, delta: never) {
          if ((delta as number) < 0) return counting(this, () => original.call(this, delta));
          if ((delta as number) > 0) adding(this);
          return original.call(this, delta);
        },
    );
    for (const name of ["done", "ended"] as const) {
      patch(
        WaitGroup.prototype,
        name,
        (original) =>
          function (this: Group, ...args: never[]) {
            return counting(this, () => original.apply(this, args));
          },
      );
    }
    before(WaitGroup.prototype, "go", (group: Group) => adding(group));
    noteOwner(WaitGroup.prototype, "wait");
    const wait = prototypeOf(new WaitGroup().wait());
    onCompletion(wait, (op) => at(ownerOf(op)).acquire(running()));
    before(wait, "enlist", (op: object) => {
      const group = ownerOf(op);
      if (waits.has(group)) return;
      waits.add(group);
      placeOf(group).write(running(), frame, call, onRace);
    });
  }

  function followMap(): void {
    const { prototype } = sync["Map"]!;
    const keys = new WeakMap<object, globalThis.Map<unknown, Meeting>>();
    const keyAt = (map: object, key: unknown): Meeting => {
      let of = keys.get(map);
      if (of === undefined) keys.set(map, (of = new globalThis.Map<unknown, Meeting>()));
      let meeting = of.get(key);
      if (meeting === undefined) of.set(key, (meeting = new Meeting()));
      return meeting;
    };
    const acquires = (map: object, key: unknown): void => {
      const thread = running();
      keyAt(map, key).acquire(thread);
      at(map).acquire(thread);
    };
    const releases = (map: object, key: unknown): void => keyAt(map, key).releaseToo(running());
    before(prototype, "load", acquires);
    before(prototype, "store", releases);
    before(prototype, "delete", releases);
    for (const name of ["loadOrStore", "loadAndDelete", "swap", "compareAndSwap", "compareAndDelete"]) {
      before(prototype, name, (map, key) => {
        acquires(map, key);
        releases(map, key);
      });
    }
    before(prototype, "range", (map: object) => {
      const thread = running();
      for (const meeting of keys.get(map)?.values() ?? []) meeting.acquire(thread);
      at(map).acquire(thread);
    });
    before(prototype, "clear", (map: object) => at(map).releaseToo(running()));
  }

  function followPool(): void {
    const { prototype } = sync["Pool"]!;
    const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
    before(prototype, "put", (pool: object, value: unknown) =>
      at(isObject(value) ? value : pool).releaseToo(running()),
    );
    patch(
      prototype,
      "get",
      (original) =>
        function (this: object) {
          const value: unknown = original.call(this);
          meetings.seen(isObject(value) ? value : this)?.acquire(running());
          return value;
        },
    );
  }

  function followSemaphore(): void {
    const { prototype } = internals.semaphore["Weighted"] as unknown as Class<object>;
    patch(
      prototype,
      "take",
      (original) =>
        function (this: object, n: never) {
          const taken = original.call(this, n) as boolean;
          if (taken) at(this).acquire(running());
          return taken;
        },
    );
    before(prototype, "release", (semaphore: object) => at(semaphore).releaseToo(running()));
    patch(
      prototype,
      "serve",
      (original) =>
        function (this: object) {
          waking(at(this).clock, () => original.call(this));
        },
    );
  }

  function followErrgroup(): void {
    interface Group {
      running: number;
      readonly limit: number;
      wait(): Operation;
      /** Ours: what was known where each of the queued was handed in. */
      raceQueued?: Clock[];
    }
    const Group = internals.errgroup["Group"] as unknown as Class<Group>;
    before(Group.prototype, "go", (group: Group, fn: unknown) => {
      if (typeof fn === "function" && group.running >= group.limit) (group.raceQueued ??= []).push(running().publish());
    });
    let isQueued = false;
    patch(
      Group.prototype,
      "start",
      (original) =>
        function (this: Group, fn: never) {
          const clock = isQueued ? this.raceQueued?.shift() : undefined;
          goroutines.starting(clock, () => original.call(this, fn));
        },
    );
    patch(
      Group.prototype,
      "ended",
      (original) =>
        function (this: Group, g: never) {
          const meeting = at(this);
          meeting.releaseToo(running());
          isQueued = true;
          try {
            waking(meeting.clock, () => original.call(this, g));
          } finally {
            isQueued = false;
          }
        },
    );
    noteOwner(Group.prototype, "wait");
    onCompletion(prototypeOf(new Group().wait()), (op) => at(ownerOf(op)).acquire(running()));
  }

  function followLimiter(): void {
    const Limiter = internals.rate["Limiter"] as unknown as Class<{ waitN(ctx: object, n: number): Operation }>;
    const asUnderLock = (limiter: object): void => {
      const meeting = at(limiter);
      meeting.acquire(running());
      meeting.release(running());
    };
    for (const name of ["allowN", "reserveN", "setLimit", "setBurst"]) before(Limiter.prototype, name, asUnderLock);
    noteOwner(Limiter.prototype, "waitN");
    const background = internals.context["background"] as unknown as () => object;
    const op = new Limiter(1, 1).waitN(background(), 1);
    onCompletion(prototypeOf(op), (wait) => asUnderLock(ownerOf(wait)));
  }

  function followContext(): void {
    interface Node {
      readonly above: Node | null;
      readonly error: Error | undefined;
      readonly doneOp: Operation;
    }
    const { prototype } = internals.CancelContext;
    const base = owner(prototype, "err");
    const learns = (node: Node | null): void => {
      const thread = running();
      for (let at: Node | null = node; at !== null; at = at.above) meetings.seen(at)?.acquire(thread);
    };
    patch(
      prototype,
      "end",
      (original) =>
        function (this: Node, ...args: never[]) {
          if (this.error === undefined) at(this).release(running());
          return original.apply(this, args);
        },
    );
    patch(
      base,
      "err",
      (original) =>
        function (this: { node: Node | null }) {
          const error: unknown = original.call(this);
          if (error !== undefined) learns(this.node);
          return error;
        },
    );
    noteHooks(prototype);
    const withCancel = internals.context["withCancel"] as unknown as (parent: object) => [{ node: Node }];
    const background = internals.context["background"] as unknown as () => object;
    const [{ node }] = withCancel(background());
    const done = prototypeOf(node.doneOp);
    patch(
      owner(prototype, "done"),
      "done",
      (original) =>
        function (this: { node: Node | null }) {
          const op = original.call(this) as { raceOwner?: object };
          if (this.node !== null) op.raceOwner ??= this.node;
          return op;
        },
    );
    onCompletion(done, (op) => {
      const { raceOwner } = op as { raceOwner?: Node };
      if (raceOwner !== undefined) learns(raceOwner);
    });
  }

  /** What stands in a context's queue and is no goroutine runs something that was registered here. */
  function noteHooks(prototype: object): void {
    const patched = new WeakSet<object>();
    before(prototype, "tell", (_node: object, w: Waiter) => {
      const kind = prototypeOf(w);
      if ("raceThread" in w || kind === internals.CaseWaiter.prototype || "child" in w) return;
      w.raceStart = running().publish();
      if (patched.has(kind) || kind === internals.Goroutine.prototype) return;
      patched.add(kind);
      patch(
        kind,
        "wake",
        (original) =>
          function (this: Waiter) {
            let woken: unknown;
            goroutines.starting(this.raceStart, () => (woken = original.call(this)));
            return woken;
          },
      );
    });
  }
}

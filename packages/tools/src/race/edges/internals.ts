// The parts of the library that its public face does not show, of the very copy that the program uses.
//
// The detector puts its own methods in place of theirs when it is loaded, rather than being called by them: so the library
// has no line of this and a program that is not looked at pays nothing, not even an empty call. What is relied on are the
// names below and the steps of Operation.next; the corpus fails where they change.
import { types } from "node:util";
import { hidden } from "../detector/shadow.js";
import type { Clock } from "../detector/clock.js";
import type { Thread } from "../detector/thread.js";

/** A goroutine of the library, with the detector's thread on it. */
export interface G {
  readonly id: number;
  since: number;
  readonly hasEnded: boolean;
  body: unknown;
  /** Ours. */
  raceThread?: Thread;
  /** Ours: the promise of an async function that was started as a goroutine. */
  racePromise?: object;
  join(): object;
}

export interface Waiter {
  value: unknown;
  wake(): boolean;
  /** Ours: what was known where it was made, of one that will run something. */
  raceStart?: Clock;
}

export interface Queue {
  head: Waiter | null;
  wakeAll(value: unknown): void;
}

export interface Processor {
  current: G;
  ready(g: G): void;
}

export interface Operation {
  poll(): boolean;
  finish(outcome: unknown): unknown;
  enlist(w: Waiter): void;
}

export interface Internals {
  readonly processor: Processor;
  readonly done: { value: unknown };
  readonly Goroutine: { readonly prototype: G };
  readonly WaitQueue: { readonly prototype: Queue };
  readonly TimerHeap: {
    readonly prototype: { add(due: number, w: Waiter): void; shiftDue(now: number): Waiter | undefined };
  };
  readonly CaseWaiter: { readonly prototype: Waiter };
  readonly CancelContext: { readonly prototype: object };
  readonly oneCore: { only: boolean };
  /** Of the front door and of all subpaths, by file. */
  readonly goro: Module;
  readonly sync: Module;
  readonly context: Module;
  readonly semaphore: Module;
  readonly errgroup: Module;
  readonly rate: Module;
  readonly time: Module;
  readonly atomic: Module;
  readonly runtime: Module;
}

export type Module = Readonly<Record<string, never>>;

/** `front` is the URL of the library's index.js. */
export async function loadInternals(front: string): Promise<Internals> {
  const from = (file: string): Promise<Record<string, never>> =>
    import(new URL(file, front).href) as Promise<Record<string, never>>;
  const [processor, operation, goroutine, queue, heap, select, context, procs] = await Promise.all([
    from("./runtime/processor.js"),
    from("./runtime/operation.js"),
    from("./runtime/goroutine.js"),
    from("./ds/wait-queue.js"),
    from("./ds/timer-heap.js"),
    from("./chan/select.js"),
    from("./context/context.js"),
    from("./runtime/max-procs.js"),
  ]);
  return {
    processor: processor["processor"]!,
    done: operation["done"]!,
    Goroutine: goroutine["Goroutine"]!,
    WaitQueue: queue["WaitQueue"]!,
    TimerHeap: heap["TimerHeap"]!,
    CaseWaiter: select["CaseWaiter"]!,
    CancelContext: context["CancelContext"]!,
    oneCore: procs["oneCore"]!,
    goro: await from("./index.js"),
    sync: await from("./sync/index.js"),
    context: await from("./context/index.js"),
    semaphore: await from("./x/semaphore.js"),
    errgroup: await from("./x/errgroup.js"),
    rate: await from("./x/rate.js"),
    time: await from("./time/index.js"),
    atomic: await from("./sync/atomic.js"),
    runtime: await from("./runtime/index.js"),
  };
}

/** The nearest prototype that has the method itself. */
export function owner(object: object, method: string): object {
  let holder: object | null = object;
  while (holder !== null && !Object.hasOwn(holder, method)) holder = Object.getPrototypeOf(holder) as object | null;
  if (holder === null) throw new Error(`race: the library has no ${method} where one is expected`);
  return holder;
}

/**
 * Says of what the library has made (locks, channels, contexts, Ops) that it has: its fields are its own affair, and nobody
 * writes its methods.
 */
export function libraryObjects(internals: Internals): (object: object) => boolean {
  const { goro, sync, atomic, context, semaphore, errgroup, rate, time, Goroutine } = internals;
  const prototypes = new Set<object>([Goroutine.prototype, internals.CancelContext.prototype]);
  for (const module of [sync, atomic, context, semaphore, errgroup, rate, time]) {
    for (const value of Object.values(module) as unknown[]) {
      if (typeof value === "function" && typeof value.prototype === "object" && value.prototype !== null) {
        prototypes.add(value.prototype as object);
      }
    }
  }
  const channel = (goro["chan"] as unknown as () => { range(): object; recv(): object })();
  prototypes.add(Object.getPrototypeOf(channel) as object).add(Object.getPrototypeOf(channel.range()) as object);
  prototypes.add(owner(channel.recv(), "then"));
  const verdicts = hidden<boolean>();
  function isBelow(prototype: object | null): boolean {
    if (prototype === null || types.isProxy(prototype)) return false;
    const known = verdicts.get(prototype);
    if (known !== undefined) return known;
    return verdicts.set(
      prototype,
      prototypes.has(prototype) || isBelow(Object.getPrototypeOf(prototype) as object | null),
    );
  }
  return (object) => !types.isProxy(object) && isBelow(Object.getPrototypeOf(object) as object | null);
}

// The scheduler of one processor. Go: runtime/proc.go, schedule and execute
//
// Goroutines are generators; a turn takes them from the run queue one after the other and resumes each until it parks,
// first come first served. A turn ends when the queue is empty or the slice is over (slice.ts); then the event loop has
// its turn, so that timers, I/O and signals are served while goroutines spin.
//
// Roads not taken:
//   - promises between the steps: 2 to 4 times slower, and the order is the engine's, not ours;
//   - Go's runnext slot (the goroutine just readied runs next): with a queue this short it measured no faster, and it needs
//     the slice handed on to be fair;
//   - a table of all goroutines: see goroutine.ts.

import { typeError } from "../ds/type-error.js";
import type { Ring } from "../ds/ring.js";
import type { Op, Routine } from "../types.js";
import { crash } from "./crash.js";
import { Goroutine, launch, State, type Body, type Launch } from "./goroutine.js";
import { afterEvents } from "./host.js";
import { join } from "./join.js";
import { done, elsewhere, exit, exiting, inAsyncFunction, outside, suspend, suspended } from "./operation.js";
import { untaken } from "./outcome.js";
import { processor } from "./processor.js";
import { enterSlice, lookAtClock } from "./slice.js";
import { openWatch } from "./watch.js";

const GeneratorFunction = function* () {}.constructor as GeneratorFunctionConstructor;
const generatorPrototype = GeneratorFunction.prototype.prototype;
const asyncGeneratorFunctionPrototype = Object.getPrototypeOf(async function* () {}) as object;
// Called this way rather than as a property: every generator function has its own prototype, so that the lookup would be
// megamorphic.
const generatorNext = generatorPrototype.next;
const generatorThrow = generatorPrototype.throw;
const generatorReturn = generatorPrototype.return;

const nobody = new Goroutine(0, () => undefined, []);
nobody.op = outside;
processor.current = nobody;
openWatch();

/**
 * The youngest of the goroutines that have parked and not ended, kept alive so that a deadlock report can name them even
 * where nothing refers to them any more. Bounded: whatever leaks beyond is garbage.
 */
const RECENT = 1024;
const recent = new Array<Goroutine | null>(RECENT).fill(null);

let nextId = 2; // 1 is the main goroutine
/** Of those with an id below that. The main goroutine counts as ended until it starts. */
let ended = 1;

function newId(): number {
  return processor.cores === null ? nextId++ : processor.cores.newId();
}

/** Started with an id from here, less those that have ended on this core. */
export function goroutinesHere(): number {
  return nextId - 1 - ended;
}

/** Started and not yet ended, as in Go: those that nothing can wake any more too. */
export function numGoroutine(): number {
  return goroutinesHere() + (processor.cores?.goroutinesMore() ?? 0);
}

/** The first id that has not been given: where all cores go on from. */
export function firstFreeId(): number {
  return nextId;
}

/** By its constructor: an inline cache answers that, where Object.getPrototypeOf is a call. */
export function isGeneratorFunction(fn: unknown): boolean {
  return typeof fn === "function" && fn.constructor === GeneratorFunction;
}

export function isGenerator(value: unknown): value is Generator {
  return Object.prototype.isPrototypeOf.call(generatorPrototype, value as object);
}

/** Throws where fn cannot be the body of a goroutine. */
export function checkBody(what: string, fn: unknown): void {
  if (isGenerator(fn))
    throw new TypeError(`${what}: fn is a generator object: pass the function itself, then its arguments`);
  if (typeof fn !== "function") throw typeError(`${what}: fn`, "a function", fn);
  if (Object.getPrototypeOf(fn) === asyncGeneratorFunctionPrototype) {
    throw new TypeError(`${what}: fn is an async generator function: use function*`);
  }
}

export const noArgs: readonly unknown[] = [];

/** Starts a goroutine behind all that are runnable. `what` names the call in the TypeError for what cannot be a body. */
export function start(what: string, fn: unknown, args: readonly unknown[]): Goroutine {
  if (isGeneratorFunction(fn)) return spawn(newId(), fn as Body, args);
  checkBody(what, fn);
  const launched = (fn as { [launch]?: Launch })[launch]?.(args);
  if (launched !== undefined) return launched;
  const g = spawn(newId(), fn as Body, args);
  g.since = State.freshOther;
  return g;
}

/** A goroutine that will run on whichever core takes it. It stands here for who started it, and counts here. */
export function stand(body: Body): Goroutine {
  const g = new Goroutine(newId(), body, noArgs);
  g.since = processor.clock;
  g.body = null;
  g.value = undefined;
  g.op = elsewhere;
  processor.watch?.started?.(g);
  return g;
}

/** Starts here what another core, or this one, has left for anybody: it counts where it was left. */
export function take(id: number, body: Body, args: readonly unknown[]): Goroutine {
  return spawn(id, body, args);
}

/** What a goroutine that stood for one elsewhere is told of its end. */
export function conclude(g: Goroutine, state: State, value: unknown): void {
  ended--; // it has been counted where it ran
  if (state === State.threw) fail(g, value);
  else finish(g, state, value);
}

/** Starts goroutine 1. */
export function startMain(fn: Body): Goroutine {
  ended--;
  const g = spawn(1, fn, noArgs);
  g.since = State.freshOther;
  return g;
}

export function runnable(): Goroutine[] {
  return [processor.urgent, processor.runQueue].flatMap((queue) =>
    Array.from({ length: queue.length }, (_, i) => queue.at(i)!),
  );
}

/** Those of the youngest that are still there, and those that wait to run. */
export function knownGoroutines(): Goroutine[] {
  const all = [processor.current, ...runnable(), ...recent];
  return [...new Set(all)].filter((g) => g !== null);
}

/** Forgets g, where it is one of the youngest: who looks on for leaks keeps what has to be said of it. */
export function forgetRecent(g: Goroutine): void {
  const slot = g.id & (RECENT - 1);
  if (recent[slot] === g) recent[slot] = null;
}

function spawn(id: number, fn: Body, args: readonly unknown[]): Goroutine {
  const g = new Goroutine(id, fn, args);
  processor.watch?.started?.(g);
  processor.ready(g);
  return g;
}

function turn(): void {
  if (processor.stopped) return;
  processor.active = true;
  const time = enterSlice();
  processor.cores?.enter();
  processor.timers?.fireDue(time);
  processor.readyQueue = processor.runQueue;
  runGoroutines(processor.urgent);
  if (processor.stopped) return;
  runGoroutines(processor.runQueue);
  processor.cores?.work(runGoroutines);
  processor.readyQueue = processor.urgent;
  processor.current = nobody;
  done.value = undefined;
  processor.lastSelect = null;
  if (processor.stopped) return;
  if (processor.runQueue.length > 0 || processor.urgent.length > 0) afterEvents(turn);
  else {
    processor.active = false;
    processor.runQueue.trim();
  }
  processor.timers?.arm();
  if (!processor.active) processor.cores?.rest();
}
processor.turn = turn;
Goroutine.prototype.join = function <T>(this: Goroutine): Op<T> {
  return join(this);
};

/** One after the other, until the queue is empty or the slice is over; at least one. */
function runGoroutines(queue: Ring<Goroutine>): void {
  for (;;) {
    try {
      for (let g = queue.shift(); g !== undefined; g = queue.shift()) {
        processor.current = g;
        const isFirst = g.since < 0;
        const step = isFirst ? first(g) : generatorNext.call(g.body as Generator, undefined);
        if (step !== suspended) {
          arrived(g, step);
          if (processor.stopped) return; // main has returned
        }
        if (isFirst && g.since >= 0) recent[g.id & (RECENT - 1)] = g;
        if (--processor.ticks < 0 && lookAtClock()) return;
      }
      return;
    } catch (error) {
      fail(processor.current, error);
      if (processor.stopped || lookAtClock()) return;
    }
  }
}

/** The first step: the generator is made now, not at `go`. */
function first(g: Goroutine): IteratorResult<unknown, unknown> {
  const fn = g.body as (...args: unknown[]) => unknown;
  const args = g.value as unknown[];
  const isOther = g.since === State.freshOther;
  g.value = undefined;
  g.since = processor.clock;
  const result = args.length === 0 ? fn() : fn(...args);
  if (!isOther || isGenerator(result)) {
    g.body = result as Routine<unknown>;
    return generatorNext.call(result as Generator, undefined);
  }
  g.body = null;
  if (!isThenable(result)) {
    if (isAsyncGenerator(result)) {
      throw new TypeError("go: fn gave an async generator: use function*");
    }
    return { done: true, value: result };
  }
  g.op = inAsyncFunction;
  result.then(
    (value) => finish(g, State.returned, value),
    (error: unknown) => fail(g, error),
  );
  return suspended;
}

function isAsyncGenerator(value: unknown): boolean {
  const maybe = value as Partial<AsyncGenerator> | null | undefined;
  return maybe?.[Symbol.asyncIterator] !== undefined && maybe.next !== undefined;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** A step that did not end in the shared `suspended`: the end, a yield that was relayed by hand, goexit, or a mistake. */
function arrived(g: Goroutine, step: IteratorResult<unknown, unknown>): void {
  while (step.done !== true) {
    if (g.op === exiting) {
      // A catch block has swallowed what goexit threw. A return cannot be caught; a finally block that reaches an Op comes
      // here again, and loses its rest.
      step = generatorReturn.call(g.body as Generator, undefined);
      continue;
    }
    if (step === suspended || (step.value === suspend && g.op !== null)) return;
    const mistake = new TypeError("a goroutine may only yield* an Op: a yield has no star, or no Op");
    step = generatorThrow.call(g.body as Generator, mistake);
  }
  if (g.op === exiting) finish(g, State.exited, undefined);
  else finish(g, State.returned, step.value);
}

function fail(g: Goroutine, error: unknown): void {
  if (error === exit)
    finish(g, State.exited, undefined); // the unwinding of goexit has come through
  else if (g.hasEnded)
    crash(g, error); // thrown by what it told of its end
  else if (g.extra?.claimed === true) finish(g, State.threw, error);
  else {
    settle(g, State.threw, error);
    crash(g, error);
  }
}

function settle(g: Goroutine, state: State, value: unknown): void {
  forgetRecent(g);
  g.since = state;
  g.body = null;
  g.op = null;
  g.value = value;
  if (g.id !== 0) ended++;
}

function finish(g: Goroutine, state: State, value: unknown): void {
  settle(g, state, value);
  const extra = g.extra;
  if (extra === null) return;
  if (state === State.threw && g.id !== 0) untaken.add(g);
  extra.life?.ended(g);
  extra.joiners?.wakeAll(g);
  extra.watcher?.ended(g);
}

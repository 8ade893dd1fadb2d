// How the step of a stage is run: here, one value at a time; or, where it is a parallel function, on whichever core is free,
// with as many values at a time as make the way there worth while.
//
// How many those are is found out. A goroutine begins with one value, and doubles as long as the calls take less than ENOUGH_MS
// together and there are values for all of them. All together never take more than the stage has passed on before: the source
// runs ahead no further than that. Where the readers take longer over the results than the cores over the calls, more at a time
// would bring nothing, and it takes fewer.

import type { BaseContext } from "../context/context.js";
import { unlessEnded } from "../context/unless-ended.js";
import { gosched } from "../runtime/gosched.js";
import { launchEach, type Each, type LaunchEach } from "../runtime/goroutine.js";
import { now } from "../runtime/host.js";
import { join } from "../runtime/join.js";
import { isGenerator } from "../runtime/scheduler.js";
import { until } from "../runtime/until.js";
import type { Parallel } from "../parallel/parallel.js";
import type { RecvChan, Routine } from "../types.js";
import type { Inlet } from "./stage.js";

export type Step<A, B> = ((value: A) => Routine<B> | PromiseLike<B> | B) | Parallel<[A], B>;

/** One goroutine's way to work. */
export interface Work<A, B> {
  /** What to work on next, so many values at most; none where there is no more. Throws where the context ends first. */
  take(most: number): Routine<A[]>;
  perform(values: A[]): Routine<readonly B[]>;
  /** How long the readers took over the results. */
  delivered(ms: number): void;
}

/** What a step gave, waited for where it is a routine or a promise. A promise is left where the context ends first. */
export function* settle<B>(ctx: BaseContext, made: Routine<B> | PromiseLike<B> | B): Routine<B> {
  if (isGenerator(made)) return yield* made;
  return isThenable(made) ? yield* unlessEnded(ctx, until(made)) : (made as B);
}

export function isThenable(value: unknown): value is PromiseLike<never> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

export function isParallel(step: unknown): step is Parallel<[never], unknown> {
  return (step as { readonly [launchEach]?: LaunchEach })[launchEach] !== undefined;
}

export class WorkHere<A, B> implements Work<A, B> {
  readonly #ctx: BaseContext;
  readonly #inlet: Inlet<A>;
  readonly #step: Step<A, B>;

  constructor(ctx: BaseContext, inlet: Inlet<A>, step: Step<A, B>) {
    this.#ctx = ctx;
    this.#inlet = inlet;
    this.#step = step;
  }
  *take(): Routine<A[]> {
    return (yield* this.#inlet.next) ? [this.#inlet.value] : [];
  }
  *perform([value]: A[]): Routine<B[]> {
    return [yield* settle(this.#ctx, this.#step(value!))];
  }
  delivered(): void {}
}

/** What the calls of one goroutine should take at least: many times what the way to another core takes. */
const ENOUGH_MS = 0.5;
const MOST = 1024;

export class WorkAnywhere<A, B> implements Work<A, B> {
  readonly #inlet: Inlet<A>;
  readonly #input: RecvChan<A>;
  readonly #launch: LaunchEach;
  #size = 1;
  #tookMs = 0;

  constructor(inlet: Inlet<A>, input: RecvChan<A>, step: Step<A, B>) {
    this.#inlet = inlet;
    this.#input = input;
    this.#launch = (step as unknown as { readonly [launchEach]: LaunchEach })[launchEach];
  }

  *take(most: number): Routine<A[]> {
    if (!(yield* this.#inlet.next)) return [];
    const values = [this.#inlet.value];
    const size = Math.min(this.#size, most);
    while (values.length < size) {
      let more = this.#input.tryRecv();
      if (more === undefined) {
        yield* gosched(); // who sends may have more at once
        more = this.#input.tryRecv();
      }
      if (more === undefined || !more[1]) break;
      values.push(more[0]);
    }
    return values;
  }

  *perform(values: A[]): Routine<readonly B[]> {
    const began = now();
    const { results, ms } = yield* join<Each>(this.#launch(values));
    const count = values.length;
    if (count >= this.#size) {
      const enough = Math.floor((count * ENOUGH_MS) / Math.max(ms, 0.001));
      this.#size = Math.max(1, Math.min(enough, count * 2, MOST));
    }
    this.#tookMs = now() - began;
    return results as readonly B[];
  }

  delivered(ms: number): void {
    if (ms > Math.max(this.#tookMs, ENOUGH_MS)) this.#size = Math.max(1, this.#size >> 1);
  }
}

// source: values from outside, as a channel.
//
// The next value is asked for when the one before has been taken, or has found room in the buffer: so the iterator is at most
// one value ahead of that. An iterator that is left before its end is closed; one that throws has ended by itself.

import type { Context } from "../context/context.js";
import { unlessEnded } from "../context/unless-ended.js";
import { typeError } from "../ds/type-error.js";
import { until } from "../runtime/until.js";
import type { RecvChan, Routine } from "../types.js";
import { Outlet, output, Stage } from "./stage.js";

type Values<T> = Iterable<T> | AsyncIterable<T>;
type AnyIterator<T> = Iterator<T> | AsyncIterator<T>;

/**
 * Sends every value of an iterable, or of an async one, then closes the channel. It never asks for more than one value beyond
 * what has been received or is buffered. Where ctx ends first, the iterator is closed (its `return` is called, so that the
 * finally blocks of a generator run), and what comes of that is not waited for.
 *
 * @param options.buffer Capacity of the channel. Default 0.
 * @throws TypeError where values cannot be iterated or ctx is no Context; RangeError for a bad buffer. What the iterator throws
 * is treated as a step's error.
 * @example
 * const lines = source(ctx, createInterface({ input: createReadStream("access.log") }));
 */
export function source<T>(ctx: Context, values: Values<T>, options: { buffer?: number } = {}): RecvChan<T> {
  const what = "pipeline.source";
  const isAsync = isIterable(values, Symbol.asyncIterator);
  if (!isAsync && !isIterable(values, Symbol.iterator)) {
    throw typeError(`${what}: values`, "an iterable or an async iterable", values);
  }
  const stage = new Stage<T>(what, ctx, [output<T>(what, options.buffer ?? 0)]);
  stage.start(1, () =>
    isAsync ? pullAsync(stage, values as AsyncIterable<T>) : pull(stage, values as unknown as Iterable<T>),
  );
  return stage.out;
}

function isIterable(values: unknown, by: symbol): boolean {
  return typeof (values as Record<symbol, unknown> | null | undefined)?.[by] === "function";
}

function* pull<T>(stage: Stage<T>, values: Iterable<T>): Routine {
  if (stage.ctx.err() !== undefined) return;
  const outlet = new Outlet(stage);
  const iterator = values[Symbol.iterator]();
  let isOpen = true;
  try {
    for (;;) {
      isOpen = false;
      const step = iterator.next();
      if (step.done === true) return;
      isOpen = true;
      yield* outlet.send(step.value);
    }
  } finally {
    if (isOpen) close(iterator);
  }
}

function* pullAsync<T>(stage: Stage<T>, values: AsyncIterable<T>): Routine {
  const { ctx } = stage;
  if (ctx.err() !== undefined) return;
  const outlet = new Outlet(stage);
  const iterator = values[Symbol.asyncIterator]();
  let isOpen = true;
  try {
    for (;;) {
      let step: IteratorResult<T>;
      try {
        step = yield* unlessEnded(ctx, until(iterator.next()));
      } catch (error) {
        isOpen = error === ctx.err(); // else it is the iterator's own
        throw error;
      }
      isOpen = step.done !== true;
      if (step.done === true) return;
      yield* outlet.send(step.value);
    }
  } finally {
    if (isOpen) close(iterator);
  }
}

/** What it throws, now or later, is nobody's any more. */
function close(iterator: AnyIterator<unknown>): void {
  try {
    const closing = iterator.return?.() as Partial<PromiseLike<unknown>> | undefined;
    closing?.then?.(undefined, () => undefined);
  } catch {
    // As above.
  }
}

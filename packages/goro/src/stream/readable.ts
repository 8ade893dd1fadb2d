// Streams that are read as channels, and channels that are read as streams.
//
// Both ways at most one value is on its way besides those in buffers: a stream is read when the value before has been taken, a
// channel when somebody asks the stream for more.

import type { BaseContext, Context } from "../context/context.js";
import { CancelContext } from "../context/context.js";
import { canceled } from "../context/errors.js";
import { contextOf } from "../context/from-signal.js";
import { unlessEnded } from "../context/unless-ended.js";
import { afterFunc, cause } from "../context/with.js";
import { typeError } from "../ds/type-error.js";
import { source } from "../pipeline/source.js";
import { checkInput } from "../pipeline/stage.js";
import type { RecvChan } from "../types.js";

/** Told when whoever reads or writes the other end has gone, and why: a cancel function of goro/context is one. */
export type Cancel = (cause?: Error) => void;

export function checkCancel(what: string, cancel: unknown): void {
  if (cancel !== undefined && typeof cancel !== "function") throw typeError(`${what}: cancel`, "a function", cancel);
}

/** A context of a stream's own, that ends when the other end has gone. */
export class End extends CancelContext {
  readonly #cancel: Cancel | undefined;

  constructor(parent: BaseContext, cancel: Cancel | undefined) {
    super(parent);
    this.#cancel = cancel;
  }
  /** The other end has gone. */
  gone(reason: unknown): void {
    if (this.hasEnded) return;
    const isError = reason === undefined || reason instanceof Error;
    const error = isError ? reason : new Error("the other end of the stream has gone", { cause: reason });
    this.end(canceled, error);
    this.#cancel?.(error);
  }
  /** All has come through. */
  over(): void {
    this.end(canceled, undefined);
  }
}

interface NodeReadable<T> extends AsyncIterable<T> {
  destroy(error?: Error): unknown;
}

/**
 * A web ReadableStream, a Node stream, or any other async iterable as a channel: closed at its end. Where ctx ends first the
 * stream is cancelled or destroyed, also while a read hangs. An error of the stream cancels the pipeline where ctx is
 * withPipeline's, else it is a panic.
 *
 * @param options.buffer Capacity of the channel. Default 0.
 * @throws TypeError where stream is none, is locked, or ctx no Context; RangeError for a bad buffer.
 * @example
 * const chunks = fromReadable(ctx, (yield* until(fetch(url))).body!);
 */
export function fromReadable<T>(
  ctx: Context,
  stream: ReadableStream<T> | AsyncIterable<T>,
  options: { buffer?: number } = {},
): RecvChan<T> {
  contextOf("fromReadable", "ctx", ctx);
  if (typeof (stream as ReadableStream<T> | undefined)?.getReader === "function") {
    return source(ctx, readerOf(ctx, stream as ReadableStream<T>), options);
  }
  if (typeof (stream as AsyncIterable<T> | undefined)?.[Symbol.asyncIterator] !== "function") {
    throw typeError("fromReadable: stream", "a readable stream or an async iterable", stream);
  }
  const isNode = typeof (stream as Partial<NodeReadable<T>>).destroy === "function";
  return source(ctx, isNode ? destroyable(stream as NodeReadable<T>) : (stream as AsyncIterable<T>), options);
}

function readerOf<T>(ctx: Context, stream: ReadableStream<T>): AsyncIterable<T> {
  const reader = stream.getReader(); // throws where it is locked
  const iterator = {
    next: async (): Promise<IteratorResult<T>> => {
      const { done, value } = await reader.read();
      if (done) reader.releaseLock();
      return done ? { done, value: undefined } : { done, value };
    },
    return: async (): Promise<IteratorResult<T>> => {
      await reader.cancel(cause(ctx));
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

/** Its own iterator closes only when the read that it waits for has come back. */
function destroyable<T>(stream: NodeReadable<T>): AsyncIterable<T> {
  const iterator = stream[Symbol.asyncIterator]();
  const closing = {
    next: () => iterator.next(),
    return: async (): Promise<IteratorResult<T>> => {
      stream.destroy();
      await iterator.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => closing };
}

/**
 * A channel as an async iterable: for async code, and for what takes one, such as Node's `Readable.from`. Other than the
 * channel's own it ends with ctx, whose err() it throws then, and tells `cancel` when the loop over it is left early.
 *
 * @throws TypeError for bad arguments.
 * @example
 * const file = Readable.from(toIterable(ctx, lines, cancel)); // Node's
 */
export function toIterable<T>(ctx: Context, input: RecvChan<T>, cancel?: Cancel): AsyncIterableIterator<T> {
  const ours = contextOf("toIterable", "ctx", ctx);
  checkInput("toIterable", input);
  checkCancel("toIterable", cancel);
  const end = new End(ours, cancel);
  const next = unlessEnded(end, input.recvOk());
  let isOver = false;
  return {
    async next() {
      if (isOver) return { done: true, value: undefined };
      try {
        const [value, ok] = await next;
        if (ok) return { done: false, value };
        isOver = true;
      } catch (error) {
        if (!isOver) throw error; // else return has come in between
      }
      end.over();
      return { done: true, value: undefined };
    },
    return() {
      if (!isOver) {
        isOver = true;
        end.gone(undefined);
      }
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/**
 * A channel as a web ReadableStream, such as the body of a Response. The channel is received from when the stream is read, and
 * no sooner. Where ctx ends first the stream fails with cause(ctx); where its reader cancels it, `cancel` is told.
 *
 * @throws TypeError for bad arguments.
 * @example
 * return new Response(toReadable(ctx, chunks, cancel));
 */
export function toReadable<T>(ctx: Context, input: RecvChan<T>, cancel?: Cancel): ReadableStream<T> {
  const ours = contextOf("toReadable", "ctx", ctx);
  checkInput("toReadable", input);
  checkCancel("toReadable", cancel);
  const end = new End(ours, cancel);
  const next = unlessEnded(end, input.recvOk());
  return new ReadableStream<T>(
    {
      start(controller) {
        afterFunc(end, () => controller.error(cause(end)));
      },
      async pull(controller) {
        try {
          const [value, ok] = await next;
          if (ok) return controller.enqueue(value);
          controller.close();
          end.over();
        } catch {
          // The context has ended: then the stream has failed.
        }
      },
      cancel: (reason) => end.gone(reason),
    },
    { highWaterMark: 0 },
  );
}

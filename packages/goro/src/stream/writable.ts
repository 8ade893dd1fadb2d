// Channels that are written to streams, and streams that are written to channels.

import { select } from "../chan/select.js";
import type { BaseContext, Context } from "../context/context.js";
import { contextOf } from "../context/from-signal.js";
import { stepsOp } from "../context/steps.js";
import { unlessEnded } from "../context/unless-ended.js";
import { afterFunc, cause } from "../context/with.js";
import { typeError } from "../ds/type-error.js";
import { until } from "../runtime/until.js";
import { checkInput, inletOf } from "../pipeline/stage.js";
import type { Op, RecvChan, Routine, SendChan } from "../types.js";
import { checkCancel, End, type Cancel } from "./readable.js";

/** What is needed of a Node stream. */
export interface NodeWritable<T> {
  write(chunk: T): boolean;
  end(): unknown;
  destroy(error?: Error): unknown;
  on(event: string, listener: (error?: Error) => void): unknown;
  off(event: string, listener: (error?: Error) => void): unknown;
  readonly destroyed: boolean;
}

/** Where writeTo writes. */
interface Sink<T> {
  /** Rejects where the stream fails, or is closed by somebody else. */
  readonly failed: Promise<never>;
  /** What is to be waited for before the next value; undefined where there is room. */
  write(value: T): PromiseLike<unknown> | undefined;
  /** Settles when all is written. */
  end(): PromiseLike<unknown>;
  abort(reason: Error | undefined): void;
  leave(): void;
}

/**
 * Writes every value to a web WritableStream or a Node stream, as fast as it takes them, and ends it; completes when all is
 * written. Where ctx ends first, or where this is a losing case of a select, the stream is aborted or destroyed.
 *
 * @param options.end false: the stream is left open, such as process.stdout. Default true.
 * @throws ctx.err() where ctx ends first; the stream's error where it fails; TypeError for bad arguments.
 * @example
 * yield* writeTo(ctx, lines, createWriteStream("out.txt"));
 */
export function writeTo<T>(
  ctx: Context,
  input: RecvChan<T>,
  stream: WritableStream<T> | NodeWritable<T>,
  options: { end?: boolean } = {},
): Op<void> {
  const ours = contextOf("writeTo", "ctx", ctx);
  checkInput("writeTo", input);
  const isWeb = typeof (stream as WritableStream<T> | undefined)?.getWriter === "function";
  if (!isWeb && typeof (stream as NodeWritable<T> | undefined)?.write !== "function") {
    throw typeError("writeTo: stream", "a writable stream", stream);
  }
  return stepsOp("writeTo", ours, (ctx) => {
    const sink = isWeb ? webSink(stream as WritableStream<T>) : nodeSink(stream as NodeWritable<T>);
    return write(ctx, input, sink, options.end ?? true);
  });
}

function* write<T>(ctx: BaseContext, input: RecvChan<T>, sink: Sink<T>, ends: boolean): Routine {
  const failed = until(sink.failed);
  const orFails = (op: Op<unknown>): Op<unknown> => unlessEnded(ctx, select({ failed, op }));
  let isWritten = false;
  try {
    const inlet = inletOf(ctx, input);
    const next = orFails(inlet.next) as Op<{ readonly value: boolean }>;
    while ((yield* next).value) {
      const room = sink.write(inlet.value);
      if (room !== undefined) yield* orFails(until(room));
    }
    if (ends) yield* orFails(until(sink.end()));
    isWritten = true;
  } finally {
    if (!isWritten) sink.abort(cause(ctx));
    sink.leave();
  }
}

const ignore = (): void => undefined;

function webSink<T>(stream: WritableStream<T>): Sink<T> {
  const writer = stream.getWriter(); // throws where it is locked
  const failed = writer.closed.then(() => new Promise<never>(ignore));
  failed.catch(ignore);
  writer.ready.catch(ignore);
  return {
    failed,
    write(value) {
      writer.write(value).catch(ignore); // `failed` tells
      if ((writer.desiredSize ?? 0) > 0) return undefined;
      const { ready } = writer;
      ready.catch(ignore);
      return ready;
    },
    end: () => writer.close(),
    abort: (reason) => void writer.abort(reason).catch(ignore),
    leave: () => writer.releaseLock(),
  };
}

function nodeSink<T>(stream: NodeWritable<T>): Sink<T> {
  let tell = (_error: Error): void => undefined;
  const failed = new Promise<never>((_, reject) => (tell = reject));
  failed.catch(ignore);
  const onError = (error?: Error): void => tell(error ?? new Error("writeTo: the stream has failed"));
  const onClose = (): void => tell(new Error("writeTo: the stream was closed before all was written"));
  stream.on("error", onError);
  stream.on("close", onClose);
  if (stream.destroyed) onClose();
  const once = (event: string): Promise<void> =>
    new Promise((resolve) => {
      const told = (): void => {
        stream.off(event, told);
        resolve();
      };
      stream.on(event, told);
    });
  return {
    failed,
    write: (value) => (stream.write(value) ? undefined : once("drain")),
    end() {
      const finished = once("finish");
      stream.end();
      return finished;
    },
    // Its error is emitted later, and must not be nobody's.
    abort(reason) {
      stream.on("error", ignore);
      stream.destroy(reason);
    },
    leave() {
      stream.off("error", onError);
      stream.off("close", onClose);
    },
  };
}

/**
 * A web WritableStream that sends what is written to it on a channel; a write is done when the value has been received or has
 * found room. The channel is the stream's: it is closed when the stream is closed or aborted, or ctx ends. Where ctx ends first
 * the stream fails with cause(ctx); where its writer aborts it, `cancel` is told, and that before the channel is closed.
 *
 * @throws TypeError for bad arguments.
 * @example
 * void response.body.pipeTo(toWritable(ctx, chunks, cancel));
 */
export function toWritable<T>(ctx: Context, output: SendChan<T>, cancel?: Cancel): WritableStream<T> {
  const ours = contextOf("toWritable", "ctx", ctx);
  if (typeof (output as SendChan<T> | undefined)?.send !== "function") {
    throw typeError("toWritable: output", "a channel", output);
  }
  checkCancel("toWritable", cancel);
  const end = new End(ours, cancel);
  let closesAlone = (): boolean => false;
  return new WritableStream<T>({
    start(controller) {
      // Sooner than abort(), which comes when the write that is under way has ended.
      controller.signal?.addEventListener("abort", () => end.gone(controller.signal.reason));
      closesAlone = afterFunc(end, () => {
        controller.error(cause(end));
        output.close();
      });
    },
    async write(value) {
      await unlessEnded(end, output.send(value));
    },
    close() {
      if (!closesAlone()) return; // the context has ended
      output.close();
      end.over();
    },
    abort: (reason) => end.gone(reason),
  });
}

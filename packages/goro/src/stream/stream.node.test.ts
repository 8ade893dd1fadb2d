import { deepEqual, equal, ok } from "node:assert/strict";
import { EventEmitter } from "node:events";
import { PassThrough, Readable, Writable } from "node:stream";
import { test } from "node:test";
import { chan, sleep, until } from "goro";
import { background, canceled, withCancel, withCancelCause } from "goro/context";
import { collect, source, withPipeline } from "goro/pipeline";
import { fromEvents, fromReadable, toIterable, writeTo } from "goro/stream";
import { settle, thrownByOp, watchOp } from "../sync/testkit.js";
import { leavesNothing, numbers, range } from "../pipeline/testkit.portable.js";

const bg = background();

test(
  "fromReadable: a Node stream, which is destroyed where the context ends, also while a read hangs",
  leavesNothing(function* () {
    deepEqual(yield* collect(bg, fromReadable(bg, Readable.from(["a", "b"]))), ["a", "b"]);
    const [ctx, cancel] = withCancel(bg);
    const hanging = new Readable({ read: () => undefined });
    const out = fromReadable(ctx, hanging);
    yield* settle();
    cancel();
    deepEqual(yield* out.recvOk(), [undefined, false]);
    yield* settle();
    ok(hanging.destroyed);
    const [own, wait] = withPipeline(bg);
    const failing = new Readable({
      read() {
        this.destroy(new RangeError("no more disk"));
      },
    });
    equal(yield* thrownByOp(collect(own, fromReadable(own, failing))), canceled);
    equal(String(yield* thrownByOp(wait())), "RangeError: no more disk");
  }),
);

test(
  "writeTo: a Node stream gets no more than it has room for, and is ended",
  leavesNothing(function* () {
    const written: number[] = [];
    const stream = new Writable({
      objectMode: true,
      highWaterMark: 2,
      write(value: number, _encoding, done) {
        setTimeout(() => {
          written.push(value);
          done();
        }, 1);
      },
    });
    const counted = numbers(30);
    const writing = watchOp(writeTo(bg, source(bg, counted.values), stream));
    yield* sleep(8);
    ok(counted.asked <= written.length + 5, `${counted.asked} read, ${written.length} written`);
    yield* writing.goroutine.join();
    equal(writing.value, undefined);
    deepEqual(written, range(30));
    ok(stream.writableFinished);
    equal(stream.listenerCount("error"), 0);
  }),
);

test(
  "writeTo: a Node stream that fails or closes ends it; the end of the context destroys the stream",
  leavesNothing(function* () {
    const failing = new Writable({ write: (_chunk, _encoding, done) => done(new RangeError("disk full")) });
    const error = yield* thrownByOp(writeTo(bg, source(bg, ["a"]), failing));
    equal(String(error), "RangeError: disk full");
    const closing = new PassThrough();
    const writing = watchOp(writeTo(bg, chan<string>(), closing));
    yield* settle();
    closing.destroy();
    yield* settle();
    equal(String(writing.error), "Error: writeTo: the stream was closed before all was written");
    equal(
      String(yield* thrownByOp(writeTo(bg, chan<string>(), closing))),
      "Error: writeTo: the stream was closed before all was written",
    );
    const [ctx, cancel] = withCancelCause(bg);
    const left = new PassThrough();
    const stopped = watchOp(writeTo(ctx, chan<string>(), left));
    yield* settle();
    cancel(new Error("enough"));
    yield* settle();
    equal(stopped.error, canceled);
    ok(left.destroyed);
  }),
);

test(
  "toIterable: makes a Node stream, whose end cancels",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancel(bg);
    const counted = numbers();
    const stream = Readable.from(toIterable(ctx, source(ctx, counted.values), cancel), { highWaterMark: 1 });
    yield* until(new Promise<void>((resolve) => stream.once("data", () => resolve())));
    stream.pause();
    yield* settle();
    ok(counted.asked <= 6, `${counted.asked} read ahead`);
    stream.destroy();
    yield* settle();
    equal(ctx.err(), canceled);
    equal(counted.closed, 1);
  }),
);

test(
  "fromEvents: an EventEmitter's arguments, its error, its end",
  leavesNothing(function* () {
    const emitter = new EventEmitter();
    const [ctx, wait] = withPipeline(bg);
    const events = fromEvents<[name: string, n: number]>(ctx, emitter, "data", { end: "close" });
    emitter.emit("data", "a", 1);
    emitter.emit("data", "b", 2);
    emitter.emit("close");
    deepEqual(yield* collect(ctx, events), [
      ["a", 1],
      ["b", 2],
    ]);
    yield* wait();
    deepEqual(emitter.eventNames(), []);
    fromEvents(ctx, emitter, "data");
    emitter.emit("error", new RangeError("hung up"));
    equal(String(yield* thrownByOp(wait())), "RangeError: hung up");
    deepEqual(emitter.eventNames(), []);
  }),
);

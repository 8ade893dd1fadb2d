import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import { chan, select, sleep, until } from "goro";
import { background, canceled, cause, withCancel, withCancelCause } from "goro/context";
import { collect, map, source, withPipeline } from "goro/pipeline";
import { fromEvents, fromReadable, toIterable, toReadable, toWritable, writeTo } from "goro/stream";
import { badArgument, settle, thrownByOp, watchOp } from "../sync/testkit.js";
import { leavesNothing, numbers, range } from "../pipeline/testkit.portable.js";

const bg = background();

/** A web stream of the numbers from 0, which tells what is asked of it. */
function counting(to: number) {
  const told = { pulled: 0, cancelled: undefined as unknown };
  const stream = new ReadableStream<number>(
    {
      pull(controller) {
        if (told.pulled === to) controller.close();
        else controller.enqueue(told.pulled++);
      },
      cancel(reason) {
        told.cancelled = reason;
      },
    },
    { highWaterMark: 0 },
  );
  return { told, stream };
}

/** A web stream that keeps what is written, slowly. */
function keeping(ms = 0) {
  const told = { written: [] as unknown[], closed: false, aborted: undefined as unknown, begun: 0 };
  const stream = new WritableStream<unknown>({
    async write(value) {
      told.begun++;
      if (ms > 0) await sleep(ms);
      told.written.push(value);
    },
    close() {
      told.closed = true;
    },
    abort(reason) {
      told.aborted = reason;
    },
  });
  return { told, stream };
}

// --------------------------------------------------------------------------------------------------------------- reading

test(
  "fromReadable: the chunks of a stream, then the channel is closed",
  leavesNothing(function* () {
    const { stream } = counting(5);
    deepEqual(yield* collect(bg, fromReadable(bg, stream)), range(5));
    equal(stream.locked, false);
    async function* generated() {
      yield await Promise.resolve("a");
    }
    deepEqual(yield* collect(bg, fromReadable(bg, generated())), ["a"]);
    const text = new Response("hello").body!.pipeThrough<string>(new TextDecoderStream() as never);
    equal((yield* collect(bg, fromReadable(bg, text))).join(""), "hello");
  }),
);

test(
  "fromReadable: reads no further than one beyond what is received or buffered, and cancels with the cause",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancelCause(bg);
    const { told, stream } = counting(100);
    const out = fromReadable(ctx, stream, { buffer: 2 });
    yield* settle();
    equal(told.pulled, 3);
    equal(yield* out.recv(), 0);
    yield* settle();
    equal(told.pulled, 4);
    const reason = new Error("enough");
    cancel(reason);
    yield* settle();
    equal(told.cancelled, reason);
    for (let received = yield* out.recvOk(); received[1]; received = yield* out.recvOk()); // what is buffered
  }),
);

test(
  "fromReadable: a read that hangs is cancelled, and an error of the stream is the pipeline's",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancel(bg);
    let cancelled = false;
    const hanging = new ReadableStream<number>({
      pull: () => new Promise<never>(() => undefined),
      cancel: () => {
        cancelled = true;
      },
    });
    const out = fromReadable(ctx, hanging);
    yield* settle();
    cancel();
    deepEqual(yield* out.recvOk(), [undefined, false]);
    yield* settle();
    ok(cancelled);

    const [own, wait] = withPipeline(bg);
    const failing = new ReadableStream<number>({
      pull: (controller) => controller.error(new RangeError("no more disk")),
    });
    equal(yield* thrownByOp(collect(own, fromReadable(own, failing))), canceled);
    equal(String(yield* thrownByOp(wait())), "RangeError: no more disk");
  }),
);

test(
  "toReadable: gives what the channel gives, when it is asked and no sooner",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancelCause(bg);
    const counted = numbers();
    const stream = toReadable(ctx, source(ctx, counted.values), cancel);
    yield* settle();
    equal(counted.asked, 1);
    const reader = stream.getReader();
    for (let i = 0; i < 3; i++) {
      const { value } = yield* until(reader.read());
      equal(value, i);
      yield* settle();
      equal(counted.asked, i + 2);
    }
    yield* until(reader.cancel("seen enough"));
    equal(ctx.err(), canceled);
    equal(cause(ctx)?.cause, "seen enough");
    yield* settle();
    equal(counted.closed, 1);

    const whole = toReadable(
      bg,
      map(bg, source(bg, ["a", "b"]), (text) => new TextEncoder().encode(text)),
    );
    equal(yield* until(new Response(whole as never).text()), "ab");
  }),
);

test(
  "toReadable: fails with the cause of its context, read or not; a cancelled read takes no value",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancelCause(bg);
    const ch = chan<number>();
    const stream = toReadable(ctx, ch);
    const reader = stream.getReader();
    const reading = watchOp(until(reader.read()));
    yield* settle();
    const reason = new Error("enough");
    cancel(reason);
    yield* settle();
    equal(reading.error, reason);

    const [own, cancelOwn] = withCancelCause(bg);
    const other = toReadable(own, ch, cancelOwn).getReader();
    const pending = other.read();
    yield* settle();
    yield* until(other.cancel(reason));
    ok(!ch.trySend(1));
    deepEqual((yield* until(pending)).done, true);
    equal(cause(own), reason);
  }),
);

test(
  "toIterable: to leave its loop early is to cancel; it ends with the channel, or throws what the context says",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancel(bg);
    const counted = numbers();
    const out = source(ctx, counted.values);
    const got = yield* until(
      (async () => {
        const list: number[] = [];
        for await (const value of toIterable(ctx, out, cancel)) {
          list.push(value);
          if (value === 2) break;
        }
        return list;
      })(),
    );
    deepEqual(got, [0, 1, 2]);
    equal(ctx.err(), canceled);
    yield* settle();
    equal(counted.closed, 1);
    const all = toIterable(bg, source(bg, [1]));
    deepEqual(yield* until(all.next()), { done: false, value: 1 });
    deepEqual(yield* until(all.next()), { done: true, value: undefined });
    deepEqual(yield* until(all.next()), { done: true, value: undefined });
    equal(yield* thrownByOp(until(toIterable(ctx, chan()).next())), canceled);
    const hanging = toIterable(bg, chan());
    const pending = hanging.next();
    void hanging.return!();
    deepEqual(yield* until(pending), { done: true, value: undefined });
  }),
);

// --------------------------------------------------------------------------------------------------------------- writing

test(
  "writeTo: writes all in order as fast as the stream takes it, and closes it",
  leavesNothing(function* () {
    const { told, stream } = keeping(1);
    const counted = numbers(20);
    const writing = watchOp(writeTo(bg, source(bg, counted.values), stream));
    yield* sleep(5);
    ok(counted.asked <= told.written.length + 4, `${counted.asked} read, ${told.written.length} written`);
    yield* writing.goroutine.join();
    equal(writing.value, undefined);
    deepEqual(told.written, range(20));
    ok(told.closed);

    const open = keeping();
    yield* writeTo(bg, source(bg, [1]), open.stream, { end: false });
    ok(!open.told.closed && !open.stream.locked);
  }),
);

test(
  "writeTo: a stream that fails ends it, also while the channel is silent",
  leavesNothing(function* () {
    const controller: { current?: WritableStreamDefaultController } = {};
    const stream = new WritableStream<number>({
      start: (c) => {
        controller.current = c;
      },
    });
    const writing = watchOp(writeTo(bg, chan<number>(), stream));
    yield* settle();
    controller.current!.error(new RangeError("disk full"));
    yield* settle();
    equal(String(writing.error), "RangeError: disk full");

    const failing = new WritableStream<number>({
      write: () => Promise.reject(new RangeError("no such number")),
    });
    const [ctx, cancel] = withCancel(bg);
    equal(
      String(yield* thrownByOp(writeTo(ctx, source(ctx, numbers().values), failing))),
      "RangeError: no such number",
    );
    cancel();
  }),
);

test(
  "writeTo: aborts with the cause of its context, and as a losing case of a select",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancelCause(bg);
    const one = keeping();
    const writing = watchOp(writeTo(ctx, chan(), one.stream));
    yield* settle();
    const reason = new Error("enough");
    cancel(reason);
    yield* settle();
    equal(writing.error, canceled);
    equal(one.told.aborted, reason);
    const two = keeping();
    const ch = chan<number>();
    const got = yield* select({ written: writeTo(bg, ch, two.stream), late: sleep(3) });
    equal(got.case, "late");
    ok(!ch.trySend(1));
    yield* settle();
    equal(two.told.aborted, canceled);
  }),
);

test(
  "toWritable: a write is done when the value has found a receiver; close closes the channel",
  leavesNothing(function* () {
    const ch = chan<number>();
    const writer = toWritable(bg, ch).getWriter();
    let isWritten = false;
    const writing = writer.write(1).then(() => (isWritten = true));
    yield* settle();
    ok(!isWritten);
    equal(yield* ch.recv(), 1);
    yield* until(writing);
    void writer.write(2);
    const closing = writer.close();
    deepEqual([yield* ch.recv(), yield* ch.recv()], [2, undefined]);
    yield* until(closing);

    const { stream } = counting(10);
    const through = chan<number>();
    const piping = stream.pipeTo(toWritable(bg, through));
    deepEqual(yield* collect(bg, through), range(10));
    yield* until(piping);
  }),
);

test(
  "toWritable: abort cancels and closes, and so the end of the context fails whoever writes",
  leavesNothing(function* () {
    const [ctx, cancel] = withCancelCause(bg);
    const ch = chan<number>();
    const writer = toWritable(ctx, ch, cancel).getWriter();
    const reason = new Error("gave up");
    void writer.write(1).catch(() => undefined);
    yield* settle();
    yield* until(writer.abort(reason));
    equal(cause(ctx), reason);
    equal(yield* ch.recv(), undefined);
    yield* until(writer.closed.catch(() => undefined));

    const [own, cancelOwn] = withCancelCause(bg);
    const other = chan<number>();
    const failing = toWritable(own, other).getWriter();
    const closed = watchOp(until(failing.closed));
    const writing = failing.write(1);
    yield* settle();
    cancelOwn(reason);
    yield* until(() => rejects(writing));
    yield* settle();
    equal(closed.error, reason);
    equal(yield* other.recv(), undefined);
  }),
);

// ---------------------------------------------------------------------------------------------------------------- events

test(
  "fromEvents: events of an EventTarget, until the context ends",
  leavesNothing(function* () {
    const target = new EventTarget();
    const [ctx, cancel] = withCancel(bg);
    const events = fromEvents<Event>(ctx, target, "tick");
    target.dispatchEvent(new Event("tick"));
    target.dispatchEvent(new Event("other"));
    target.dispatchEvent(new Event("tick"));
    equal((yield* events.recv())!.type, "tick");
    equal(events.length, 1);
    cancel();
    yield* settle();
    target.dispatchEvent(new Event("tick"));
    equal((yield* events.recv())!.type, "tick");
    deepEqual(yield* events.recvOk(), [undefined, false]);
  }),
);

test(
  "fromEvents: a full buffer fails, or drops the newest, or the oldest; events can end the channel and fail it",
  leavesNothing(function* () {
    const numbered = (n: number): Event => Object.assign(new Event("n"), { n });
    const emit = (target: EventTarget): void => range(4).forEach((n) => target.dispatchEvent(numbered(n)));
    for (const [whenFull, expected] of [
      ["drop", [0, 1]],
      ["dropOldest", [2, 3]],
    ] as const) {
      const target = new EventTarget();
      const events = fromEvents<{ n: number }>(bg, target, "n", { buffer: 2, whenFull, end: "close" });
      emit(target);
      target.dispatchEvent(new Event("close"));
      deepEqual(
        (yield* collect(bg, events)).map(({ n }) => n),
        expected,
      );
    }
    const [ctx, wait] = withPipeline(bg);
    const target = new EventTarget();
    fromEvents(ctx, target, "n", { buffer: 2 });
    emit(target);
    equal(String(yield* thrownByOp(wait())), 'Error: fromEvents: 2 events "n" wait unread');
    const [own, waitOwn] = withPipeline(bg);
    fromEvents(own, target, "n", { error: "oops" });
    target.dispatchEvent(new Event("oops"));
    equal(String(yield* thrownByOp(waitOwn())), "Error: fromEvents: oops");
  }),
);

test("bad arguments are refused by name", () => {
  const input = chan<number>();
  const bad = (value: unknown): never => value as never;
  for (const value of [undefined, null, 5, {}]) {
    badArgument(() => fromReadable(bg, bad(value)), "stream");
    badArgument(() => writeTo(bg, input, bad(value)), "stream");
    badArgument(() => fromEvents(bg, bad(value), "name"), "target");
    badArgument(() => toReadable(bg, bad(value)), "input");
    badArgument(() => toIterable(bg, bad(value)), "input");
    badArgument(() => writeTo(bg, bad(value), keeping().stream), "input");
    badArgument(() => toWritable(bg, bad(value)), "output");
    badArgument(() => toReadable(bad(value), input), "ctx");
  }
  badArgument(() => toReadable(bg, input, bad(5)), "cancel");
  badArgument(() => fromEvents(bg, new EventTarget(), bad(5)), "name");
  badArgument(() => fromEvents(bg, new EventTarget(), "n", { buffer: 0 }), "buffer");
  badArgument(() => fromEvents(bg, new EventTarget(), "n", { whenFull: bad("wait") }), "whenFull");
});

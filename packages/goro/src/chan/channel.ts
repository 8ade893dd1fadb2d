// A channel between goroutines of one core. Go: runtime/chan.go
//
// True whenever no method of this file is running:
//   I1  a receiver waits only if no value is buffered;
//   I2  a sender waits only if every slot is taken;
//   I3  receivers and senders wait together only where one select stands on both sides;
//   I4  nobody waits on a closed channel.
//   I5  a channel that other cores know is of a class of its own from then on, and keeps its state elsewhere: see
//       cores/channel.ts. Here nothing is buffered any more, nobody waits, and whoever comes to a queue is led there.
// Order of work: change the channel, then make the winners runnable. Nobody runs in between, so a value taken from a
// sender or put before a receiver is taken and put exactly once.

import { typeError } from "../ds/type-error.js";
import { keepShape } from "../ds/shape.js";
import { CHANNEL, shareable, type ShareKind } from "../ds/shareable.js";
import { Ring } from "../ds/ring.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { done, doneVoid, irregular, Operation, spent, suspended } from "../runtime/operation.js";
import { Panic } from "../runtime/panic.js";
import { processor } from "../runtime/processor.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Chan, Op, Range, Received, Suspend } from "../types.js";

/** What waiters are woken with when their channel is closed. */
export const closed: unknown = Object.freeze({ closed: true });
const nothing: Received<never> = Object.freeze([undefined, false] as const);

/** Every slot is a value: larger ones could not be filled, and are a mistake. */
const LARGEST_CAPACITY = 2 ** 30;

export class Channel<T> implements Chan<T> {
  readonly capacity: number;
  readonly receivers: WaitQueue;
  readonly senders = new WaitQueue();
  isClosed = false;
  /** The values sent and not yet received; null where there is no buffer. */
  readonly buffer: Ring<T> | null;
  #recv: Recv<T> | null = null;
  #recvOk: RecvOk<T> | null = null;

  constructor(capacity: number, receivers = new WaitQueue()) {
    this.capacity = capacity;
    this.receivers = receivers;
    this.buffer = capacity > 0 ? new Ring<T>() : null;
  }

  get length(): number {
    return this.buffer === null ? 0 : this.buffer.length;
  }

  send(value: T): Op<void> {
    return new Send(this, value);
  }

  recv(): Op<T | undefined> {
    return (this.#recv ??= new Recv<T>(this));
  }

  recvOk(): Op<Received<T>> {
    return (this.#recvOk ??= new RecvOk<T>(this));
  }

  trySend(value: T): boolean {
    if (this.isClosed) throw new Panic("send on closed channel");
    for (let receiver = this.receivers.shift(); receiver !== null; receiver = this.receivers.shift()) {
      receiver.value = value;
      if (receiver.wake()) return true;
    }
    const { buffer } = this;
    if (buffer === null || buffer.length >= this.capacity) return false;
    buffer.push(value);
    return true;
  }

  tryRecv(): Received<T> | undefined {
    if (this.take()) return received<T>();
    return this.isClosed ? nothing : undefined;
  }

  range(): Range<T> {
    return new ChannelRange<T>(this);
  }

  close(): void {
    if (this.isClosed) throw new Panic("close of closed channel");
    this.isClosed = true;
    this.receivers.wakeAll(closed);
    this.senders.wakeAll(closed);
  }

  /** @internal */
  get [shareable](): ShareKind {
    return CHANNEL;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (const values = this.range(); await values.next();) yield values.value;
  }

  /** Receives if that needs no waiting, into `done.value`. False too where the channel is closed and drained. */
  take(): boolean {
    const { buffer } = this;
    const isBuffered = buffer !== null && buffer.length > 0;
    if (isBuffered) done.value = buffer.shift();
    for (let sender = this.senders.shift(); sender !== null; sender = this.senders.shift()) {
      const { value } = sender;
      if (!sender.wake()) continue;
      if (isBuffered) buffer.push(value as T);
      else done.value = value;
      return true;
    }
    return isBuffered;
  }
}

function received<T>(): Received<T> {
  return [done.value as T, true];
}

// The four operations. Each `next` is Operation.next written out: see operation.ts.

class Send<T> extends Operation<void> {
  readonly channel: Channel<T>;
  readonly value: T;

  constructor(channel: Channel<T>, value: T) {
    super();
    this.channel = channel;
    this.value = value;
  }
  get reason(): WaitReason {
    return "chan send";
  }
  override next(): IteratorResult<Suspend, void> {
    const g = processor.current;
    if (g.op === null) {
      if (this.channel.trySend(this.value)) return --processor.ticks >= 0 ? doneVoid : spent(g, doneVoid);
      g.op = this;
      g.since = processor.clock;
      g.value = this.value;
      this.channel.senders.push(g);
      return suspended;
    }
    if (g.op !== this) return irregular(g);
    g.op = null;
    const outcome = g.value;
    g.value = undefined;
    if (outcome === closed) this.finish(outcome);
    return doneVoid;
  }
  poll(): boolean {
    if (!this.channel.trySend(this.value)) return false;
    done.value = undefined;
    return true;
  }
  enlist(w: Waiter): void {
    w.value = this.value;
    this.channel.senders.push(w);
  }
  withdraw(w: Waiter): void {
    this.channel.senders.remove(w);
  }
  finish(outcome: unknown): void {
    if (outcome === closed) throw new Panic("send on closed channel");
  }
}

abstract class Receive<T, R> extends Operation<R> {
  readonly channel: Channel<T>;

  constructor(channel: Channel<T>) {
    super();
    this.channel = channel;
  }
  get reason(): WaitReason {
    return "chan receive";
  }
  enlist(w: Waiter): void {
    this.channel.receivers.push(w);
  }
  withdraw(w: Waiter): void {
    this.channel.receivers.remove(w);
  }
}

class Recv<T> extends Receive<T, T | undefined> {
  override next(): IteratorResult<Suspend, T | undefined> {
    const g = processor.current;
    if (g.op === null) {
      if (this.poll()) {
        const result = done as IteratorReturnResult<T | undefined>;
        return --processor.ticks >= 0 ? result : spent(g, result);
      }
      g.op = this;
      g.since = processor.clock;
      this.channel.receivers.push(g);
      return suspended;
    }
    if (g.op !== this) return irregular(g);
    g.op = null;
    const outcome = g.value;
    g.value = undefined;
    done.value = outcome === closed ? undefined : outcome;
    return done as IteratorReturnResult<T | undefined>;
  }
  poll(): boolean {
    if (this.channel.take()) return true;
    done.value = undefined;
    return this.channel.isClosed;
  }
  finish(outcome: unknown): T | undefined {
    return outcome === closed ? undefined : (outcome as T);
  }
}

class RecvOk<T> extends Receive<T, Received<T>> {
  poll(): boolean {
    if (this.channel.take()) done.value = received<T>();
    else if (this.channel.isClosed) done.value = nothing;
    else return false;
    return true;
  }
  finish(outcome: unknown): Received<T> {
    return outcome === closed ? nothing : [outcome as T, true];
  }
}

class ChannelRange<T> implements Range<T> {
  value: T = undefined as T;
  readonly #step: RangeStep<T>;

  constructor(channel: Channel<T>) {
    this.#step = new RangeStep(channel, this);
  }

  next(): Op<boolean> {
    return this.#step;
  }
}

class RangeStep<T> extends Receive<T, boolean> {
  readonly range: ChannelRange<T>;

  constructor(channel: Channel<T>, range: ChannelRange<T>) {
    super(channel);
    this.range = range;
  }
  override next(): IteratorResult<Suspend, boolean> {
    const g = processor.current;
    if (g.op === null) {
      if (this.poll()) {
        const result = done as IteratorReturnResult<boolean>;
        return --processor.ticks >= 0 ? result : spent(g, result);
      }
      g.op = this;
      g.since = processor.clock;
      this.channel.receivers.push(g);
      return suspended;
    }
    if (g.op !== this) return irregular(g);
    g.op = null;
    const outcome = g.value;
    g.value = undefined;
    done.value = this.finish(outcome);
    return done as IteratorReturnResult<boolean>;
  }
  poll(): boolean {
    if (this.channel.take()) {
      this.range.value = done.value as T;
      done.value = true;
      return true;
    }
    done.value = false;
    return this.channel.isClosed;
  }
  finish(outcome: unknown): boolean {
    if (outcome === closed) return false;
    this.range.value = outcome as T;
    return true;
  }
}

/**
 * Makes a channel. With capacity 0 (the default) a send meets a receive; with more, that many values are kept for
 * receivers to come. First in, first out, for values and for those who wait. Go: `make(chan T, capacity)`.
 *
 * @throws TypeError where capacity is no number; RangeError where it is negative, fractional, infinite or absurd.
 * @example
 * const jobs = chan<string>(10);
 * yield* jobs.send("first");
 */
export function chan<T>(capacity = 0): Chan<T> {
  if (typeof capacity !== "number") throw typeError("chan: capacity", "a number", capacity);
  if (!Number.isInteger(capacity) || capacity < 0 || capacity > LARGEST_CAPACITY) {
    throw new RangeError(`chan: capacity must be a whole number from 0 to ${LARGEST_CAPACITY}, got ${capacity}`);
  }
  return new Channel<T>(capacity);
}

// Used twice and closed: V8 takes a field that was written once for a constant, and throws away what it has compiled when
// it learns better, which would be in the middle of a program's first channels.
const shape = new Channel<number>(1);
const step = shape.range().next() as RangeStep<number>;
for (let i = 0; i < 2; i++) {
  shape.trySend(i);
  step.poll();
}
shape.close();
keepShape(shape, step, shape.send(0), shape.recv(), shape.recvOk());

// Channels. What is sent travels with what its sender knew:
//
//   a send comes before its receive;
//   the k-th receive comes before the send of the k+capacity-th, and without a buffer before its own send returns;
//   close comes before a receive that finds the channel closed.
//
// And since a close that no order holds against a send would panic on another schedule, each is an access to the channel
// itself: a send reads it, a close writes it. Go: runtime/chan.go
import { Place } from "../detector/place.js";
import type { Clock } from "../detector/clock.js";
import type { OnRace } from "../detector/access.js";
import { call, frame } from "../operations/stack.js";
import type { Goroutines } from "./goroutines.js";
import type { Internals, Operation, Queue, Waiter } from "./internals.js";
import { patch } from "./patch.js";

/** A value on its way. */
class Box {
  readonly value: unknown;
  /** What its sender knew. */
  readonly sent: Clock;
  /** What the receiver knew that made room for it. */
  taken: Clock | null = null;

  constructor(value: unknown, sent: Clock) {
    this.value = value;
    this.sent = sent;
  }
}

interface Channel {
  readonly capacity: number;
  readonly receivers: Queue;
  readonly senders: Queue;
  readonly isClosed: boolean;
  readonly buffer: { readonly length: number; at(i: number): unknown } | null;
  send(value: unknown): Operation & { readonly value: unknown };
  recv(): Operation;
  recvOk(): Operation;
  range(): { next(): Operation };
  raceState?: State;
}

class State {
  /** The channel as such. */
  readonly place = new Place();
  /** How many values have been sent: the first `capacity` of them needed nobody to make room. */
  sends = 0;
  /** What receivers knew whose slots are free again, in order. */
  readonly free: Clock[] = [];
  closed: Clock | null = null;
}

export function followChannels(internals: Internals, goroutines: Goroutines, onRace: OnRace): void {
  const { running, threadOf, waking } = goroutines;
  const make = internals.goro["chan"] as unknown as (capacity?: number) => Channel;
  const { done } = internals;
  const sample = make(1);
  const Channel = Object.getPrototypeOf(sample) as Channel;
  const closed = closedMark();
  /** Has the last take taken anything? */
  let took = false;

  const stateOf = (channel: Channel): State => (channel.raceState ??= new State());

  function closedMark(): unknown {
    const channel = make();
    const w = { value: undefined, next: null, prev: null, wake: () => true } as Waiter;
    channel.recv().enlist(w);
    (channel as unknown as { close(): void }).close();
    return w.value;
  }

  function looksOpen(channel: Channel): void {
    stateOf(channel).place.read(running(), frame, call, onRace);
  }

  /** Comes after whoever made room for this send. */
  function takeSlot(channel: Channel): void {
    const state = stateOf(channel);
    if (channel.capacity > 0 && state.sends++ >= channel.capacity) running().acquire(state.free.shift());
  }

  patch(
    Channel,
    "trySend",
    (original) =>
      function (this: Channel, value: never) {
        looksOpen(this);
        const receiver = this.receivers.head;
        const thread = running();
        const box = new Box(value, thread.publish());
        if (original.call(this, box as never) === false) return false;
        if (receiver !== null && this.receivers.head !== receiver) {
          // Handed over: the receive has come first, and is over.
          const known = threadOf(receiver)?.publish();
          if (this.buffer === null) thread.acquire(known);
          else {
            takeSlot(this);
            if (known !== undefined) stateOf(this).free.push(known);
          }
        } else takeSlot(this);
        return true;
      },
  );

  patch(
    Channel,
    "take",
    (original) =>
      function (this: Channel) {
        const sender = this.senders.head;
        took = original.call(this) as boolean;
        if (!took) return false;
        const thread = running();
        const box = done.value;
        if (!(box instanceof Box)) return true; // of a timer
        done.value = box.value;
        const known = thread.publish();
        thread.acquire(box.sent);
        const { buffer } = this;
        if (buffer === null) box.taken = known;
        else if (sender !== null && this.senders.head !== sender) {
          (buffer.at(buffer.length - 1) as Box).taken = known;
          stateOf(this).sends++;
        } else stateOf(this).free.push(known);
        return true;
      },
  );

  patch(
    Channel,
    "tryRecv",
    (original) =>
      function (this: Channel) {
        took = false;
        const got = original.call(this);
        if (!took && this.isClosed) running().acquire(stateOf(this).closed);
        return got;
      },
  );

  patch(
    Channel,
    "close",
    (original) =>
      function (this: Channel) {
        const thread = running();
        const state = stateOf(this);
        state.place.write(thread, frame, call, onRace);
        const clock = thread.publish();
        if (!this.isClosed) state.closed = clock;
        waking(clock, () => original.call(this));
      },
  );

  const send = Object.getPrototypeOf(sample.send(0)) as object;
  usePlainNext(send);
  patch(
    send,
    "enlist",
    (original) =>
      function (this: { value: unknown; channel: Channel }, w: never) {
        original.call(this, w);
        (w as Waiter).value = new Box(this.value, running().publish());
      },
  );
  patch(
    send,
    "finish",
    (original) =>
      function (this: object, outcome: never) {
        if ((outcome as unknown) instanceof Box) running().acquire((outcome as Box).taken);
        return original.call(this, outcome);
      },
  );

  for (const op of [sample.recv(), sample.recvOk(), sample.range().next()]) {
    const receive = Object.getPrototypeOf(op) as object;
    usePlainNext(receive);
    patch(
      receive,
      "poll",
      (original) =>
        function (this: { channel: Channel }) {
          took = false;
          const ready = original.call(this) as boolean;
          if (ready && !took) running().acquire(stateOf(this.channel).closed);
          return ready;
        },
    );
    patch(
      receive,
      "finish",
      (original) =>
        function (this: { channel: Channel }, outcome: never) {
          const got: unknown = outcome;
          if (got === closed) running().acquire(stateOf(this.channel).closed);
          if (!(got instanceof Box)) return original.call(this, outcome);
          running().acquire(got.sent);
          return original.call(this, got.value as never);
        },
    );
  }
}

/** Its `next` is Operation.next written out, for speed: with that one, poll, enlist and finish are all there is. */
export function usePlainNext(prototype: object): void {
  delete (prototype as { next?: unknown }).next;
}

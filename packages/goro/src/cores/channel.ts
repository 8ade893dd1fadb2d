// A channel that several cores know: its values and its waiters in the arena, under the lock of its cell. Go: runtime/chan.go
//
// The invariants are those of chan/channel.ts. Values are encoded before the lock is taken and decoded after it is released;
// under it only slots are copied.

import { ShareKind } from "../ds/shareable.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { mem, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { Message, MessageKind } from "../arena/inbox.js";
import { lock, unlock } from "../arena/spin-lock.js";
import { deliver, deliverAll, shiftNode } from "../arena/wait-list.js";
import { Channel, closed } from "../chan/channel.js";
import { Goroutine } from "../runtime/goroutine.js";
import { done } from "../runtime/operation.js";
import { Panic } from "../runtime/panic.js";
import { dropSlot, readSlot, writeSlot } from "./codec.js";
import { announce, registerKind, retract } from "./handles.js";
import { enlist, enlistEarly, withdraw, type SharedWait } from "./waiting.js";

/** Words of the cell, behind those of every cell. */
const Chan = {
  capacity: 4,
  length: 5,
  /** The index in the buffer of the oldest value. */
  head: 6,
  isClosed: 7,
  buffer: 8,
  /** Slots in the buffer: grows to the capacity as it is needed. */
  slots: 9,
  receivers: 10,
  senders: 12,
  WORDS: 16,
} as const;
/** Of a value: see codec.ts. */
const SLOT_WORDS = 4;
const FEW_SLOTS = 64;

let scratchAt: Addr = 0;
/** A slot of this core: for a value on its way between the lock and the codec. No user code runs while one is in it. */
function scratch(): Addr {
  if (scratchAt === 0) scratchAt = allocate(8);
  return scratchAt;
}

function copySlot(to: Addr, from: Addr): void {
  mem[to] = mem[from]!;
  mem[to + 1] = mem[from + 1]!;
  mem[to + 2] = mem[from + 2]!;
  mem[to + 3] = mem[from + 3]!;
}

/** Under the lock: the slot behind the newest value. The caller has seen that there is room. */
function nextSlot(cell: Addr): Addr {
  const length = mem[cell + Chan.length]!;
  let slots = mem[cell + Chan.slots]!;
  if (length === slots) slots = grow(cell, slots);
  let index = mem[cell + Chan.head]! + length;
  if (index >= slots) index -= slots;
  mem[cell + Chan.length] = length + 1;
  return mem[cell + Chan.buffer]! + index * SLOT_WORDS;
}

function grow(cell: Addr, slots: number): number {
  const more = Math.min(mem[cell + Chan.capacity]!, Math.max(FEW_SLOTS, slots * 2));
  const old = mem[cell + Chan.buffer]!;
  const head = mem[cell + Chan.head]!;
  const buffer = allocate(more * SLOT_WORDS);
  for (let i = 0; i < slots; i++) copySlot(buffer + i * SLOT_WORDS, old + ((head + i) % slots) * SLOT_WORDS);
  if (old !== 0) free(old, slots * SLOT_WORDS);
  mem[cell + Chan.buffer] = buffer;
  mem[cell + Chan.head] = 0;
  return (mem[cell + Chan.slots] = more);
}

/**
 * Under the lock: moves the oldest value into the slot `to`, and says what has come: a value, the news that it is closed and
 * drained, or nothing (0). Whoever waits to send moves up.
 */
function takeInto(cell: Addr, to: Addr): number {
  const length = mem[cell + Chan.length]!;
  if (length > 0) {
    const head = mem[cell + Chan.head]!;
    copySlot(to, mem[cell + Chan.buffer]! + head * SLOT_WORDS);
    mem[cell + Chan.head] = head + 1 === mem[cell + Chan.slots]! ? 0 : head + 1;
    mem[cell + Chan.length] = length - 1;
    const sender = mem[cell + Chan.senders] === 0 ? 0 : shiftNode(cell + Chan.senders);
    if (sender !== 0) {
      copySlot(nextSlot(cell), sender + Message.value);
      deliver(sender, MessageKind.nothing);
    }
    return MessageKind.value;
  }
  const sender = mem[cell + Chan.senders] === 0 ? 0 : shiftNode(cell + Chan.senders);
  if (sender === 0) return mem[cell + Chan.isClosed] === 1 ? MessageKind.closed : 0;
  copySlot(to, sender + Message.value);
  deliver(sender, MessageKind.nothing);
  return MessageKind.value;
}

/** Under the lock: gives what stands in the slot `from` to who waits, or to the buffer. */
function putFrom(cell: Addr, from: Addr): number {
  if (mem[cell + Chan.isClosed] === 1) return MessageKind.closed;
  const receiver = mem[cell + Chan.receivers] === 0 ? 0 : shiftNode(cell + Chan.receivers);
  if (receiver !== 0) {
    copySlot(receiver + Message.value, from);
    deliver(receiver, MessageKind.value);
    return MessageKind.nothing;
  }
  if (mem[cell + Chan.length]! >= mem[cell + Chan.capacity]!) return 0;
  copySlot(nextSlot(cell), from);
  return MessageKind.nothing;
}

class Receiving implements SharedWait {
  readonly cell: Addr;

  constructor(cell: Addr) {
    this.cell = cell;
  }
  prepare(): void {}
  attempt(_w: Waiter, node: Addr): number {
    return takeInto(this.cell, node + Message.value);
  }
  list(): Addr {
    return this.cell + Chan.receivers;
  }
  receive(kind: number, node: Addr): unknown {
    return kind === MessageKind.closed ? closed : readSlot(node + Message.value);
  }
  discard(): void {}
}

class Sending implements SharedWait {
  readonly cell: Addr;
  constructor(cell: Addr) {
    this.cell = cell;
  }
  prepare(w: Waiter, node: Addr): void {
    const { value } = w;
    w.value = undefined;
    writeSlot(node + Message.value, value, "value");
  }
  attempt(_w: Waiter, node: Addr): number {
    return putFrom(this.cell, node + Message.value);
  }
  list(): Addr {
    return this.cell + Chan.senders;
  }
  receive(kind: number, node: Addr): unknown {
    if (kind !== MessageKind.closed) return undefined;
    dropSlot(node + Message.value);
    return closed;
  }
  discard(node: Addr): void {
    dropSlot(node + Message.value);
  }
}

/** Stands for a queue of a channel: whoever comes waits in the arena. */
class Queue extends WaitQueue {
  readonly wait: SharedWait;

  constructor(wait: SharedWait) {
    super();
    this.wait = wait;
  }
  override push(w: Waiter): void {
    try {
      enlist(w, this.wait);
    } catch (error) {
      if (w instanceof Goroutine) w.op = null; // was about to park
      throw error;
    }
  }
  override remove(w: Waiter): void {
    withdraw(w);
  }
}

/** What a channel becomes when other cores shall know it. Its own `isClosed` says what the last `take` has seen. */
class SharedChannel<T> extends Channel<T> {
  declare cell: Addr;

  override get length(): number {
    return Atomics.load(mem, this.cell + Chan.length);
  }

  override trySend(value: T): boolean {
    const { cell } = this;
    const from = scratch();
    // What would have to be dropped again is better not encoded: it may be large, or transferred.
    if (typeof value !== "number" && looksFull(cell)) return false;
    writeSlot(from, value, "value");
    lock(cell);
    let kind: number;
    try {
      kind = putFrom(cell, from);
    } finally {
      unlock(cell);
    }
    if (kind === MessageKind.nothing) return true;
    dropSlot(from);
    if (kind === MessageKind.closed) throw new Panic("send on closed channel");
    return false;
  }

  override take(): boolean {
    const { cell } = this;
    const to = scratch();
    lock(cell);
    const kind = takeInto(cell, to);
    unlock(cell);
    this.isClosed = kind === MessageKind.closed;
    if (kind !== MessageKind.value) return false;
    done.value = readSlot(to);
    return true;
  }

  override close(): void {
    const { cell } = this;
    lock(cell);
    const wasClosed = mem[cell + Chan.isClosed] === 1;
    if (!wasClosed) {
      mem[cell + Chan.isClosed] = 1;
      deliverAll(cell + Chan.receivers, MessageKind.closed);
      deliverAll(cell + Chan.senders, MessageKind.closed);
    }
    unlock(cell);
    if (wasClosed) throw new Panic("close of closed channel");
  }
}

function looksFull(cell: Addr): boolean {
  return (
    mem[cell + Chan.length]! >= mem[cell + Chan.capacity]! &&
    mem[cell + Chan.receivers] === 0 &&
    mem[cell + Chan.isClosed] === 0
  );
}

function newCell(capacity: number, isClosed: boolean): Addr {
  const cell = allocate(Chan.WORDS);
  mem.fill(0, cell, cell + Chan.WORDS);
  mem[cell + Chan.capacity] = capacity;
  mem[cell + Chan.isClosed] = isClosed ? 1 : 0;
  return cell;
}

/** Makes a channel a handle of the cell. Its queues are led there. */
function handle(channel: Channel<unknown>, cell: Addr): SharedChannel<unknown> {
  const shared = Object.setPrototypeOf(channel, SharedChannel.prototype) as SharedChannel<unknown>;
  const receivers = new Queue(new Receiving(cell));
  const senders = new Queue(new Sending(cell));
  return Object.assign(shared, { cell, receivers, senders });
}

/** Moves a channel of this core into the arena: buffered values, waiters and all. */
function share(channel: Channel<unknown>): Addr {
  const cell = newCell(channel.capacity, channel.isClosed);
  announce(channel, cell);
  const { buffer, receivers, senders } = channel;
  const values: unknown[] = [];
  if (buffer !== null) while (buffer.length > 0) values.push(buffer.shift());
  try {
    for (const value of values) {
      writeSlot(scratch(), value, "a value in the channel");
      copySlot(nextSlot(cell), scratch());
    }
    for (let w = senders.head; w !== null; w = w.next) {
      writeSlot(scratch(), w.value, "a value that waits to be sent");
      dropSlot(scratch());
    }
  } catch (error) {
    retract(channel);
    for (const value of values) buffer!.push(value);
    destroy(cell);
    throw error;
  }
  const shared = handle(channel, cell);
  for (let w = receivers.shift(); w !== null; w = receivers.shift()) enlistEarly(w, (shared.receivers as Queue).wait);
  for (let w = senders.shift(); w !== null; w = senders.shift()) enlistEarly(w, (shared.senders as Queue).wait);
  return cell;
}

function destroy(cell: Addr): void {
  const slots = mem[cell + Chan.slots]!;
  const buffer = mem[cell + Chan.buffer]!;
  const head = mem[cell + Chan.head]!;
  for (let i = 0; i < mem[cell + Chan.length]!; i++) dropSlot(buffer + ((head + i) % slots) * SLOT_WORDS);
  if (slots > 0) free(buffer, slots * SLOT_WORDS);
  free(cell, Chan.WORDS);
}

registerKind<Channel<unknown>>(ShareKind.channel, {
  share,
  adopt(cell) {
    return handle(new Channel<unknown>(mem[cell + Chan.capacity]!), cell);
  },
  destroy,
});

// Messages to a processor: a stack in the arena that any core pushes to and only the owner empties, all at once, so that
// nothing is ever taken from between (no ABA) and no message is too many.
//
// A message is a block of at least 16 words that its sender gives away with it. Its words:

import { Header, mem, me, procAt, Proc, ProcState, type Addr } from "./arena.js";

export const Message = {
  /** The next in the inbox. */
  next: 2,
  /** What it is: see MessageKind. */
  kind: 7,
  /** A slot: a value of the codec. */
  value: 8,
  WORDS: 16,
} as const;

export const MessageKind = {
  /** To a waiter (wait-list.ts): served, with a value in the slot. */
  value: 1,
  /** To a waiter: served, nothing to say. */
  nothing: 2,
  /** To a waiter: the channel has been closed. */
  closed: 3,
  /** To a waiter: who held the lock has been lost with its core. */
  lost: 4,
  /** To who started a task: it has returned, with the result in the slot. */
  returned: 8,
  /** It threw, with the error in the slot. */
  threw: 9,
  /** It ended by goexit. */
  exited: 10,
  /** To every processor: the thread whose tag stands in word 3 is gone. */
  processorLost: 12,
} as const;

/** Told when this core has woken another, or left itself a message. Set by processors.ts. */
export const inbox = { woke: (): void => undefined };

/** Puts a message into the inbox of `to`, and wakes it if it sleeps. */
export function post(to: number, message: Addr): void {
  const at = procAt(to) + Proc.inbox;
  for (;;) {
    const first = Atomics.load(mem, at);
    mem[message + Message.next] = first;
    if (Atomics.compareExchange(mem, at, first, message) === first) break;
  }
  if (to === me) inbox.woke();
  else wake(to);
}

/** The messages to this processor, oldest first, linked by Message.next; 0 where there are none. */
export function takeMessages(): Addr {
  const at = procAt(me) + Proc.inbox;
  if (mem[at] === 0) return 0;
  let taken = Atomics.exchange(mem, at, 0);
  let oldest = 0;
  while (taken !== 0) {
    const next = mem[taken + Message.next]!;
    mem[taken + Message.next] = oldest;
    oldest = taken;
    taken = next;
  }
  return oldest;
}

export function hasMessages(id: number): boolean {
  return Atomics.load(mem, procAt(id) + Proc.inbox) !== 0;
}

/** Wakes a processor that sleeps. The order is: first what it shall find, then this. */
export function wake(to: number): void {
  const at = procAt(to) + Proc.state;
  const state = Atomics.load(mem, at);
  if (state !== ProcState.sleeping && state !== ProcState.quiescent) return;
  if (Atomics.compareExchange(mem, at, state, ProcState.running) === state) {
    Atomics.sub(mem, Header.idle, 1);
    Atomics.add(mem, procAt(to) + Proc.wake, 1);
    Atomics.notify(mem, procAt(to) + Proc.wake);
    inbox.woke();
  } else wake(to); // from sleeping to quiescent, or woken by somebody else
}

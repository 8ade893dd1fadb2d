// What the locks that several cores know have in common: who holds one, and what becomes of those who wait when that one is
// lost.

import { mem, processorOf, type Addr } from "../arena/arena.js";
import { MessageKind, Message } from "../arena/inbox.js";
import { claimNode, deliver, freeNode, Node, removeNode } from "../arena/wait-list.js";
import { LostHolder } from "../sync/locker.js";

/** How often a lock that is held is looked at before its goroutine parks: some microseconds. */
export const SPINS = 60;
const PAUSE = 20;

export function pause(): void {
  for (let i = 0; i < PAUSE; i++);
}

/** The state of a lock that somebody of this core waits for. */
export interface Lossy {
  /** The thread with this tag is gone. Wakes those who wait for what it held, or for it to come and take it. */
  lose(tag: number): void;
}

/** How many of this core wait for each. */
const awaited = new Map<Lossy, number>();

/** Somebody of this core waits. */
export function waits(lock: Lossy): void {
  awaited.set(lock, (awaited.get(lock) ?? 0) + 1);
}

export function waitsNoMore(lock: Lossy): void {
  const n = awaited.get(lock)! - 1;
  if (n === 0) awaited.delete(lock);
  else awaited.set(lock, n);
}

/** A thread is gone: who waits here for a lock that it held is told. On every core. */
export function lostHolder(tag: number): void {
  for (const lock of [...awaited.keys()]) lock.lose(tag);
}

/** Under the lock of the cell: says to all in a list that the holder is lost. */
export function deliverLost(list: Addr, tag: number): void {
  for (let node = mem[list]!; node !== 0; node = mem[list]!) {
    removeNode(list, node);
    if (claimNode(node)) {
      setLost(node, tag);
      deliver(node, MessageKind.lost);
    }
  }
}

/** Under the lock of the cell: takes those out who have been lost with their core, so that nobody waits behind them. */
export function removeLost(list: Addr, tag: number): void {
  let node = mem[list]!;
  while (node !== 0) {
    const next = mem[node + Node.next]!;
    if (mem[node + Node.processor] === tag) {
      removeNode(list, node);
      freeNode(node);
    }
    node = next;
  }
}

/** Says in a node whose loss it is. */
export function setLost(node: Addr, tag: number): void {
  mem[node + Message.value] = tag;
}

export function lossOf(what: string, node: Addr, did?: string): LostHolder {
  return new LostHolder(what, processorOf(mem[node + Message.value]!), did);
}

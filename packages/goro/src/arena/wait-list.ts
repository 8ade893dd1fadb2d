// Who waits for a shared thing: a doubly linked list of nodes in the arena, under the lock of the thing's cell.
//
// A node is a block that belongs to the core where its goroutine is parked: only that core frees it. Serving a waiter takes
// its node out, says in it what has come, and posts it to its core's inbox (inbox.ts), where the waiter is found by its slot.
//
//   I1  nodes of one select have one claim word, which is 0 until somebody wins it by compare-and-swap: at most one of them
//       is ever served, and a local case that wins claims it just so;
//   I2  a node whose claim was lost to another is taken out by whoever finds that, and is freed by its own core, which
//       withdraws it in any case;
//   I3  order is arrival order, over all cores.

import { isAlive, mem, myTag, processorOf, type Addr } from "./arena.js";
import { allocate, free } from "./blocks.js";
import { Message, post } from "./inbox.js";

/** Words of a node, beside those of a message. */
export const Node = {
  next: 0,
  prev: 1,
  processor: 3,
  /** Where its core finds the waiter. */
  slot: 4,
  /** The address of its claim word; 0 where it stands alone. */
  claim: 5,
  isQueued: 6,
  /** What the owner of the queue keeps with the waiter. */
  extra: 12,
  /** The thing it waits for. */
  cell: 13,
  WORDS: 16,
} as const;

/** Words of a list in a cell: the first and the last node. */
export const LIST_WORDS = 2;

/** The caller says in which slot its waiter is. */
export function newNode(cell: Addr, claim: Addr): Addr {
  const node = allocate(Node.WORDS);
  mem[node + Node.processor] = myTag;
  mem[node + Node.claim] = claim;
  mem[node + Node.isQueued] = 0;
  mem[node + Node.cell] = cell;
  return node;
}

export function freeNode(node: Addr): void {
  free(node, Node.WORDS);
}

export function pushNode(list: Addr, node: Addr): void {
  const last = mem[list + 1]!;
  mem[node + Node.next] = 0;
  mem[node + Node.prev] = last;
  mem[node + Node.isQueued] = 1;
  if (last === 0) mem[list] = node;
  else mem[last + Node.next] = node;
  mem[list + 1] = node;
}

export function removeNode(list: Addr, node: Addr): void {
  const next = mem[node + Node.next]!;
  const prev = mem[node + Node.prev]!;
  mem[node + Node.isQueued] = 0;
  if (prev === 0) mem[list] = next;
  else mem[prev + Node.next] = next;
  if (next === 0) mem[list + 1] = prev;
  else mem[next + Node.prev] = prev;
}

/** Takes out the first that can be served, and claims it; 0 where nobody waits. The caller says what has come, and delivers. */
export function shiftNode(list: Addr): Addr {
  for (;;) {
    const node = mem[list]!;
    if (node === 0) return 0;
    removeNode(list, node);
    if (claimNode(node)) return node;
  }
}

/** Claims a node that was taken out; false where it cannot be served any more. */
export function claimNode(node: Addr): boolean {
  const claim = mem[node + Node.claim]!;
  if (claim !== 0 && Atomics.compareExchange(mem, claim, 0, 1) !== 0) return false;
  return isAlive(mem[node + Node.processor]!);
}

/** Tells a waiter that was taken out. */
export function deliver(node: Addr, kind: number): void {
  mem[node + Message.kind] = kind;
  post(processorOf(mem[node + Node.processor]!), node);
}

/** Serves all who wait, with nothing to say but this. */
export function deliverAll(list: Addr, kind: number): void {
  for (let node = shiftNode(list); node !== 0; node = shiftNode(list)) deliver(node, kind);
}

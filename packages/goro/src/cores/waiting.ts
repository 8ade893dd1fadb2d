// This core's waiters in lists that all cores share: how a node in the arena leads to the goroutine, or the case of a select,
// that waits here, and back.
//
// An operation on a shared thing polls under the lock of its cell, as all do. To wait it polls once more, under the same lock
// under which it then enlists: another core may have been there in between. A select does so for all its cases on shared
// things at once (commit): it takes the locks of all of them in the order of their addresses, so that it completes one or
// waits for all.
//
//   I1  a slot holds its waiter from enlisting until it is served or withdrawn;
//   I2  a waiter that is served comes through the inbox, also from this core: nobody is woken under a lock.

import type { Waiter } from "../ds/wait-queue.js";
import type { Root } from "../runtime/processor.js";
import { mem, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { Message } from "../arena/inbox.js";
import { lock, unlock } from "../arena/spin-lock.js";
import { deliver, freeNode, newNode, Node, pushNode, removeNode } from "../arena/wait-list.js";
import { CaseWaiter } from "../chan/select.js";

/** An operation that may have to wait for a shared thing. */
export interface SharedWait {
  /** Its address. */
  readonly cell: Addr;
  /** Outside the lock, before all else: puts into the node what the waiter brings. May throw. */
  prepare(w: Waiter, node: Addr): void;
  /** Under the lock: completes if it can, and returns the kind of message that says so to the waiter, with what goes with it in the node. */
  attempt(w: Waiter, node: Addr): number;
  /** The list to wait in; may put something into the node first. */
  list(w: Waiter, node: Addr): Addr;
  /** Makes the waiter's outcome from a message, outside the lock. */
  receive(kind: number, node: Addr): unknown;
  /** The waiter was withdrawn: lets go of what it brought. */
  discard(node: Addr): void;
}

const waiters: (Waiter | null)[] = [];
const waits: (SharedWait | null)[] = [];
const freeSlots: number[] = [];
const CLAIM_WORDS = 8;

function takeSlot(w: Waiter, wait: SharedWait): number {
  const slot = freeSlots.pop() ?? waiters.length;
  waiters[slot] = w;
  waits[slot] = wait;
  return slot;
}

function releaseSlot(slot: number): void {
  waiters[slot] = null;
  waits[slot] = null;
  freeSlots.push(slot);
}

/** Cases that wait for the commit of their select. */
let gathered: { readonly w: CaseWaiter; readonly wait: SharedWait }[] = [];

/** Puts a waiter where other cores find it, or lets it complete. */
export function enlist(w: Waiter, wait: SharedWait): void {
  if (w instanceof CaseWaiter) {
    gathered.push({ w, wait });
    return;
  }
  const node = prepared(w, wait, 0);
  lock(wait.cell);
  const done = wait.attempt(w, node);
  if (done === 0) pushNode(wait.list(w, node), node);
  unlock(wait.cell);
  if (done !== 0) deliver(node, done);
}

function prepared(w: Waiter, wait: SharedWait, claim: Addr): Addr {
  const node = newNode(wait.cell, claim);
  mem[node + Node.slot] = takeSlot(w, wait);
  try {
    wait.prepare(w, node);
  } catch (error) {
    drop(node);
    throw error;
  }
  return node;
}

/** Frees a node and its slot. */
function drop(node: Addr): void {
  releaseSlot(mem[node + Node.slot]!);
  freeNode(node);
}

/** Puts one that waits for a thing that becomes a shared one, in its order, into a list that nobody else knows yet. */
export function enlistEarly(w: Waiter, wait: SharedWait): void {
  let node: Addr;
  if (w instanceof CaseWaiter) {
    const root = outermost(w.selection);
    if (root.claim === 0) root.claim = newClaim();
    w.node = node = prepared(w, wait, root.claim);
  } else node = prepared(w, wait, 0);
  pushNode(wait.list(w, node), node);
}

function outermost(selection: Root): Root {
  while (selection.owner instanceof CaseWaiter) selection = selection.owner.selection;
  return selection;
}

function newClaim(): Addr {
  const claim = allocate(CLAIM_WORDS);
  Atomics.store(mem, claim, 0);
  return claim;
}

/** Takes a case back that has not been served. */
export function withdraw(w: Waiter): void {
  if (!(w instanceof CaseWaiter)) throw new Error("goro: only a case of a select is ever withdrawn");
  const { node } = w;
  if (node === 0) {
    gathered = gathered.filter((one) => one.w !== w);
    return;
  }
  w.node = 0;
  const wait = waits[mem[node + Node.slot]!]!;
  lock(wait.cell);
  if (mem[node + Node.isQueued] === 1) removeNode(wait.list(w, node), node);
  unlock(wait.cell);
  forget(wait, node);
}

export function commit(root: Root): void {
  if (gathered.length === 0) return;
  const cases = gathered;
  gathered = [];
  const cells = [...new Set(cases.map((one) => one.wait.cell))].sort((a, b) => a - b);
  const nodes: Addr[] = [];
  try {
    for (const { w, wait } of cases) nodes.push(prepared(w, wait, 0));
  } catch (error) {
    nodes.forEach((node, i) => forget(cases[i]!.wait, node));
    throw error;
  }
  const claim = (root.claim = root.claim === 0 ? newClaim() : root.claim);
  let winner = -1;
  let kind = 0;
  for (const cell of cells) lock(cell);
  // What a select sends may be what it waits for: that case stands in its list already, in a cell that nobody knows before
  // the value has gone, and must not be served then.
  Atomics.store(mem, claim, 1);
  for (let i = 0; i < cases.length && kind === 0; i++) {
    const { w, wait } = cases[i]!;
    kind = wait.attempt(w, nodes[i]!);
    if (kind !== 0) winner = i;
  }
  if (kind === 0) {
    for (let i = 0; i < cases.length; i++) {
      const { w, wait } = cases[i]!;
      const node = nodes[i]!;
      mem[node + Node.claim] = claim;
      w.node = node;
      pushNode(wait.list(w, node), node);
    }
    Atomics.store(mem, claim, 0);
  }
  for (const cell of cells) unlock(cell);
  if (kind === 0) return;
  for (let i = 0; i < cases.length; i++) {
    const node = nodes[i]!;
    if (i === winner) deliver(node, kind);
    else forget(cases[i]!.wait, node);
  }
}

function forget(wait: SharedWait, node: Addr): void {
  wait.discard(node);
  drop(node);
}

export function refuses(selection: Root): boolean {
  const root = outermost(selection);
  if (root.claim <= 0) return false;
  if (Atomics.compareExchange(mem, root.claim, 0, 1) !== 0) return true;
  root.claim = -root.claim;
  return false;
}

export function over(selection: Root): void {
  if (selection.claim === 0) return;
  free(Math.abs(selection.claim), CLAIM_WORDS);
  selection.claim = 0;
}

/** A waiter of this core has been served: it gets its outcome and runs. */
export function served(node: Addr): void {
  const slot = mem[node + Node.slot]!;
  const w = waiters[slot]!;
  const wait = waits[slot]!;
  releaseSlot(slot);
  const outcome = wait.receive(mem[node + Message.kind]!, node);
  freeNode(node);
  if (w instanceof CaseWaiter) {
    const root = outermost(w.selection);
    root.claim = -Math.abs(root.claim);
    w.node = 0;
  }
  w.value = outcome;
  w.wake();
}

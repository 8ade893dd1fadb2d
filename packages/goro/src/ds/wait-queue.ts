// Who waits for what: a doubly linked list whose links live in the waiters themselves.
//
//   I1  a waiter stands in at most one queue, and `next`/`prev` are null whenever it stands in none;
//   I2  removing one needs only the waiter: a queue is never walked, whatever its length;
//   I3  order is arrival order.
//
// A waiter is a goroutine that waits for one thing, or one case of a select, or a hook (a timer's alarm, a cancelled
// context's callback). Whoever serves it takes it out of its queue, leaves what it was waiting for in `value`, and
// calls `wake`, which never runs foreign code: it makes something runnable, no more. A case of a select that also waits for
// what other cores can reach may refuse, because one of those has served the select meanwhile: then the next has its turn.

export abstract class Waiter {
  next: Waiter | null = null;
  prev: Waiter | null = null;
  /** While waiting: what the queue's owner keeps with the waiter (the value of a blocked send). Afterwards: the outcome. */
  value: unknown = undefined;
  /** False where it refuses: nothing was given to it. */
  abstract wake(): boolean;
}

export class WaitQueue {
  head: Waiter | null = null;
  tail: Waiter | null = null;

  push(w: Waiter): void {
    const tail = this.tail;
    w.prev = tail;
    if (tail === null) this.head = w;
    else tail.next = w;
    this.tail = w;
  }

  shift(): Waiter | null {
    const w = this.head;
    if (w === null) return null;
    const next = w.next;
    this.head = next;
    if (next === null) this.tail = null;
    else {
      next.prev = null;
      w.next = null;
    }
    return w;
  }

  /** Takes out a waiter that stands in this queue. One that has been taken out and refused stands in none. */
  remove(w: Waiter): void {
    const { prev, next } = w;
    if (prev === null && this.head !== w) return;
    if (prev === null) this.head = next;
    else prev.next = next;
    if (next === null) this.tail = prev;
    else next.prev = prev;
    w.next = null;
    w.prev = null;
  }

  /** Serves everybody who waits now, in order, with the same outcome. */
  wakeAll(value: unknown): void {
    for (let w = this.shift(); w !== null; w = this.shift()) {
      w.value = value;
      w.wake();
    }
  }
}

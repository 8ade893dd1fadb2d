// A mutex that several cores know. Go: sync/mutex.go
//
// Its state is one word: who holds it, and three flags. Where no flag is set, one compare-and-swap locks it and one unlocks it.
//
//   normal mode      unlock wakes who waits first, which then tries again, against all who come meanwhile: a lock that is
//                    handed over instead stands still until the waiter's core has noticed.
//   starvation mode  begins when one who was woken has waited for STARVING_MS and finds it locked again: then unlock hands
//                    over, in order, and who comes waits behind the others. It ends with one who has waited less.
//
// A case of a select, which must hold the lock when it has won, is always handed it.
//
//   I1  a flag is set only under the lock of the cell, except that lockAgain and the end of starvation clear one;
//   I2  somebody is in a list only while the state says WAITING (it may say so for nobody: unlock finds that out);
//   I3  if somebody waits and nobody holds it, somebody has been woken to take it (WOKEN).

import { ShareKind } from "../ds/shareable.js";
import type { Waiter } from "../ds/wait-queue.js";
import { floats, isAlive, mem, myTag, processorOf, ProcState, stateOf, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { MessageKind } from "../arena/inbox.js";
import { lock, unlock } from "../arena/spin-lock.js";
import { deliver, Node, shiftNode } from "../arena/wait-list.js";
import { now } from "../runtime/host.js";
import { Panic } from "../runtime/panic.js";
import type { Goroutine } from "../runtime/goroutine.js";
import { processor } from "../runtime/processor.js";
import { LostHolder } from "../sync/locker.js";
import { Mutex, type SharedMutex } from "../sync/mutex.js";
import { registerKind } from "./handles.js";
import { deliverLost, lossOf, pause, setLost, SPINS, waits, waitsNoMore, type Lossy } from "./locks.js";
import { enlist, enlistEarly, withdraw, type SharedWait } from "./waiting.js";

/** Words of the cell, behind those of every cell. */
const Cell = {
  /** Flags, and above them the tag of who holds it plus one. */
  state: 4,
  /** The goroutine that locked it last, for dumps. */
  goroutine: 5,
  /** Who was woken and came too late: they come before the others. */
  again: 8,
  waiters: 10,
  WORDS: 16,
} as const;

const WAITING = 1;
const WOKEN = 2;
const STARVING = 4;
const FLAGS = 7;
const HOLDER = 3;

const STARVING_MS = 1;
/** In Node.extra: whether it tries again when it is woken, or is handed the lock. */
const Mode = { given: 0, tries: 1 } as const;
/** A message: try again. */
const tryAgain = MessageKind.value;

function holderOf(state: number): number {
  return (state >>> HOLDER) - 1;
}

function sinceAt(node: Addr): number {
  return (node + 10) >> 1;
}

/** A goroutine or a case that waits. */
class Waiting implements SharedWait {
  readonly cell: Addr;
  readonly mutex: InArena;

  constructor(mutex: InArena) {
    this.cell = mutex.cell;
    this.mutex = mutex;
  }
  prepare(_w: Waiter, node: Addr): void {
    this.begin(node, Mode.given, now());
  }
  protected begin(node: Addr, mode: number, since: number): void {
    mem[node + Node.extra] = mode;
    floats[sinceAt(node)] = since;
    waits(this.mutex);
  }
  attempt(_w: Waiter, node: Addr): number {
    return this.attemptWith(node, 0, 0);
  }
  /** Clears and sets flags. */
  protected attemptWith(node: Addr, cleared: number, set: number): number {
    const at = this.mutex.state;
    for (;;) {
      const state = Atomics.load(mem, at);
      const kept = state & ~cleared;
      if (state >>> HOLDER === 0) {
        if (Atomics.compareExchange(mem, at, state, kept | this.mutex.held) === state) return MessageKind.nothing;
      } else {
        const holder = holderOf(state);
        if (!isAlive(holder)) {
          setLost(node, holder);
          return MessageKind.lost;
        }
        if (Atomics.compareExchange(mem, at, state, kept | set | WAITING) === state) return 0;
      }
    }
  }
  list(): Addr {
    return this.cell + Cell.waiters;
  }
  receive(kind: number, node: Addr): unknown {
    waitsNoMore(this.mutex);
    if (kind === MessageKind.lost) return lossOf("sync.Mutex", node);
    const since = floats[sinceAt(node)]!;
    if (kind === tryAgain) return since;
    const at = this.mutex.state;
    if ((Atomics.load(mem, at) & STARVING) !== 0 && now() - since < STARVING_MS) Atomics.and(mem, at, ~STARVING);
    return undefined;
  }
  discard(): void {
    waitsNoMore(this.mutex);
  }
}

class WaitingToTry extends Waiting {
  override prepare(_w: Waiter, node: Addr): void {
    this.begin(node, Mode.tries, now());
  }
}

/** Brings with it since when it waits. */
class WaitingAgain extends Waiting {
  override prepare(w: Waiter, node: Addr): void {
    this.begin(node, Mode.tries, w.value as number);
    w.value = undefined;
  }
  override attempt(_w: Waiter, node: Addr): number {
    return this.attemptWith(node, WOKEN, now() - floats[sinceAt(node)]! > STARVING_MS ? STARVING : 0);
  }
  override list(): Addr {
    return this.cell + Cell.again;
  }
}

class InArena implements SharedMutex, Lossy {
  readonly cell: Addr;
  /** Its address. */
  readonly state: Addr;
  /** The state in which this core holds it and nobody waits. */
  readonly held = (myTag + 1) << HOLDER;
  readonly #waiting: Waiting;
  readonly #waitingToTry: WaitingToTry;
  readonly #waitingAgain: WaitingAgain;

  constructor(cell: Addr) {
    this.cell = cell;
    this.state = cell + Cell.state;
    this.#waiting = new Waiting(this);
    this.#waitingToTry = new WaitingToTry(this);
    this.#waitingAgain = new WaitingAgain(this);
  }

  get holder(): number {
    return mem[this.cell + Cell.goroutine]!;
  }

  set holder(id: number) {
    mem[this.cell + Cell.goroutine] = id;
  }

  lock(): boolean {
    return Atomics.compareExchange(mem, this.state, 0, this.held) === 0 || this.#spin(~0);
  }

  lockAgain(): boolean {
    return this.#spin(~WOKEN);
  }

  /**
   * Takes it when it is free, keeping these flags. Looks on for a while, if it may soon be: it is held on another core that
   * runs, and nothing else could run here meanwhile.
   */
  #spin(kept: number): boolean {
    const { state: at, held } = this;
    for (let i = 0; i < SPINS; i++) {
      const state = Atomics.load(mem, at);
      if (state >>> HOLDER === 0) {
        if (Atomics.compareExchange(mem, at, state, (state & kept) | held) === state) return true;
      } else {
        if ((state & ~FLAGS) === held || (state & STARVING) !== 0) return false;
        if (i === 0 && processor.runQueue.length > 0) return false;
        if (stateOf(processorOf(holderOf(state))) !== ProcState.running) return false;
      }
      pause();
    }
    return false;
  }

  tryLock(): boolean {
    const { state: at, held } = this;
    for (;;) {
      const state = Atomics.load(mem, at);
      if (state >>> HOLDER === 0) {
        if (Atomics.compareExchange(mem, at, state, state | held) === state) return true;
      } else {
        const holder = holderOf(state);
        if (isAlive(holder)) return false;
        throw new LostHolder("sync.Mutex", processorOf(holder)).error;
      }
    }
  }

  unlock(): void {
    if (Atomics.compareExchange(mem, this.state, this.held, 0) !== this.held) this.#unlockSlowly();
  }

  /** Somebody waits, or it was locked on another core. */
  #unlockSlowly(): void {
    const at = this.state;
    for (;;) {
      const state = Atomics.load(mem, at);
      mustBeLocked(state);
      if ((state & (WAITING | WOKEN | STARVING)) === WAITING || (state & STARVING) !== 0) return this.#wakeNext();
      if (Atomics.compareExchange(mem, at, state, state & FLAGS) === state) return;
    }
  }

  #wakeNext(): void {
    const { cell } = this;
    lock(cell);
    try {
      mustBeLocked(Atomics.load(mem, this.state));
      this.#serve();
    } finally {
      unlock(cell);
    }
  }

  /** Under the lock of the cell: gives the lock up, to who is first, or lets that one try. */
  #serve(): void {
    const { cell, state: at } = this;
    const node = shiftNode(cell + Cell.again) || shiftNode(cell + Cell.waiters);
    const rest = mem[cell + Cell.again] === 0 && mem[cell + Cell.waiters] === 0 ? 0 : WAITING;
    for (;;) {
      const state = Atomics.load(mem, at);
      let kind = 0;
      let next = state & WOKEN;
      if (node !== 0) {
        if (mem[node + Node.extra] === Mode.given || (state & STARVING) !== 0) {
          kind = MessageKind.nothing;
          const starving = rest === 0 ? 0 : state & STARVING;
          next |= ((mem[node + Node.processor]! + 1) << HOLDER) | rest | starving;
        } else {
          kind = tryAgain;
          next = rest | WOKEN;
        }
      }
      if (Atomics.compareExchange(mem, at, state, next) !== state) continue;
      if (kind !== 0) deliver(node, kind);
      return;
    }
  }

  enlist(w: Waiter): void {
    enlist(w, this.#waiting);
  }

  enlistToTry(g: Goroutine): void {
    enlist(g, this.#waitingToTry);
  }

  enlistAgain(g: Goroutine, since: number): void {
    g.value = since;
    enlist(g, this.#waitingAgain);
  }

  /** From this core alone. */
  enlistEarly(w: Waiter): void {
    enlistEarly(w, this.#waiting);
  }

  withdraw(w: Waiter): void {
    withdraw(w);
  }

  lose(tag: number): void {
    const { cell, state: at } = this;
    lock(cell);
    if (holderOf(Atomics.load(mem, at)) === tag) {
      deliverLost(cell + Cell.again, tag);
      deliverLost(cell + Cell.waiters, tag);
    } else if (Atomics.and(mem, at, ~WOKEN) >>> HOLDER === 0) this.#serve(); // the one who was woken may be lost
    unlock(cell);
  }

  mustBeLocked(): void {
    mustBeLocked(Atomics.load(mem, this.state));
  }
}

function mustBeLocked(state: number): void {
  if (state >>> HOLDER === 0) throw new Panic("sync: unlock of unlocked mutex");
}

registerKind<Mutex>(ShareKind.mutex, {
  share(mutex) {
    const cell = allocate(Cell.WORDS);
    mem.fill(0, cell, cell + Cell.WORDS);
    const shared = new InArena(cell);
    if (mutex.isLocked) mem[shared.state] = shared.held | (mutex.waiters.head === null ? 0 : WAITING);
    for (let w = mutex.waiters.shift(); w !== null; w = mutex.waiters.shift()) shared.enlistEarly(w);
    mutex.share(shared);
    return cell;
  },
  adopt(cell) {
    const mutex = new Mutex();
    mutex.share(new InArena(cell));
    return mutex;
  },
  destroy(cell) {
    free(cell, Cell.WORDS);
  },
});

// select: waits for several Ops and completes exactly one. Go: runtime/select.go
//
// First every case is polled, in random order (Go's pollorder) or as written: the first that can complete does, and that is
// all. Otherwise a waiter for each is enlisted, all of them belonging to one Selection. The first that is woken wins: before
// anything else runs, the Selection withdraws the others. So
//
//   I1  at most one waiter of a Selection is ever woken;
//   I2  a Selection that has been won has no waiter in any queue;
//   I3  a select never meets itself: polling comes before enlisting, and enlisting wakes nobody;
//   I4  a lock that cond.wait gives up is unlocked once, when all cases are enlisted, and is held again before the select
//       returns, whichever case wins.
//
// Cases on what other cores can reach are enlisted together, when all others are (processor.cores.commit): their waiters stand
// in shared memory and have one word to claim. A local case claims it too before it wins, and refuses where it comes late.
//
// A select is an Op and so may be a case of another: its Selection then belongs to that case's waiter instead of a goroutine.

import { typeError } from "../ds/type-error.js";
import { keepShape } from "../ds/shape.js";
import { Waiter } from "../ds/wait-queue.js";
import { choose, flip } from "../runtime/choose.js";
import { crash } from "../runtime/crash.js";
import type { Goroutine, ParkedOn } from "../runtime/goroutine.js";
import { done, givenUp, heldBack, irregular, Operation, spent, suspended } from "../runtime/operation.js";
import { processor, type Root } from "../runtime/processor.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Case, Cases, Op, Selected, SelectedOf, SelectOptions, Suspend } from "../types.js";

interface Choice {
  readonly case: string | number;
  readonly value: unknown;
}

type Live = Operation<unknown> | null;

type Lock = (typeof givenUp)[number];

export class CaseWaiter extends Waiter {
  readonly selection: Selection;
  readonly index: number;
  /** Its node in shared memory, while it has one. */
  node = 0;

  constructor(selection: Selection, index: number) {
    super();
    this.selection = selection;
    this.index = index;
  }
  wake(): boolean {
    return this.selection.won(this);
  }
}

/** One run of a select that has to wait. */
class Selection implements Root {
  claim = 0;
  winner: CaseWaiter | null = null;
  /** Unlocked while it waits, to be locked again before the select returns. Of the outermost Selection only. */
  unlocked: Set<Lock> | null = null;
  select: Select | null = null;
  /** The goroutine, or the case of an outer select. */
  owner: Waiter | null = null;
  readonly waiters: readonly CaseWaiter[];

  constructor(cases: number) {
    this.waiters = Array.from({ length: cases }, (_, i) => new CaseWaiter(this, i));
  }

  start(select: Select, owner: Waiter): void {
    this.select = select;
    this.owner = owner;
    // In random order too: of two cases on one channel the first to be enlisted is the first to be served.
    const { ops, order } = select;
    for (let k = 0; k < ops.length; k++) {
      const i = order === null ? k : order[k]!;
      const op = ops[i] as Live;
      if (op === null) continue;
      op.enlist(this.waiters[i]!);
    }
    if (!(owner instanceof CaseWaiter)) this.#commit();
  }

  /** All cases are enlisted, but for those that other cores can serve. */
  #commit(): void {
    try {
      processor.cores?.commit(this);
      if (givenUp.length > 0) this.unlocked = new Set(givenUp.splice(0));
      for (const lock of this.unlocked ?? []) lock.unlock();
    } catch (error) {
      // Where another core has served it meanwhile, it cannot be taken back any more.
      if (processor.cores?.refuses(this)) return crash(processor.current, error);
      this.withdrawAll();
      close(this);
      serveHeldBack();
      throw error; // was not locked: the caller's mistake
    }
  }

  won(winner: CaseWaiter): boolean {
    if (processor.cores?.refuses(this)) return false;
    this.winner = winner;
    this.withdrawAll();
    const owner = this.owner!;
    owner.value = this;
    owner.wake();
    if (heldBack.length > 0 && !(owner instanceof CaseWaiter)) serveHeldBack();
    return true;
  }

  /** All but the winner. */
  withdrawAll(): void {
    const { waiters, winner } = this;
    const { ops } = this.select!;
    for (let i = 0; i < ops.length; i++) {
      const w = waiters[i]!;
      const op = ops[i] as Live;
      if (w !== winner && op !== null) op.withdraw(w);
    }
  }
}

function serveHeldBack(): void {
  for (let queue = heldBack.pop(); queue !== undefined; queue = heldBack.pop()) queue.serve();
}

// Selections are used again: a select in a loop then allocates nothing for its waiters. Kept by number of cases, those of
// small selects only.
const MOST_CASES = 8;
const MOST_KEPT = 256;
const kept: Selection[][] = Array.from({ length: MOST_CASES + 1 }, () => []);

function open(select: Select, owner: Waiter): Selection {
  const cases = select.ops.length;
  const selection = (cases <= MOST_CASES ? kept[cases]!.pop() : undefined) ?? new Selection(cases);
  selection.start(select, owner);
  return selection;
}

/** Only once nobody can reach it: it is finished, or withdrawn. */
function close(selection: Selection): void {
  const cases = selection.waiters.length;
  processor.cores?.over(selection);
  if (cases > MOST_CASES || kept[cases]!.length >= MOST_KEPT) return;
  if (selection.winner !== null) selection.winner.value = undefined;
  selection.winner = null;
  selection.unlocked = null;
  selection.select = null;
  selection.owner = null;
  kept[cases]!.push(selection);
}

const forwards = [0, 1];
const backwards = [1, 0];

/** What a goroutine is parked on whose select has been won, while it locks again what was given up. */
class LockingAgain implements ParkedOn {
  readonly selection: Selection;
  readonly op: Operation<void>;

  constructor(selection: Selection, op: Operation<void>) {
    this.selection = selection;
    this.op = op;
  }
  get reason(): WaitReason {
    return this.op.reason;
  }
}

class Select extends Operation<Choice> {
  /**
   * A permutation of the cases, shuffled by each poll that fails. Shuffling it further is as good as starting anew. Null:
   * as written.
   */
  order: number[] | null = null;

  readonly ops: readonly Live[];
  readonly names: readonly string[] | null;
  readonly ordered: boolean;

  constructor(ops: readonly Live[], names: readonly string[] | null, ordered: boolean) {
    super();
    this.ops = ops;
    this.names = names;
    this.ordered = ordered;
  }

  /** Would it be made of these? An Op is reusable: then it can serve again. */
  isOf(cases: Cases, ordered: boolean): boolean {
    const { ops, names } = this;
    if (names === null || ordered !== this.ordered) return false;
    let n = 0;
    for (const name in cases) {
      if (name !== names[n] || cases[name] !== ops[n]) return false;
      n++;
    }
    return n === names.length;
  }

  get reason(): WaitReason {
    return this.ops.every((op) => op === null) ? "select (no cases)" : "select";
  }

  override next(): IteratorResult<Suspend, Choice> {
    const g = processor.current;
    if (g.op === null) {
      const i = this.#pick();
      if (i >= 0) {
        const result = { done: true, value: this.#choice(i, done.value) } as const;
        return --processor.ticks >= 0 ? result : spent(g, result);
      }
      open(this, g);
      g.op = this;
      g.since = processor.clock;
      return suspended;
    }
    const parkedOn = g.op;
    const outcome = g.value;
    if (parkedOn === this) {
      g.op = null;
      g.value = undefined;
      return this.#conclude(g, outcome as Selection);
    }
    if (!(parkedOn instanceof LockingAgain)) return irregular(g);
    g.op = null;
    g.value = undefined;
    parkedOn.op.finish(outcome);
    return this.#conclude(g, parkedOn.selection);
  }

  /** Won: locks again what was given up, then returns. */
  #conclude(g: Goroutine, selection: Selection): IteratorResult<Suspend, Choice> {
    const { unlocked } = selection;
    if (unlocked !== null) {
      for (const lock of unlocked) {
        unlocked.delete(lock);
        const op = lock.lock() as Operation<void>;
        if (op.poll()) continue;
        op.enlist(g);
        g.op = new LockingAgain(selection, op);
        return suspended;
      }
    }
    // Not by way of `done`: to store what is new in what is old costs more than an object.
    return { done: true, value: this.finish(selection) };
  }

  poll(): boolean {
    const i = this.#pick();
    if (i < 0) return false;
    done.value = this.#choice(i, done.value);
    return true;
  }

  /** Completes one case, whose own result is then in `done`, and says which; -1 where none is ready. */
  #pick(): number {
    const { ops } = this;
    const n = ops.length;
    if (this.ordered) {
      for (let i = 0; i < n; i++) if (this.#pollCase(i)) return i;
      return -1;
    }
    if (n === 2) {
      const i = flip();
      this.order = i === 0 ? forwards : backwards;
      return this.#pollCase(i) ? i : this.#pollCase(1 - i) ? 1 - i : -1;
    }
    const order = (this.order ??= Array.from(ops, (_, i) => i));
    for (let i = 0; i < n; i++) {
      const j = i + choose(n - i);
      const picked = order[j]!;
      order[j] = order[i]!;
      order[i] = picked;
      if (this.#pollCase(picked)) return picked;
    }
    return -1;
  }

  #pollCase(i: number): boolean {
    const op = this.ops[i] as Live;
    return op !== null && op.poll();
  }

  #choice(i: number, value: unknown): Choice {
    return { case: this.names === null ? i : this.names[i]!, value };
  }

  enlist(w: Waiter): void {
    w.value = open(this, w);
  }

  withdraw(w: Waiter): void {
    const selection = w.value as Selection;
    w.value = undefined;
    selection.withdrawAll();
    close(selection);
  }

  finish(outcome: unknown): Choice {
    const selection = outcome as Selection;
    const { index, value } = selection.winner!;
    close(selection);
    return this.#choice(index, this.ops[index]!.finish(value));
  }
}

function liveCase(name: string | number, value: unknown): Live {
  if (value instanceof Operation) return value as Operation<unknown>;
  if (value === null || value === undefined) return null;
  throw typeError(`select: case ${JSON.stringify(name)}`, "an Op, such as ch.recv() or sleep(ms), or null", value);
}

function makeSelect(cases: readonly Case[] | Cases, options: SelectOptions | undefined): Select {
  const ordered = options?.ordered === true;
  if (Array.isArray(cases)) {
    const ops = new Array<Live>(cases.length);
    for (let i = 0; i < cases.length; i++) ops[i] = liveCase(i, cases[i]);
    return new Select(ops, null, ordered);
  }
  if (typeof cases !== "object" || cases === null) {
    throw typeError("select: cases", "an object or a list of Ops", cases);
  }
  const last = processor.lastSelect as Select | null;
  if (last !== null && last.isOf(cases as Cases, ordered)) return last;
  const names = namesOf(cases as Cases);
  const ops = new Array<Live>(names.length);
  for (let i = 0; i < names.length; i++) ops[i] = liveCase(names[i]!, (cases as Cases)[names[i]!]);
  return (processor.lastSelect = new Select(ops, names, ordered));
}

let lastNames: readonly string[] = [];

/** The names of the cases. Those of the last select where they are the same: most selects are made in a loop. */
function namesOf(cases: Cases): readonly string[] {
  let n = 0;
  for (const name in cases) if (name !== lastNames[n++]) return (lastNames = Object.keys(cases));
  return n === lastNames.length ? lastNames : (lastNames = Object.keys(cases));
}

/**
 * Waits until one case can complete, completes exactly that one, and says which. Among several that are ready it picks
 * uniformly at random. Any Op can be a case; null and undefined are never ready. With no live case it blocks forever.
 * Go: `select`.
 *
 * @throws TypeError naming a case that is no Op; what the chosen case throws.
 * @example
 * const got = yield* select({ job: jobs.recv(), late: sleep(50), stop: ctx.done() });
 * switch (got.case) {
 *   case "job": handle(got.value); break;
 *   case "late": case "stop": return;
 * }
 */
export function select<const L extends readonly Case[]>(cases: L, options?: SelectOptions): Op<SelectedOf<L>>;
export function select<const C extends Cases>(cases: C, options?: SelectOptions): Op<Selected<C>>;
export function select(cases: readonly Case[] | Cases, options?: SelectOptions): Op<unknown> {
  return makeSelect(cases, options);
}

/**
 * A select with a default: what one ready case gave, or undefined where none is ready now. Never waits, so it needs no
 * `yield*`. Go: `select { ... default: }`.
 *
 * @throws as {@link select}.
 */
export function trySelect<const L extends readonly Case[]>(
  cases: L,
  options?: SelectOptions,
): SelectedOf<L> | undefined;
export function trySelect<const C extends Cases>(cases: C, options?: SelectOptions): Selected<C> | undefined;
export function trySelect(cases: readonly Case[] | Cases, options?: SelectOptions): unknown {
  return makeSelect(cases, options).poll() ? done.value : undefined;
}

const shape = new Select([], [], false);
keepShape(shape, new Selection(1));

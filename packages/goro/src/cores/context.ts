// A context that several cores know. Go: context/context.go
//
// A context that can end is a node on the core that made it, and on each other core a node that stands for it, with children,
// waiters and an AbortSignal of its own. The cell says whether it has ended, and with what; each node asks it before it says
// that it has not. A node that somebody must be told through has a hook in the cell's list, which brings the news.
//
//   I1  the first that ends it writes the cell: error and cause are the same on every core, and never change;
//   I2  a hook holds its node while somebody here is to be told, else weakly; it has a reference of its own to the cell, until
//       it has been served or its node has been collected;
//   I3  each core has a timer of its own for the deadline, where somebody is to be told: a core that is busy delays no other.
//
// Values are copied when the context is shared, those that other cores can ask for: under a string, a number, a symbol of
// Symbol.for. What stands under an object or a symbol of its own nobody else could name: it stays on the core that set it.

import { ShareKind } from "../ds/shareable.js";
import { Waiter } from "../ds/wait-queue.js";
import { floats, mem, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { MessageKind } from "../arena/inbox.js";
import { lock, unlock } from "../arena/spin-lock.js";
import { deliver, deliverAll, Node, removeNode } from "../arena/wait-list.js";
import {
  BaseContext,
  CancelContext,
  nothingHeld,
  root,
  ValueContext,
  type Context,
  type SharedContext,
} from "../context/context.js";
import { canceled, deadlineExceeded } from "../context/errors.js";
import { todo } from "../context/with.js";
import { now } from "../runtime/host.js";
import { dropSlot, wellKnown } from "./codec.js";
import { adoptReference, Cell, dropReference, referenceTo, registerKind } from "./handles.js";
import { copySlot, keep, keepError, readKept, refer, SLOT_WORDS } from "./kept.js";
import { enlist, type SharedWait } from "./waiting.js";

wellKnown(root);
wellKnown(todo());

/** Words of the cell, behind those of every cell. */
const Ctx = {
  /** What it is: see Variety. */
  variety: 4,
  /** 0, or what it has ended with: see Ending. */
  ending: 5,
  /** See CauseIs. */
  causeIs: 6,
  /** Of what only hangs below a node: the node's cell. */
  node: 7,
  /** Where the values stand, and how many. */
  values: 8,
  valueCount: 9,
  hooks: 10,
  /** When it ends at the latest: as the user's clock says (a date), and as the host's clock of the core that shared it does. */
  deadline: 12,
  due: 14,
  /** Where the clock of that core begins. */
  origin: 16,
  /** Why, when the deadline comes. */
  deadlineCause: 18,
  cause: 22,
  error: 26,
  WORDS: 32,
} as const;

const Variety = {
  /** It can end. */
  node: 0,
  /** It hangs below one that can, or below none. */
  view: 1,
} as const;

const Ending = {
  canceled: 1,
  deadlineExceeded: 2,
  /** Of a context that the user has written. */
  other: 3,
} as const;

const CauseIs = { error: 0, deadlineCause: 1, own: 2 } as const;

/** Words of a value: whether its key is a symbol, a slot for the key, a slot for the value. */
const Held = { isSymbol: 0, key: 4, value: 8, WORDS: 12 } as const;

const float = (at: Addr): number => floats[at >> 1]!;
const setFloat = (at: Addr, value: number): void => {
  floats[at >> 1] = value;
};

// Its end

class InArena implements SharedContext {
  readonly cell: Addr;
  /** When it ends at the latest, on the clock of this core. */
  readonly #dueMs: number;
  #error: Error | undefined = undefined;
  #cause: Error | undefined = undefined;
  #deadlineCause: Error | undefined;
  readonly #isAway: boolean;
  #hook: Hook | null = null;

  /** `isAway`: on another core than the one that made the context, which has timers of its own. */
  constructor(cell: Addr, isAway: boolean, deadlineCause?: Error) {
    this.cell = cell;
    this.#isAway = isAway;
    this.#dueMs = float(cell + Ctx.due) + (float(cell + Ctx.origin) - performance.timeOrigin);
    this.#deadlineCause = deadlineCause;
  }

  get error(): Error | undefined {
    return this.#error ?? this.#look();
  }

  #look(): Error | undefined {
    let ending = Atomics.load(mem, this.cell + Ctx.ending);
    if (ending === 0) {
      if (this.#dueMs === Infinity || now() < this.#dueMs) return undefined;
      write(this.cell, Ending.deadlineExceeded, CauseIs.deadlineCause, 0, 0);
      ending = Atomics.load(mem, this.cell + Ctx.ending);
    }
    return (this.#error =
      ending === Ending.canceled
        ? canceled
        : ending === Ending.deadlineExceeded
          ? deadlineExceeded
          : asError(readKept(this.cell + Ctx.error)));
  }

  get cause(): Error {
    return (this.#cause ??= this.#readCause());
  }

  #readCause(): Error {
    switch (mem[this.cell + Ctx.causeIs]) {
      case CauseIs.error:
        return this.error!;
      case CauseIs.deadlineCause:
        return this.deadlineCause;
      default:
        return asError(readKept(this.cell + Ctx.cause));
    }
  }

  get deadlineCause(): Error {
    return (this.#deadlineCause ??= asError(readKept(this.cell + Ctx.deadlineCause)));
  }

  get dueMs(): number {
    return this.#dueMs;
  }

  end(error: Error, cause: Error): boolean {
    if (this.#error !== undefined || Atomics.load(mem, this.cell + Ctx.ending) !== 0) return false;
    const ending =
      error === canceled ? Ending.canceled : error === deadlineExceeded ? Ending.deadlineExceeded : Ending.other;
    const causeIs =
      cause === error
        ? CauseIs.error
        : cause === this.#deadlineCause && ending === Ending.deadlineExceeded
          ? CauseIs.deadlineCause
          : CauseIs.own;
    if (causeIs !== CauseIs.own && ending !== Ending.other) {
      return this.#isFirst(write(this.cell, ending, causeIs, 0, 0), error, cause);
    }
    const kept = allocate(SLOT_WORDS * 2);
    mem[kept] = mem[kept + SLOT_WORDS] = 0;
    if (causeIs === CauseIs.own) keepError(kept, cause, "cause");
    if (ending === Ending.other) keepError(kept + SLOT_WORDS, error, "error");
    const isFirst = write(this.cell, ending, causeIs, kept, kept + SLOT_WORDS);
    if (!isFirst) {
      dropSlot(kept);
      dropSlot(kept + SLOT_WORDS);
    }
    free(kept, SLOT_WORDS * 2);
    return this.#isFirst(isFirst, error, cause);
  }

  #isFirst(isFirst: boolean, error: Error, cause: Error): boolean {
    if (isFirst) {
      this.#error = error;
      this.#cause = cause;
    }
    return isFirst;
  }

  watch(node: CancelContext): void {
    if (this.#hook === null) {
      this.#hook = new Hook(node, this.cell);
      if (this.#isAway && this.#dueMs !== Infinity) node.endAt(this.#dueMs, this.deadlineCause);
    }
    this.#hook.held = node;
  }

  unwatch(): void {
    if (this.#hook !== null) this.#hook.held = null;
  }

  retain(): void {
    refer(this.cell);
  }
  release(): void {
    dropReference(this.cell);
  }
  get isForgotten(): boolean {
    return Atomics.load(mem, this.cell + Cell.references) === 1;
  }
}

/** Says that it has ended, and why, and tells all. False where somebody else has. */
function write(cell: Addr, ending: number, causeIs: number, cause: Addr, error: Addr): boolean {
  lock(cell);
  const isFirst = mem[cell + Ctx.ending] === 0;
  if (isFirst) {
    mem[cell + Ctx.causeIs] = causeIs;
    if (causeIs === CauseIs.own) copySlot(cell + Ctx.cause, cause);
    if (ending === Ending.other) copySlot(cell + Ctx.error, error);
    Atomics.store(mem, cell + Ctx.ending, ending);
    deliverAll(cell + Ctx.hooks, MessageKind.nothing);
  }
  unlock(cell);
  return isFirst;
}

/** Stands in the cell's list for a node of this core. */
class Hook extends Waiter implements SharedWait {
  /** The node, while somebody here is to be told. */
  held: CancelContext | null = null;
  readonly cell: Addr;
  readonly #ref: WeakRef<CancelContext>;
  #node: Addr = 0;
  #isServed = false;

  constructor(node: CancelContext, cell: Addr) {
    super();
    this.cell = cell;
    this.#ref = new WeakRef(node);
    refer(cell);
    unwatched.register(node, this, this);
    enlist(this, this);
  }

  /** The news. */
  wake(): boolean {
    this.#isServed = true;
    unwatched.unregister(this);
    const node = this.held ?? this.#ref.deref();
    this.held = null;
    const shared = node?.shared;
    if (shared?.error !== undefined) node!.end(shared.error, shared.cause);
    dropReference(this.cell);
    return true;
  }

  /** Its node has been collected. It leaves the list, and comes through the inbox as all that are served. */
  leave(): void {
    if (this.#isServed) return;
    const { cell } = this;
    const node = this.#node;
    lock(cell);
    const isQueued = mem[node + Node.isQueued] === 1;
    if (isQueued) removeNode(cell + Ctx.hooks, node);
    unlock(cell);
    if (isQueued) deliver(node, MessageKind.nothing);
  }

  prepare(_w: Waiter, node: Addr): void {
    this.#node = node;
  }
  attempt(): number {
    return mem[this.cell + Ctx.ending] === 0 ? 0 : MessageKind.nothing;
  }
  list(): Addr {
    return this.cell + Ctx.hooks;
  }
  receive(): void {}
  discard(): void {}
}

const unwatched = new FinalizationRegistry<Hook>((hook) => hook.leave());

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error("unknown: there was no memory left to say");
}

// Its values

const isNameable = (key: unknown): boolean =>
  typeof key === "symbol" ? Symbol.keyFor(key) !== undefined : typeof key !== "object" && typeof key !== "function";

/** What is found in a context and above it, nearest first, up to but not including `end`. */
function valuesOf(ctx: BaseContext, end: BaseContext | null): Map<unknown, unknown> {
  const values = new Map<unknown, unknown>();
  for (let at: BaseContext | null = ctx; at !== end && at !== null; at = at.parent) {
    const some =
      at instanceof ValueContext ? [[at.key, at.held] as const] : at instanceof ArrivedValues ? at.all() : [];
    for (const [key, value] of some) if (isNameable(key) && !values.has(key)) values.set(key, value);
  }
  return values;
}

const nameOf = (key: unknown): string => (typeof key === "string" ? JSON.stringify(key) : String(key));

function keepValues(cell: Addr, values: Map<unknown, unknown>): void {
  if (values.size === 0) return;
  const block = allocate(values.size * Held.WORDS);
  mem[cell + Ctx.values] = block;
  mem.fill(0, block, block + values.size * Held.WORDS);
  mem[cell + Ctx.valueCount] = values.size;
  let at = block;
  for (const [key, value] of values) {
    const isSymbol = typeof key === "symbol";
    mem[at + Held.isSymbol] = isSymbol ? 1 : 0;
    keep(at + Held.key, isSymbol ? Symbol.keyFor(key) : key, "key");
    keep(at + Held.value, value, `context.value(${nameOf(key)})`);
    at += Held.WORDS;
  }
}

/** A context that holds the values of a cell. */
class ArrivedValues extends BaseContext {
  readonly node: CancelContext | null;
  readonly #cell: Addr;
  /** By key: the value, or its address until somebody asks. */
  #keys: Map<unknown, Addr> | null = null;
  readonly #values = new Map<unknown, unknown>();

  constructor(parent: BaseContext, cell: Addr) {
    super(parent);
    this.node = parent.node;
    this.#cell = cell;
  }

  override ownValue(key: unknown): unknown {
    const at = (this.#keys ??= this.#readKeys()).get(key);
    if (at === undefined) return nothingHeld();
    if (!this.#values.has(key)) this.#values.set(key, readKept(at));
    return this.#values.get(key);
  }

  #readKeys(): Map<unknown, Addr> {
    const keys = new Map<unknown, Addr>();
    const count = mem[this.#cell + Ctx.valueCount]!;
    for (let i = 0, at = mem[this.#cell + Ctx.values]!; i < count; i++, at += Held.WORDS) {
      const key = readKept(at + Held.key);
      keys.set(mem[at + Held.isSymbol] === 1 ? Symbol.for(key as string) : key, at + Held.value);
    }
    return keys;
  }

  all(): [unknown, unknown][] {
    const keys = [...(this.#keys ??= this.#readKeys()).keys()];
    return keys.map((key) => [key, this.ownValue(key)]);
  }
}

// There and back

/** The next deadline of a node, its own or of one above it: on the clock of this core, with its cause. */
function deadlineOf(node: CancelContext): { readonly dueMs: number; readonly cause: Error } | null {
  for (let at: CancelContext | null = node; at !== null; at = at.above) {
    if (at.alarm !== null) return at.alarm;
    if (at.shared instanceof InArena && at.shared.dueMs !== Infinity) {
      return { dueMs: at.shared.dueMs, cause: at.shared.deadlineCause };
    }
  }
  return null;
}

const beingShared = new Set<BaseContext>();

function share(ctx: BaseContext): Addr {
  if (beingShared.has(ctx)) {
    throw new TypeError("context.value: a context that holds itself cannot be sent to another core");
  }
  const cell = allocate(Ctx.WORDS);
  mem.fill(0, cell, cell + Ctx.WORDS);
  beingShared.add(ctx);
  try {
    if (ctx instanceof CancelContext) shareNode(ctx, cell);
    else shareView(ctx, cell);
  } catch (error) {
    destroy(cell);
    throw error;
  } finally {
    beingShared.delete(ctx);
  }
  return cell;
}

function shareNode(ctx: CancelContext, cell: Addr): void {
  mem[cell + Ctx.variety] = Variety.node;
  keepValues(cell, valuesOf(ctx, null));
  setFloat(cell + Ctx.deadline, ctx.ownDeadline === undefined ? NaN : ctx.ownDeadline.getTime());
  const deadline = ctx.hasEnded ? null : deadlineOf(ctx);
  setFloat(cell + Ctx.due, deadline === null ? Infinity : deadline.dueMs);
  setFloat(cell + Ctx.origin, performance.timeOrigin);
  if (deadline !== null) keepError(cell + Ctx.deadlineCause, deadline.cause, "cause");
  const shared = new InArena(cell, false, deadline?.cause);
  if (ctx.hasEnded) shared.end(ctx.ending!, ctx.cause!);
  ctx.becomeShared(shared);
  // What takes a reference to the cell comes when it counts them.
  if (!ctx.hasEnded && ctx.isToHear) queueMicrotask(() => ctx.hear());
}

function shareView(ctx: BaseContext, cell: Addr): void {
  mem[cell + Ctx.variety] = Variety.view;
  keepValues(cell, valuesOf(ctx, ctx.node));
  if (ctx.node !== null) mem[cell + Ctx.node] = referenceTo(ctx.node);
}

function adopt(cell: Addr): Context & object {
  if (mem[cell + Ctx.variety] === Variety.view) {
    const node = mem[cell + Ctx.node]!;
    if (node === 0) return new ArrivedValues(root, cell);
    refer(node);
    return new ArrivedValues(adoptReference(node) as CancelContext, cell);
  }
  const deadline = float(cell + Ctx.deadline);
  const parent = mem[cell + Ctx.valueCount] === 0 ? root : new ArrivedValues(root, cell);
  const ctx = new CancelContext(parent, Number.isNaN(deadline) ? undefined : new Date(deadline));
  ctx.becomeShared(new InArena(cell, true));
  return ctx;
}

function destroy(cell: Addr): void {
  const count = mem[cell + Ctx.valueCount]!;
  const values = mem[cell + Ctx.values]!;
  for (let i = 0, at = values; i < count; i++, at += Held.WORDS) {
    dropSlot(at + Held.key);
    dropSlot(at + Held.value);
  }
  if (count > 0) free(values, count * Held.WORDS);
  dropSlot(cell + Ctx.deadlineCause);
  dropSlot(cell + Ctx.cause);
  dropSlot(cell + Ctx.error);
  const node = mem[cell + Ctx.node]!;
  free(cell, Ctx.WORDS);
  if (node !== 0) dropReference(node);
}

registerKind<BaseContext>(ShareKind.context, { share, adopt: (cell) => adopt(cell) as BaseContext, destroy });

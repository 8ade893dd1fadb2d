// The tree of contexts. Go: context/context.go
//
// Contexts that can end are nodes (CancelContext): each has a queue of all that must be told of its end, in order of arrival:
// goroutines and select cases that wait for done(), child nodes, afterFunc hooks. All are waiters with links of their own, so
// leaving costs the same whatever the queue's length.
//
//   I1  a node that has ended has an empty queue and no timer, and stands in no queue;
//   I2  a node's error and cause are set before anybody is told, and never change;
//   I3  ending makes goroutines runnable and runs no foreign code, but for the listeners of AbortSignals: those come when the
//       whole tree below is settled;
//   I4  a node that other cores know has its end in the memory they share (SharedContext): that is asked before this core
//       says that it has not ended, and who waits here is told when the news arrives.
//
// The others (background, values, withoutCancel) hang below a node, or below none.

import { shareable, ShareKind } from "../ds/shareable.js";
import { WaitQueue, Waiter } from "../ds/wait-queue.js";
import { done, Operation } from "../runtime/operation.js";
import { addTimerAt, removeTimer } from "../runtime/timers.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op } from "../types.js";
import { deadlineExceeded } from "./errors.js";

/** Passed to parallel functions it is one context on all cores: it ends on each, with the same error. Go: `context.Context`. */
export interface Context {
  /** When it will end at the latest; undefined where it has no deadline. */
  deadline(): Date | undefined;
  /** Completes when the context ends; never, for one that cannot end. */
  done(): Op<void>;
  /** undefined until it ends; then `canceled` or `deadlineExceeded`. */
  err(): Error | undefined;
  /** The value that the nearest withValue with this key has set. */
  value(key: unknown): unknown;
  /** Aborts when the context ends, with cause(ctx) as its reason: for fetch and every API that takes one. Made when asked for. */
  readonly signal: AbortSignal;
}

/** Does any other core know any context? Until then nobody looks, and the engine takes it for a constant. */
const elsewhere = { any: false };

/** What every context of ours is, whether it can end or not. */
export abstract class BaseContext implements Context {
  readonly parent: BaseContext | null;
  /** The nearest context that can end: this one, or one above. */
  abstract readonly node: CancelContext | null;

  constructor(parent: BaseContext | null) {
    this.parent = parent;
  }
  deadline(): Date | undefined {
    return this.node?.ownDeadline;
  }
  done(): Op<void> {
    return this.node === null ? never : this.node.doneOp;
  }
  err(): Error | undefined {
    const { node } = this;
    if (node === null) return undefined;
    const { error } = node;
    return error !== undefined || !elsewhere.any ? error : node.ending;
  }
  value(key: unknown): unknown {
    let found = this.ownValue(key);
    for (let ctx = this.parent; found === noValue && ctx !== null; ctx = ctx.parent) found = ctx.ownValue(key);
    return found === noValue ? undefined : found;
  }
  /** What it holds itself under a key, or noValue. */
  ownValue(_key: unknown): unknown {
    return noValue;
  }
  get signal(): AbortSignal {
    return this.node === null ? endless() : this.node.ownSignal;
  }
  get [shareable](): ShareKind {
    return ShareKind.context;
  }
}

/** Says that a context holds nothing itself under a key. */
const noValue: unknown = Symbol("no value");

/** The same, for other rooms: an exported binding is slower to read. */
export function nothingHeld(): unknown {
  return noValue;
}

let endlessSignal: AbortSignal | undefined;

function endless(): AbortSignal {
  return (endlessSignal ??= new AbortController().signal);
}

/** background, todo, withoutCancel: cannot end. */
export class EndlessContext extends BaseContext {
  get node(): null {
    return null;
  }
}

/** What all contexts descend from, unless they say otherwise. */
export const root = new EndlessContext(null);

export class ValueContext extends BaseContext {
  readonly key: unknown;
  readonly held: unknown;
  readonly node: CancelContext | null;

  constructor(parent: BaseContext, key: unknown, held: unknown) {
    super(parent);
    this.key = key;
    this.held = held;
    this.node = parent.node;
  }
  override ownValue(key: unknown): unknown {
    return Object.is(this.key, key) ? this.held : noValue;
  }
}

/** The state of a node that other cores know. See cores/context.ts. */
export interface SharedContext {
  /** What it has ended with, on whichever core; undefined before. */
  readonly error: Error | undefined;
  /** Once it has ended: why. */
  readonly cause: Error;
  /** Ends it for all cores. False where it has ended: then `error` and `cause` say with what. */
  end(error: Error, cause: Error): boolean;
  /** Somebody here must be told of its end: the node will be ended here when it ends elsewhere. */
  watch(node: CancelContext): void;
  /** Nobody here any more. */
  unwatch(): void;
  /** Keeps it for who can end it when this core's node may have been collected; until `release`. */
  retain(): void;
  release(): void;
  /** Only who has retained it knows it any more. */
  readonly isForgotten: boolean;
}

/** Stands in the queue of the node above. */
class ChildLink extends Waiter {
  readonly child: CancelContext;

  constructor(child: CancelContext) {
    super();
    this.child = child;
  }
  /** A tree is ended level by level, not by recursion: its depth is the program's affair. */
  wake(): boolean {
    toSettle.push(this.child);
    return true;
  }
}

/** Children whose parent has just ended. Empty but while a tree ends. */
const toSettle: CancelContext[] = [];

/** Ends a context at its deadline. */
class Alarm extends Waiter {
  readonly context: CancelContext;
  /** On the host's clock. */
  readonly dueMs: number;
  readonly cause: Error;

  constructor(context: CancelContext, dueMs: number, cause: Error) {
    super();
    this.context = context;
    this.dueMs = dueMs;
    this.cause = cause;
  }
  wake(): boolean {
    this.context.end(deadlineExceeded, this.cause);
    return true;
  }
}

export class CancelContext extends BaseContext {
  readonly doneOp: Op<void> = new Done(this);
  /** What it has ended with, as far as this core knows. */
  error: Error | undefined = undefined;
  #cause: Error | undefined = undefined;
  shared: SharedContext | null = null;
  /** The nearest above that can end. */
  readonly above: CancelContext | null;
  /** The earliest deadline, its own or one above. */
  readonly ownDeadline: Date | undefined;
  /** Told of the end, in this order. */
  readonly #told = new WaitQueue();
  #link: ChildLink | null = null;
  #alarm: Alarm | null = null;
  #controller: AbortController | null = null;

  constructor(parent: BaseContext, deadline?: Date) {
    super(parent);
    const above = parent.node;
    this.above = above;
    this.ownDeadline = deadline ?? above?.ownDeadline;
    if (above === null) return;
    this.error = above.error;
    this.#cause = above.#cause;
    if (this.error === undefined) above.tell((this.#link = new ChildLink(this)));
  }

  get node(): this {
    return this;
  }

  /** Its parent need not know it until `follow`: nobody is to be told of its end. */
  unfollow(): void {
    if (this.#link === null || !this.tellsNobody || this.shared !== null) return;
    this.above!.untell(this.#link);
    this.#link = null;
  }

  follow(): void {
    const { above } = this;
    if (this.#link !== null || above === null || this.hasEnded) return;
    if (above.hasEnded) this.end(above.ending!, above.cause);
    else above.tell((this.#link = new ChildLink(this)));
  }

  /** What it has ended with, on whichever core. */
  get ending(): Error | undefined {
    if (this.error !== undefined || !elsewhere.any) return this.error;
    const at = this.#endedAt();
    return at === null ? undefined : at.#endedWith;
  }

  get hasEnded(): boolean {
    return this.ending !== undefined;
  }

  /** Why it has ended, on whichever core. */
  get cause(): Error | undefined {
    if (this.error !== undefined || !elsewhere.any) return this.#cause;
    const at = this.#endedAt();
    return at === null ? undefined : (at.#cause ?? at.shared!.cause);
  }

  /** This node, or the nearest above, that has ended: perhaps on another core, and those below it have not been told. */
  #endedAt(): CancelContext | null {
    if (this.#endedWith !== undefined) return this;
    let node = this.above;
    while (node !== null && node.#endedWith === undefined) node = node.above;
    return node;
  }

  get #endedWith(): Error | undefined {
    return this.error ?? this.shared?.error;
  }

  /** When its own time has come, on the host's clock, and with which cause. */
  get alarm(): { readonly dueMs: number; readonly cause: Error } | null {
    return this.#alarm;
  }

  /** Ends it at a time of the host's clock. Once at most. */
  endAt(dueMs: number, cause: Error): void {
    if (this.hasEnded) return;
    this.#alarm = new Alarm(this, dueMs, cause);
    addTimerAt(dueMs, this.#alarm);
  }

  /** Ends it and all below it. The first time counts. */
  end(error: Error, cause: Error | undefined): void {
    if (this.error !== undefined) return;
    const ended: CancelContext[] = [this];
    // What it has ended with elsewhere, it has ended with.
    this.#settle(this.ending ?? error, this.cause ?? cause ?? error);
    for (let i = 0; i < ended.length; i++) {
      const node = ended[i]!;
      node.#told.wakeAll(undefined);
      for (const child of toSettle) {
        child.#link = null; // has been taken out of the queue
        child.#settle(node.error!, node.#cause!);
        ended.push(child);
      }
      toSettle.length = 0;
    }
    for (const node of ended) node.#controller?.abort(node.#cause);
  }

  #settle(error: Error, cause: Error): void {
    const { shared } = this;
    const isFirst = shared === null || shared.end(error, cause);
    this.error = isFirst ? error : shared.error;
    this.#cause = isFirst ? cause : shared.cause;
    if (this.#link !== null) this.above!.untell(this.#link);
    this.#link = null;
    if (this.#alarm !== null) removeTimer(this.#alarm);
    this.#alarm = null;
    this.settled();
  }

  /** For subclasses: it has just ended, nobody has been told. */
  protected settled(): void {}

  /** Puts a waiter where it will be woken at the end. Only before the end. */
  tell(w: Waiter): void {
    this.#told.push(w);
    if (this.shared !== null) this.shared.watch(this);
  }

  /** Takes back a waiter that has not been woken. */
  untell(w: Waiter): void {
    this.#told.remove(w);
    if (this.shared !== null && this.tellsNobody) this.shared.unwatch();
  }

  /** From now on other cores know it. */
  becomeShared(shared: SharedContext): void {
    elsewhere.any = true;
    this.shared = shared;
  }

  /** Must it hear of an end that comes from another core? */
  get isToHear(): boolean {
    return !this.tellsNobody;
  }

  hear(): void {
    if (this.error === undefined && !this.tellsNobody) this.shared!.watch(this);
  }

  get tellsNobody(): boolean {
    return this.#told.head === null && this.#controller === null;
  }

  get ownSignal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.hasEnded) this.#controller.abort(this.cause);
      else if (this.shared !== null) this.shared.watch(this);
    }
    return this.#controller.signal;
  }
}

class Done extends Operation<void> {
  readonly #node: CancelContext;

  constructor(node: CancelContext) {
    super();
    this.#node = node;
  }
  get reason(): WaitReason {
    return "chan receive";
  }
  poll(): boolean {
    done.value = undefined;
    return this.#node.hasEnded;
  }
  enlist(w: Waiter): void {
    this.#node.tell(w);
  }
  withdraw(w: Waiter): void {
    this.#node.untell(w);
  }
  finish(): void {}
}

/** done() of a context that cannot end. */
class Never extends Operation<void> {
  get reason(): WaitReason {
    return "chan receive";
  }
  poll(): boolean {
    return false;
  }
  enlist(): void {}
  withdraw(): void {}
  finish(): void {}
}

const never = new Never();

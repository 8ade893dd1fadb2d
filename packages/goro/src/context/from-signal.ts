// Contexts from the platform's AbortSignals.
//
// Each signal gets one listener, however many contexts are made from it. The listener must not keep contexts alive that
// nobody uses, nor lose one that a goroutine waits for: it holds weakly those that have nobody to tell, strongly the others.
// Of those that other cores know it keeps what those share (Remote), as long as anybody does.

import { typeError } from "../ds/type-error.js";
import type { Waiter } from "../ds/wait-queue.js";
import { unseen, versions } from "../runtime/host.js";
import { BaseContext, CancelContext, root, type Context, type SharedContext } from "./context.js";
import { canceled, deadlineExceeded } from "./errors.js";

/** What reason a signal has given, as the error of a context. */
type ErrorFor = (reason: unknown) => Error;

const errorForReason: ErrorFor = (reason) =>
  (reason as { name?: unknown } | undefined)?.name === "TimeoutError" ? deadlineExceeded : canceled;

function causeOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(String(reason), { cause: reason });
}

/** A context that other cores know, which may outlive the one here. */
class Remote {
  readonly shared: SharedContext;
  readonly #errorFor: ErrorFor;

  constructor(shared: SharedContext, errorFor: ErrorFor) {
    this.shared = shared;
    this.#errorFor = errorFor;
    shared.retain();
  }
  end(signal: AbortSignal): void {
    this.shared.end(this.#errorFor(signal.reason), causeOf(signal));
  }
}

const FEW_REMOTES = 64;

class Listener {
  readonly #signal: AbortSignal;
  readonly #contexts = new Set<WeakRef<SignalContext>>();
  readonly #held = new Set<SignalContext>();
  readonly #remotes = new Set<Remote>();
  /** So many are worth a look for those that are forgotten. */
  #manyRemotes = FEW_REMOTES;
  readonly #onAbort = (): void => this.#aborted();
  #letDie: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(ctx: SignalContext): WeakRef<SignalContext> {
    if (this.#contexts.size === 0 && this.#remotes.size === 0) this.#signal.addEventListener("abort", this.#onAbort);
    const ref = new WeakRef(ctx);
    this.#contexts.add(ref);
    return ref;
  }

  drop(ref: WeakRef<SignalContext>): void {
    if (this.#contexts.delete(ref)) this.#dropped();
  }

  #dropped(): void {
    if (this.#contexts.size > 0 || this.#remotes.size > 0) return;
    this.#signal.removeEventListener("abort", this.#onAbort);
  }

  hold(ctx: SignalContext): void {
    this.#held.add(ctx);
    this.#stayAlive();
  }

  letGo(ctx: SignalContext): void {
    this.#held.delete(ctx);
    this.#mayEnd();
  }

  /** A goroutine waits for this signal, or may, on another core: where a timer will end it, the program is alive until then. */
  #stayAlive(): void {
    this.#letDie ??= keepAlive(this.#signal);
  }

  #mayEnd(): void {
    if (this.#held.size > 0 || this.#remotes.size > 0) return;
    this.#letDie?.();
    this.#letDie = undefined;
  }

  /** The context it belongs to has been added. */
  addRemote(remote: Remote): void {
    this.#remotes.add(remote);
    this.#stayAlive();
    if (this.#remotes.size < this.#manyRemotes) return;
    for (const one of this.#remotes) if (one.shared.isForgotten) this.dropRemote(one);
    this.#manyRemotes = Math.max(FEW_REMOTES, this.#remotes.size * 2);
  }

  dropRemote(remote: Remote): void {
    if (!this.#remotes.delete(remote)) return;
    remote.shared.release();
    this.#dropped();
    this.#mayEnd();
  }

  #aborted(): void {
    for (const ref of [...this.#contexts]) ref.deref()?.endBySignal(this.#signal);
    for (const remote of [...this.#remotes]) {
      remote.end(this.#signal);
      this.dropRemote(remote);
    }
  }
}

/**
 * A goroutine waits for the signal, and neither Node's nor Bun's AbortSignal.timeout keeps the process alive until then: we do.
 * Gives the function that ends it.
 */
function keepAlive(signal: AbortSignal): (() => void) | undefined {
  if ("bun" in versions) {
    // Bun does not say which signals have a timer: any may.
    unseen.wakers++;
    return () => unseen.wakers--;
  }
  if (!endsByTimer(signal)) return undefined;
  const timer = setInterval(() => undefined, 1e9);
  return () => clearInterval(timer);
}

/** Node says so in private properties only; of AbortSignal.any, Node 20 says it in those of its sources. */
function endsByTimer(signal: AbortSignal): boolean {
  const own = (name: string): unknown => {
    const key = Object.getOwnPropertySymbols(signal).find((symbol) => symbol.description === name);
    return key && (signal as unknown as Record<symbol, unknown>)[key];
  };
  if (own("kTimeout") === true) return true;
  const sources = (own("kSourceSignals") ?? []) as Iterable<WeakRef<AbortSignal>>;
  return Array.from(sources, (ref) => ref.deref()).some((source) => source !== undefined && endsByTimer(source));
}

const listeners = new WeakMap<AbortSignal, Listener>();
const collected = new FinalizationRegistry<() => void>((drop) => drop());

class SignalContext extends CancelContext {
  readonly #listener: Listener;
  readonly #errorFor: ErrorFor;
  #ref: WeakRef<SignalContext> | undefined = undefined;
  #remote: Remote | undefined = undefined;

  constructor(parent: BaseContext, signal: AbortSignal, errorFor = errorForReason, deadline?: Date) {
    super(parent, deadline);
    this.#errorFor = errorFor;
    let listener = listeners.get(signal);
    if (listener === undefined) listeners.set(signal, (listener = new Listener(signal)));
    this.#listener = listener;
    if (this.hasEnded) return;
    if (signal.aborted) this.endBySignal(signal);
    else this.#ref = this.#register(listener);
  }

  #register(listener: Listener): WeakRef<SignalContext> {
    const ref = listener.add(this);
    collected.register(this, () => listener.drop(ref), ref);
    return ref;
  }

  endBySignal(signal: AbortSignal): void {
    this.end(this.#errorFor(signal.reason), causeOf(signal));
  }

  override get isToHear(): boolean {
    return true;
  }

  override hear(): void {
    super.hear();
    if (this.error !== undefined) return;
    this.#remote = new Remote(this.shared!, this.#errorFor);
    this.#listener.addRemote(this.#remote);
  }

  override tell(w: Waiter): void {
    super.tell(w);
    this.#listener.hold(this);
  }

  override untell(w: Waiter): void {
    super.untell(w);
    if (this.tellsNobody) this.#listener.letGo(this);
  }

  override get ownSignal(): AbortSignal {
    const signal = super.ownSignal;
    if (!this.hasEnded) this.#listener.hold(this);
    return signal;
  }

  protected override settled(): void {
    this.#listener.letGo(this);
    if (this.#remote !== undefined) this.#listener.dropRemote(this.#remote);
    if (this.#ref === undefined) return;
    this.#listener.drop(this.#ref);
    collected.unregister(this.#ref);
  }
}

/** A Context that the user has written. It ends with its signal. */
class ForeignContext extends SignalContext {
  readonly #foreign: Context;

  constructor(foreign: Context) {
    super(root, foreign.signal, (reason) => foreign.err() ?? errorForReason(reason), foreign.deadline());
    this.#foreign = foreign;
  }
  override ownValue(key: unknown): unknown {
    return this.#foreign.value(key);
  }
}

const adopted = new WeakMap<Context, ForeignContext>();

/** ctx as one of ours. `what` names the call and `name` its argument in the TypeError for what is no Context. */
export function contextOf(what: string, name: string, ctx: unknown): BaseContext {
  if (ctx instanceof BaseContext) return ctx;
  if (typeof ctx !== "object" || ctx === null || !("signal" in ctx) || !("value" in ctx)) {
    const got = ctx === null ? "null" : typeof ctx;
    throw new TypeError(`${what}: ${name} must be a Context, such as background(); got ${got}`);
  }
  const foreign = ctx as Context;
  let ours = adopted.get(foreign);
  if (ours === undefined) adopted.set(foreign, (ours = new ForeignContext(foreign)));
  return ours;
}

/**
 * A context that ends with the signal, or with the parent: err() is deadlineExceeded for a TimeoutError reason, else
 * canceled; cause(ctx) is the reason, as an Error.
 *
 * @throws TypeError where signal is no AbortSignal or parent no Context.
 * @example
 * const ctx = fromSignal(request.signal);
 */
export function fromSignal(signal: AbortSignal, parent: Context = root): Context {
  if (typeof signal?.addEventListener !== "function" || typeof signal.aborted !== "boolean") {
    throw typeError("fromSignal: signal", "an AbortSignal", signal);
  }
  return new SignalContext(contextOf("fromSignal", "parent", parent), signal);
}

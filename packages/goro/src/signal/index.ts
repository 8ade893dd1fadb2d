// "goro/signal": what the operating system, or somebody at a keyboard, tells the process. Go: os/signal
//
//   I1  the process has one listener for each signal that anybody wants, and none for the others: those do what they do by
//       default;
//   I2  a signal is handed on inside its event: to a channel that has room, or to a context, which it ends. Nobody waits;
//   I3  a signal can come at any time, though the event loop sees nothing that could: as long as anybody wants one, no program
//       is deadlocked (`unseen`), and one that waits is kept alive (`hold`).

import { typeError } from "../ds/type-error.js";
import type { CancelContext, Context } from "../context/context.js";
import { canceled } from "../context/errors.js";
import { withCancelCause, type CancelFunc } from "../context/with.js";
import { awaited, program } from "../main/deadlock.js";
import { isAnotherCore, nodeProcess, unseen } from "../runtime/host.js";
import { start } from "../runtime/scheduler.js";
import type { SendChan } from "../types.js";

export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGQUIT" | "SIGUSR1" | "SIGUSR2";

const known: readonly string[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] satisfies Signal[];

type Receiver = SendChan<Signal> | CancelContext;

/** Who wants which signals. */
const receivers = new Map<Signal, Set<Receiver>>();

function check(what: string, signals: readonly unknown[]): asserts signals is readonly Signal[] {
  if (signals.length === 0) throw new TypeError(`${what}: signals must name at least one, such as "SIGTERM"`);
  for (const signal of signals) {
    if (known.includes(signal as string)) continue;
    throw new TypeError(`${what}: signals must be of ${known.join(", ")}; got ${String(signal)}`);
  }
  if (isAnotherCore()) {
    throw new Error(`${what}: signals come to the main thread alone: call it there, and pass the channel or context`);
  }
}

function checkChannel(what: string, c: unknown): void {
  if (typeof (c as SendChan<Signal> | null | undefined)?.trySend !== "function") {
    throw typeError(`${what}: c`, "a channel", c);
  }
}

function add(receiver: Receiver, signals: readonly Signal[]): void {
  for (const signal of signals) {
    let set = receivers.get(signal);
    if (set === undefined) {
      receivers.set(signal, (set = new Set()));
      nodeProcess?.on(signal, arrived);
      if (unseen.wakers++ === 0) nodeProcess?.on("beforeExit", hold);
    }
    set.add(receiver);
  }
}

function remove(receiver: Receiver): void {
  for (const [signal, set] of receivers) {
    if (!set.delete(receiver) || set.size > 0) continue;
    receivers.delete(signal);
    nodeProcess?.off(signal, arrived);
    unseen.wakers--;
    if (receivers.size === 0) nodeProcess?.off("beforeExit", hold);
  }
}

function arrived(signal: Signal): void {
  for (const receiver of [...(receivers.get(signal) ?? [])]) {
    if ("end" in receiver) receiver.end(canceled, new Error(`${signal} received`));
    else relay(receiver, signal);
  }
}

function relay(c: SendChan<Signal>, signal: Signal): void {
  try {
    c.trySend(signal);
  } catch (error) {
    // Closed: a panic as in Go, and not an error in an event handler.
    start(
      "signal.notify",
      () => {
        throw error;
      },
      [],
    );
  }
}

/** How often a program that waits for nothing but a signal is asked whether it still does. */
const HOLD_MS = 1000;

function hold(): void {
  if (program.main !== undefined || awaited.size > 0) setTimeout(() => undefined, HOLD_MS);
}

/**
 * Relays these signals to c, and keeps them from doing what they do by default. Signals are not waited for: what finds no room
 * in c is dropped, so give it a buffer. More calls for the same channel add signals. A program that waits for nothing but a
 * signal is alive. Where there are no signals, in a browser, none comes. Go: `signal.Notify(c, sig...)`.
 *
 * @throws TypeError without signals, for one that cannot be caught, or where c is no channel; Error on another core.
 * @example
 * const c = chan<Signal>(1);
 * notify(c, "SIGINT", "SIGTERM");
 * console.log(yield* c.recv());
 */
export function notify(c: SendChan<Signal>, ...signals: Signal[]): void {
  checkChannel("signal.notify", c);
  check("signal.notify", signals);
  add(c, signals);
}

/**
 * No more signals for c: none comes after it returns. A signal that nobody else wants does again what it does by default.
 * Go: `signal.Stop(c)`.
 * @throws TypeError where c is no channel.
 */
export function stop(c: SendChan<Signal>): void {
  checkChannel("signal.stop", c);
  remove(c);
}

/**
 * A context that is cancelled when one of these signals comes; `cause(ctx)` says which. Until stop is called further ones have
 * no effect: call it when ctx has ended, and a second Ctrl-C ends the process. Go: `signal.NotifyContext(ctx, sig...)`.
 *
 * @throws TypeError without signals, for one that cannot be caught, or where parent is no Context; Error on another core.
 * @example
 * const [ctx, stop] = notifyContext(background(), "SIGINT", "SIGTERM");
 * using _ = stop;
 */
export function notifyContext(parent: Context, ...signals: Signal[]): [ctx: Context, stop: CancelFunc] {
  check("signal.notifyContext", signals);
  const [ctx, cancel] = withCancelCause(parent);
  add(ctx as CancelContext, signals);
  const stop = (): void => {
    remove(ctx as CancelContext);
    cancel();
  };
  return [ctx, Object.assign(stop, { [Symbol.dispose]: stop })];
}

// Events as a channel.
//
// Who emits events cannot be held back. So there is a buffer, and what happens when it is full is said beforehand.

import type { Context } from "../context/context.js";
import { unlessEnded } from "../context/unless-ended.js";
import { typeError } from "../ds/type-error.js";
import { checkCount, output, Stage } from "../pipeline/stage.js";
import { until } from "../runtime/until.js";
import type { RecvChan } from "../types.js";

/** Node's EventEmitter, as far as it is needed. */
export interface Emitter {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  off(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** The platform's EventTarget, as far as it is needed. */
export interface Target {
  addEventListener(event: string, listener: (event: unknown) => void): unknown;
  removeEventListener(event: string, listener: (event: unknown) => void): unknown;
}

export interface EventOptions {
  /** How many events may wait to be received. Default 1024. */
  buffer?: number;
  /** What happens to one more: "fail" is an error, "drop" drops it, "dropOldest" the one that has waited longest. Default "fail". */
  whenFull?: "fail" | "drop" | "dropOldest";
  /** The event that closes the channel, such as "close". Default: none does. */
  end?: string;
  /** The event that is a failure. Default "error" of an EventEmitter, and none of an EventTarget. */
  error?: string;
}

/**
 * The events of one name as a channel: of an EventEmitter the list of arguments, of an EventTarget the event. It listens until
 * ctx ends. A failure cancels the pipeline where ctx is withPipeline's, else it is a panic.
 *
 * @throws TypeError, RangeError for bad arguments.
 * @example
 * const clicks = fromEvents<MouseEvent>(ctx, button, "click", { buffer: 1, whenFull: "drop" });
 */
export function fromEvents<T = unknown[]>(
  ctx: Context,
  target: Emitter | Target,
  name: string,
  options: EventOptions = {},
): RecvChan<T> {
  const what = "fromEvents";
  const isTarget = typeof (target as Target | undefined)?.addEventListener === "function";
  if (!isTarget && typeof (target as Emitter | undefined)?.on !== "function") {
    throw typeError(`${what}: target`, "an EventEmitter or an EventTarget", target);
  }
  if (typeof name !== "string") throw typeError(`${what}: name`, "a string", name);
  const { buffer = 1024, whenFull = "fail", end, error = isTarget ? undefined : "error" } = options;
  checkCount(what, "buffer", buffer, 1);
  if (!["fail", "drop", "dropOldest"].includes(whenFull)) {
    throw new TypeError(`${what}: whenFull must be "fail", "drop" or "dropOldest", got ${String(whenFull)}`);
  }
  const stage = new Stage<T>(what, ctx, [output<T>(what, buffer)]);
  const { out } = stage;
  const listeners: [event: string, listener: (...args: unknown[]) => void][] = [];
  const ended = new Promise<void>((resolve, reject) => {
    const full = (): Error => new Error(`${what}: ${buffer} events "${name}" wait unread`);
    listeners.push([
      name,
      (...args) => {
        const event = (isTarget ? args[0] : args) as T;
        if (stage.ctx.err() !== undefined || out.trySend(event) || whenFull === "drop") return;
        if (whenFull === "fail") return reject(full());
        out.tryRecv();
        out.trySend(event);
      },
    ]);
    if (end !== undefined) listeners.push([end, () => resolve()]);
    if (error !== undefined) {
      listeners.push([
        error,
        (reason) => reject(reason instanceof Error ? reason : new Error(`${what}: ${error}`, { cause: reason })),
      ]);
    }
  });
  ended.catch(() => undefined); // until the goroutine listens
  for (const [event, listener] of listeners) {
    if (isTarget) (target as Target).addEventListener(event, listener);
    else (target as Emitter).on(event, listener);
  }
  stage.start(1, function* () {
    try {
      yield* unlessEnded(stage.ctx, until(ended));
    } finally {
      for (const [event, listener] of listeners) {
        if (isTarget) (target as Target).removeEventListener(event, listener);
        else (target as Emitter).off(event, listener);
      }
    }
  });
  return out;
}

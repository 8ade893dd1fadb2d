// One server on several processors: each listens on the same port, and the kernel spreads the connections.
//
// A goroutine on each of the other processors listens there (SO_REUSEPORT), runs the handler on that thread, and ends with its
// part of the server. That each comes to a processor of its own is seen to by having them wait for one another before they
// let go of the thread.

import { chan } from "../chan/channel.js";
import { select } from "../chan/select.js";
import type { Context } from "../context/context.js";
import { background, withCancel, type CancelFunc } from "../context/with.js";
import { parallel } from "../parallel/parallel.js";
import { declarationOf, declaredAs } from "../cores/functions.js";
import { until } from "../runtime/until.js";
import { isAnotherCore, nodeProcess, versions } from "../runtime/host.js";
import { start } from "../runtime/scheduler.js";
import { join } from "../runtime/join.js";
import type { Goroutine } from "../runtime/goroutine.js";
import type { Chan, Routine } from "../types.js";
import type { Handler } from "./exchange.js";
import type { ServeSettings } from "./options.js";
import { listening } from "./serve.js";

/** By what another core finds the handler. */
export interface HandlerName {
  readonly url: string;
  readonly name: string;
}

export function nameOfHandler(handler: Handler): HandlerName {
  const declared = declarationOf(handler);
  if (declared === undefined) {
    throw new TypeError(
      "serve: with procs, handler must be a function made by parallel, so that other cores can find it",
    );
  }
  const { url, name } = declared;
  return { url, name };
}

/** The handler on this core. */
function* findHandler({ url, name }: HandlerName): Routine<Handler> {
  if (declaredAs(url, name) === undefined) yield* until(() => import(url) as Promise<unknown>);
  const declared = declaredAs(url, name);
  if (declared === undefined) throw new Error(`serve: another core finds no parallel function ${name} in ${url}`);
  return declared.inline as Handler;
}

/** May several threads of this process, of which this is the main one, listen on one port? */
export function canSharePort(): boolean {
  if (isAnotherCore() || "bun" in versions || "deno" in versions || nodeProcess?.platform !== "linux") return false;
  const [major = 0, minor = 0] = (versions["node"] ?? "").split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 12);
}

/** Of those who share a port nobody is told that it is in use: so it is asked for alone first. */
export function* checkFree(settings: ServeSettings): Routine<void> {
  if (settings.port === 0) return;
  const alone = yield* listening(() => new Response(), settings, false);
  yield* alone.drained;
}

/** What can be copied. */
type Portable = Omit<ServeSettings, "onPanic" | "signal">;

/** How long the others have to come, each to a thread of its own. */
const MEET_MS = 5_000;

/** Here? Then this thread is kept until all are. */
function meet(table: Int32Array, all: number): boolean {
  const until = performance.now() + MEET_MS;
  let here = Atomics.add(table, 0, 1) + 1;
  if (here === all) Atomics.notify(table, 0);
  while (here < all && performance.now() < until) {
    Atomics.wait(table, 0, here, 50);
    here = Atomics.load(table, 0);
  }
  return here >= all;
}

/** The part of one other processor. Tells `opened` null, or why it cannot. */
const accept = /* @__PURE__ */ parallel(
  import.meta.url,
  function* accept(
    named: HandlerName,
    settings: Portable,
    port: number,
    meeting: Int32Array,
    opened: Chan<string | null>,
    draining: Context,
    closing: Context,
  ): Routine<void> {
    if (!meet(meeting, meeting[1]!))
      return yield* opened.send("the other processors are too busy to accept connections");
    const full: ServeSettings = { ...settings, onPanic: undefined, signal: undefined };
    let server;
    try {
      server = yield* listening(yield* findHandler(named), full, true, port);
    } catch (error) {
      return yield* opened.send(error instanceof Error ? error.message : String(error));
    }
    yield* opened.send(null);
    yield* select([draining.done(), closing.done()]);
    server.drain();
    const got = yield* select({ ended: server.drained, closing: closing.done() }, { ordered: true });
    if (got.case === "ended") return;
    server.close();
    yield* server.drained;
  },
);

/** The parts of the other processors. */
export class Elsewhere {
  readonly #parts: readonly Goroutine[];
  readonly drain: CancelFunc;
  readonly close: CancelFunc;

  constructor(parts: readonly Goroutine[], drain: CancelFunc, close: CancelFunc) {
    this.#parts = parts;
    this.drain = drain;
    this.close = close;
  }
  get procs(): number {
    return this.#parts.length;
  }
  *ended(): Routine<void> {
    for (const part of this.#parts) yield* join<void>(part);
  }
}

export function* openElsewhere(named: HandlerName, settings: ServeSettings, port: number): Routine<Elsewhere> {
  const others = settings.procs - 1;
  const { onPanic: _, signal: __, ...portable } = settings;
  const opened = chan<string | null>();
  const [draining, drain] = withCancel(background());
  const [closing, close] = withCancel(background());
  const meeting = new Int32Array(new SharedArrayBuffer(8));
  meeting[1] = others;
  const parts: Goroutine[] = [];
  for (let i = 0; i < others; i++) {
    const part = start("serve", accept, [named, portable, port, meeting, opened, draining, closing]);
    part.more.claimed = true;
    parts.push(part);
  }
  let failure: string | null = null;
  for (let i = 0; i < others; i++) failure = (yield* opened.recv()) ?? failure;
  const elsewhere = new Elsewhere(parts, drain, close);
  if (failure === null) return elsewhere;
  close();
  yield* elsewhere.ended();
  throw new Error(failure.startsWith("serve: ") ? failure : `serve: ${failure}`);
}

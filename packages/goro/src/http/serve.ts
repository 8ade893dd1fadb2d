// serve: an HTTP server whose handlers are goroutines. Go: net/http/server.go, ListenAndServe and Shutdown

import { select } from "../chan/select.js";
import { root, type Context } from "../context/context.js";
import { contextOf, fromSignal } from "../context/from-signal.js";
import { stepsOp } from "../context/steps.js";
import { background, withTimeout } from "../context/with.js";
import { builtin } from "../runtime/builtin.js";
import { mapOp } from "../runtime/mapped.js";
import { checkBody, start } from "../runtime/scheduler.js";
import { until } from "../runtime/until.js";
import type { Op, Routine } from "../types.js";
import type { Handler } from "./exchange.js";
import { Listen } from "./listen.js";
import { isSignal, serveSettings, type ServeOptions, type ServeSettings } from "./options.js";
import type { Elsewhere } from "./procs.js";
import { LocalServer, type NodeHttp } from "./server.js";

/** How a server is doing, on the processor that asks. */
export interface ServerStats {
  /** That have ever come. */
  readonly requests: number;
  /** Whose handler runs. */
  readonly running: number;
  /** That wait until a handler may run: see maxRequests. */
  readonly waiting: number;
  readonly connections: number;
}

/** A server that listens. Disposed of, it is closed. */
export interface Server extends Disposable {
  readonly port: number;
  /** "http://127.0.0.1:8080": where this machine reaches it. */
  readonly url: string;
  /** How many processors accept connections. */
  readonly procs: number;
  readonly stats: ServerStats;
  /** Completes when a shutdown begins: for handlers that would otherwise go on, such as those that send events. */
  stopping(): Op<void>;
  /** Completes when it has come to its end: nothing is connected, and no handler runs. */
  ended(): Op<void>;
  /**
   * Stops accepting connections, ends those that rest, tells the others that the request under way is their last, and waits
   * until all have been answered. Where ctx ends first, it ends the contexts of the requests that are left, answers them with
   * 503 where no answer has begun, closes their connections and throws. What a handler does then is its own affair.
   * Go: `Server.Shutdown`, and `Close` behind it.
   *
   * @throws ctx.err() where ctx ends first; TypeError where ctx is no Context.
   */
  shutdown(ctx: Context): Op<void>;
  /** Shuts down without waiting for anybody. Go: `Server.Close`. */
  close(): void;
}

/** The platform forgets it when the server stops. */
function portOf({ node }: LocalServer): number {
  const address = node.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

class RunningServer implements Server {
  readonly port: number;
  readonly #local: LocalServer;
  readonly #elsewhere: Elsewhere | undefined;

  constructor(local: LocalServer, elsewhere: Elsewhere | undefined) {
    this.port = portOf(local);
    this.#local = local;
    this.#elsewhere = elsewhere;
    const { signal } = local.settings;
    if (signal !== undefined) start("serve", shutdownAt, [this, signal, local.settings.graceMs]);
  }
  get url(): string {
    const { host } = this.#local.settings;
    const name = host === undefined || host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
    return `http://${name.includes(":") ? `[${name}]` : name}:${this.port}`;
  }
  get procs(): number {
    return 1 + (this.#elsewhere?.procs ?? 0);
  }
  get stats(): ServerStats {
    const { requests, gate, connections } = this.#local;
    return { requests, running: gate.running, waiting: gate.waiting, connections };
  }
  stopping(): Op<void> {
    return this.#local.stopping;
  }
  ended(): Op<void> {
    return this.#elsewhere === undefined ? this.#local.end : stepsOp("serve", root, () => this.#untilAllEnded());
  }
  *#untilAllEnded(): Routine<void> {
    yield* this.#local.end;
    yield* this.#elsewhere!.ended();
  }
  *#drained(): Routine<void> {
    this.#elsewhere?.drain();
    yield* this.#local.drained;
    if (this.#elsewhere !== undefined) yield* this.#elsewhere.ended();
  }
  shutdown(ctx: Context): Op<void> {
    const ended = contextOf("shutdown", "ctx", ctx).done();
    const drained = this.#elsewhere === undefined ? this.#local.drained : stepsOp("serve", root, () => this.#drained());
    const either = select({ drained, ended }, { ordered: true });
    const outcome = (got: { readonly case: string }): void => {
      if (got.case !== "ended") return;
      this.close();
      throw ctx.err()!;
    };
    return mapOp(either, outcome, "IO wait");
  }
  close(): void {
    this.#elsewhere?.close();
    this.#local.close();
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

function* shutdownAt(server: Server, signal: AbortSignal | Context, graceMs: number): Routine<void> {
  const ctx = isSignal(signal) ? fromSignal(signal) : signal;
  const got = yield* select({ begin: ctx.done(), ended: server.ended() });
  if (got.case === "ended") return;
  const [grace, cancel] = withTimeout(background(), graceMs);
  using _ = cancel;
  try {
    yield* server.shutdown(grace);
  } catch (error) {
    if (error !== grace.err()) throw error;
  }
}

/** The platform's server. */
function nodeHttp(): NodeHttp {
  const http = builtin<NodeHttp>("node:http");
  if (http === undefined) throw new Error("serve: this platform lets nobody listen on a port");
  return http;
}

/**
 * Listens for HTTP and runs handler for every request, each in a goroutine of its own. Completes with the server as soon as
 * it listens; the goroutine that said so goes on.
 *
 * What a handler throws is answered with 500 and printed with its goroutine's trace, and the server goes on (see `panics` and
 * `onPanic`); an {@link HttpError} is answered with its status. While a server is open, the main thread leaves the goroutines
 * of parallel functions to other threads, so that nobody waits for an answer because somebody else's is being computed.
 *
 * @throws Error with the platform's code where it cannot listen: "EADDRINUSE" where the port is in use. At the call, TypeError
 *   and RangeError for options that cannot be meant, naming them.
 * Go: `http.ListenAndServe`
 * @example
 * const server = yield* serve(function* (request, ctx) {
 *   return new Response(`hello ${new URL(request.url).pathname}`);
 * }, { port: 8080 });
 * yield* ctx.done();
 * yield* server.shutdown(grace);
 */
export function serve(handler: Handler, options: ServeOptions = {}): Op<Server> {
  checkBody("serve", handler);
  const settings = serveSettings(options);
  return settings.procs > 1
    ? stepsOp("serve", root, () => serveOnSeveral(handler, settings))
    : mapOp(listening(handler, settings, false), (local) => new RunningServer(local, undefined), "IO wait");
}

/** @internal One processor's part. */
export function listening(
  handler: Handler,
  settings: ServeSettings,
  reusePort: boolean,
  port?: number,
): Op<LocalServer> {
  const make = (): LocalServer => new LocalServer(nodeHttp(), handler, settings);
  return new Listen(make, { reusePort, ...(port === undefined ? {} : { port }) });
}

/** Loaded only where it is wanted: it brings along all that crosses cores. */
function* serveOnSeveral(handler: Handler, settings: ServeSettings): Routine<Server> {
  const { canSharePort, checkFree, openElsewhere, nameOfHandler } = yield* until(import("./procs.js"));
  const named = nameOfHandler(handler);
  if (!canSharePort()) {
    return new RunningServer(yield* listening(handler, settings, false), undefined);
  }
  yield* checkFree(settings);
  const local = yield* listening(handler, settings, true);
  try {
    return new RunningServer(local, yield* openElsewhere(named, settings, portOf(local)));
  } catch (error) {
    local.close();
    throw error;
  }
}

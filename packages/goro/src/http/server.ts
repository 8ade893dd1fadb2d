// A server that listens on this processor. Go: net/http/server.go, Server
//
//   I1  it goes one way: open, then draining (no new connection, no request after the one that is under way on each), then
//       ended (no connection, no goroutine of a handler);
//   I2  whoever waits for its end is told when both have come to an end: the connections, which are the platform's, and the
//       handlers, which may go on after their client has gone.

import type { IncomingMessage, Server as NodeServer, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { CancelContext } from "../context/context.js";
import { canceled } from "../context/errors.js";
import { contextOf } from "../context/from-signal.js";
import { background } from "../context/with.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { builtin } from "../runtime/builtin.js";
import { isAnotherCore, versions } from "../runtime/host.js";
import { keepMainFree } from "../runtime/max-procs.js";
import { done, Operation } from "../runtime/operation.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op } from "../types.js";
import { Connections } from "./connections.js";
import { ServerClosed } from "./errors.js";
import { Exchange, type Handler, type Service } from "./exchange.js";
import { Gate } from "./limits.js";
import type { ServeSettings } from "./options.js";

/** Something that happens once. */
export class Milestone extends Operation<void> {
  #has = false;
  readonly #waiters = new WaitQueue();

  get has(): boolean {
    return this.#has;
  }
  happen(): void {
    if (this.#has) return;
    this.#has = true;
    this.#waiters.wakeAll(undefined);
  }
  get reason(): WaitReason {
    return "IO wait";
  }
  poll(): boolean {
    done.value = undefined;
    return this.#has;
  }
  enlist(w: Waiter): void {
    this.#waiters.push(w);
  }
  withdraw(w: Waiter): void {
    this.#waiters.remove(w);
  }
  finish(): void {}
}

export interface NodeHttp {
  createServer(options: object, listener: (incoming: IncomingMessage, outgoing: ServerResponse) => void): NodeServer;
}

/** Closes the listening socket and leaves the connections alone: those of node:http it closes at once. */
function stopListening(server: NodeServer): void {
  const net = builtin<{ Server: { prototype: { close(this: NodeServer): void } } }>("node:net");
  const isNode = !("bun" in versions || "deno" in versions);
  if (isNode && net !== undefined) net.Server.prototype.close.call(server);
  else server.close();
}

/** How often node:http looks for connections that take too long for their headers. */
function checkEvery(settings: ServeSettings): number {
  return Math.max(50, Math.min(5_000, settings.headersTimeoutMs / 2));
}

const LONGEST_TIMER = 0x7fff_ffff;

export class LocalServer implements Service {
  readonly handler: Handler;
  readonly settings: ServeSettings;
  /** What the contexts of all requests descend from. */
  readonly ctx: CancelContext;
  readonly gate: Gate<Exchange>;
  exchanges = 0;
  readonly stopping = new Milestone();
  readonly end = new Milestone();
  requests = 0;
  /** Lets the main thread take tasks again. */
  #letGo: (() => void) | undefined;
  readonly node: NodeServer;
  readonly #connections: Connections;
  #isListening = false;

  constructor(http: NodeHttp, handler: Handler, settings: ServeSettings) {
    this.handler = handler;
    this.settings = settings;
    this.ctx = new CancelContext(contextOf("serve", "ctx", settings.ctx ?? background()));
    this.#connections = new Connections(settings.restMs);
    this.gate = new Gate(settings.maxRequests, settings.maxQueue);
    const options = {
      maxHeaderSize: settings.maxHeaderBytes,
      headersTimeout: Math.min(settings.headersTimeoutMs, LONGEST_TIMER),
      // As long as it takes: who stalls is found out by stallMs, and only where somebody wants to read.
      requestTimeout: 0,
      keepAliveTimeout: Math.min(settings.keepAliveMs, LONGEST_TIMER),
      connectionsCheckingInterval: checkEvery(settings),
      noDelay: true,
    };
    this.node = http.createServer(options, (incoming, outgoing) => this.#receive(incoming, outgoing, false));
    this.node.on("checkContinue", (incoming, outgoing) => this.#receive(incoming, outgoing, true));
    this.node.on("connection", (socket: Socket) => this.#connections.add(socket));
  }

  get isDraining(): boolean {
    return this.stopping.has;
  }
  get connections(): number {
    return this.#connections.size;
  }

  listens(): void {
    this.#isListening = true;
    if (!isAnotherCore()) this.#letGo = keepMainFree();
  }

  #receive(incoming: IncomingMessage, outgoing: ServerResponse, asks: boolean): void {
    this.requests++;
    this.#connections.begins(incoming);
    new Exchange(this, incoming, outgoing, asks, undefined).begin();
  }

  closed(exchange: Exchange): void {
    this.#connections.ended(exchange.incoming);
  }

  ended(): void {
    if (this.isDraining) this.#look();
  }

  /** Stops accepting, and lets what is under way come to its end. Again does nothing. */
  drain(): void {
    if (this.isDraining) return;
    this.stopping.happen();
    this.#letGo?.();
    if (this.#isListening) stopListening(this.node);
    this.#connections.drain(() => this.#look());
  }

  /** Ends every request, and the connections behind their last word. */
  close(): void {
    this.drain();
    this.ctx.end(canceled, new ServerClosed());
    // Behind the answers that are given in the handlers' place.
    setTimeout(() => this.#connections.close(), 0);
  }

  #look(): void {
    if (this.isDraining && this.#connections.size === 0 && this.exchanges === 0) {
      this.ctx.end(canceled, new ServerClosed());
      this.end.happen();
    }
  }

  /** Begins to drain when somebody waits for it. */
  get drained(): Op<void> {
    return new Draining(this);
  }
}

class Draining extends Operation<void> {
  readonly #server: LocalServer;

  constructor(server: LocalServer) {
    super();
    this.#server = server;
  }
  get reason(): WaitReason {
    return "IO wait";
  }
  poll(): boolean {
    return this.#server.end.poll();
  }
  enlist(w: Waiter): void {
    this.#server.drain();
    this.#server.end.enlist(w);
  }
  withdraw(w: Waiter): void {
    this.#server.end.withdraw(w);
  }
  finish(): void {}
}

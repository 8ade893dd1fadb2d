// A request and its answer, and the goroutine between them. Go: net/http/server.go, conn.serve
//
// It is the request's context itself: a context that ends when its client goes away, its time is up, the server is closed,
// or it has been answered.
//
//   I1  it is answered once: by the handler, or in its place when that throws, is too late or cannot be begun;
//   I2  the gate counts it from when its goroutine starts until that has ended, whatever becomes of the client;
//   I3  its context has ended when its goroutine has.

import type { IncomingMessage, ServerResponse } from "node:http";
import { type BaseContext, CancelContext } from "../context/context.js";
import { canceled, deadlineExceeded } from "../context/errors.js";
import { panicText } from "../runtime/error-text.js";
import { now } from "../runtime/host.js";
import { exit } from "../runtime/operation.js";
import { processor } from "../runtime/processor.js";
import { isGenerator, start } from "../runtime/scheduler.js";
import { until } from "../runtime/until.js";
import type { Context } from "../context/context.js";
import type { Routine } from "../types.js";
import type { BodyLimits } from "./body.js";
import { ClientGone, HttpError, ServerClosed } from "./errors.js";
import type { Gate } from "./limits.js";
import type { RequestSettings } from "./options.js";
import { requestOf, type RequestOwner } from "./request.js";
import { refuse, sendStream, sendWhole, type Answer } from "./send.js";

/**
 * Answers a request. Each runs in a goroutine of its own; ctx ends when the client goes away, the request's time is up or the
 * server is closed. An async function is accepted too. Go: `http.HandlerFunc`.
 */
export type Handler = (request: Request, ctx: Context) => Routine<Response> | Response | PromiseLike<Response>;

/** What the exchanges of a server have in common. */
export interface Service {
  readonly handler: Handler;
  readonly settings: RequestSettings;
  readonly ctx: BaseContext;
  readonly gate: Gate<Exchange>;
  /** How many have begun and not ended. A number, and no set of them: that costs 100 ns for every request. */
  exchanges: number;
  /** Are connections to be closed behind the answer? */
  readonly isDraining: boolean;
  /** The connection is done with it. */
  closed(exchange: Exchange): void;
  /** One of them has ended. */
  ended(): void;
}

/** How long a handler has to answer by itself after its time is up. */
export const LATE_MS = 100;

function deadlineFor(service: Service): Date | undefined {
  const { timeoutMs } = service.settings;
  if (timeoutMs === Infinity) return undefined;
  const own = Date.now() + timeoutMs;
  const inherited = service.ctx.deadline();
  return inherited !== undefined && inherited.getTime() < own ? inherited : new Date(own);
}

export class Exchange extends CancelContext implements RequestOwner, Answer {
  readonly service: Service;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly parsedBody: unknown;
  /** The client waits for leave to send the body. */
  isAskingToContinue: boolean;
  isAnswered = false;
  isRead = false;
  private _isBegun = false;
  private _isOver = false;
  private _isGone = false;
  private _request: Request | undefined = undefined;

  constructor(service: Service, incoming: IncomingMessage, outgoing: ServerResponse, asks: boolean, parsed: unknown) {
    super(service.ctx, deadlineFor(service));
    this.service = service;
    this.incoming = incoming;
    this.outgoing = outgoing;
    this.parsedBody = parsed;
    this.isAskingToContinue = asks;
    const { timeoutMs } = service.settings;
    if (timeoutMs !== Infinity) this.endAt(now() + timeoutMs, deadlineExceeded);
    outgoing.on("close", () => this._closed());
  }

  get limits(): BodyLimits {
    return this.service.settings;
  }
  get stallMs(): number {
    return this.service.settings.stallMs;
  }
  get isGone(): boolean {
    return this._isGone;
  }
  get closesAfter(): boolean {
    return this.service.isDraining;
  }
  get request(): Request {
    return (this._request ??= requestOf(this));
  }
  get goneReason(): Error {
    return this.cause ?? new ClientGone();
  }

  sendContinue(): void {
    if (!this.isAskingToContinue) return;
    this.isAskingToContinue = false;
    if (!this.isAnswered) this.outgoing.writeContinue();
  }

  /** It has arrived. */
  begin(): void {
    const { gate, settings } = this.service;
    this.service.exchanges++;
    if (this.error !== undefined) return this._late();
    switch (gate.enter(this)) {
      case "run":
        return this.run();
      case "wait":
        return;
      case "refuse":
        refuse(this, 503, "the server is busy", settings.retryAfterSeconds);
        this._over();
    }
  }

  run(): void {
    this._isBegun = true;
    if (processor.active) return void start("serve", handle, [this]);
    // In a callback of the platform's: the turn that this goroutine needs begins here, and not with a microtask.
    processor.active = true;
    start("serve", handle, [this]);
    processor.turn();
  }

  /** Its goroutine has ended: the next of those that wait has its turn. */
  finished(): void {
    if (!this.isAnswered) refuse(this, 500, "Internal Server Error");
    this.end(canceled, undefined);
    this._over();
    this.service.gate.leave()?.run();
  }

  private _over(): void {
    if (this._isOver) return;
    this._isOver = true;
    this.service.exchanges--;
    this.service.ended();
  }

  /** The connection has taken all of the answer, or is no more. */
  private _closed(): void {
    this.service.closed(this);
    if (this.outgoing.writableFinished || this._isOver) return;
    this._isGone = true;
    this.end(canceled, new ClientGone());
    if (this.service.gate.giveUp(this)) this._over();
  }

  protected override settled(): void {
    if (this.isAnswered || this._isGone) return;
    if (this.error === deadlineExceeded) setTimeout(() => this._late(), LATE_MS);
    else if (this.cause instanceof ServerClosed) queueMicrotask(() => this._late());
  }

  /** Answers in the handler's place. */
  private _late(): void {
    if (this.isAnswered || this._isGone) return;
    const text = this.error === deadlineExceeded ? "the request has taken too long" : "the server is shutting down";
    refuse(this, 503, text);
    if (this.service.gate.giveUp(this) || !this._isBegun) this._over();
  }

  /** The handler has thrown. */
  failed(error: unknown): void {
    if (this._isGone || (this.isAnswered && this.error !== undefined)) return;
    if (isForeseen(error)) return refuse(this, error.status, error.status < 500 ? error.message : "");
    if (this.error !== undefined && (error === this.error || error === this.cause)) return this._late();
    refuse(this, 500, "Internal Server Error");
    const { method, url } = this.incoming;
    const from = this.incoming.socket?.remoteAddress ?? "a client that has gone";
    tellPanic(this.service.settings, error, this.request, `${method} ${url} for ${from}`);
  }
}

/** Says what a handler has thrown, in the goroutine that has; where it is to end the program, throws it again. */
export function tellPanic(settings: RequestSettings, error: unknown, request: Request, what: string): void {
  const g = processor.current;
  const text = `http: panic serving ${what}\n${panicText(g, error)}`;
  if (settings.onPanic === undefined) console.error(text);
  else settings.onPanic({ error, request, goroutine: g.id, text });
  if (settings.crashes) throw error;
}

/** Ours, and what follows the convention of npm's http-errors: a client's mistake. */
export function isForeseen(error: unknown): error is { readonly status: number; readonly message: string } {
  if (error instanceof HttpError) return true;
  const status = error instanceof Error ? (error as { status?: unknown }).status : undefined;
  return typeof status === "number" && Number.isInteger(status) && status >= 400 && status < 500;
}

/** Runs a handler, whatever kind of function it is. */
export function* callHandler(handler: Handler, request: Request, ctx: Context): Routine<Response> {
  const made = handler(request, ctx);
  if (isGenerator(made)) return yield* made;
  return made instanceof globalThis.Response ? made : yield* until(made);
}

function* handle(exchange: Exchange): Routine<void> {
  try {
    // Not callHandler: a generator less for every request.
    const made = exchange.service.handler(exchange.request, exchange);
    const response = isGenerator(made) ? yield* made : yield* callHandler(() => made, exchange.request, exchange);
    if (!sendWhole(exchange, response)) yield* sendStream(exchange, response);
  } catch (error) {
    if (error === exit) throw error;
    exchange.failed(error);
  } finally {
    exchange.finished();
  }
}

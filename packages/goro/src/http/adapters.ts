// Handlers inside other people's servers: the same function as serve's, as what Hono, Express, Fastify, or anything else that
// speaks fetch or node:http, takes.

import type { IncomingMessage, ServerResponse } from "node:http";
import { CancelContext, type BaseContext } from "../context/context.js";
import { deadlineExceeded } from "../context/errors.js";
import { contextOf, fromSignal } from "../context/from-signal.js";
import { background, withTimeout } from "../context/with.js";
import { exit } from "../runtime/operation.js";
import { checkBody, start } from "../runtime/scheduler.js";
import type { Routine } from "../types.js";
import { callHandler, Exchange, isForeseen, LATE_MS, tellPanic, type Handler, type Service } from "./exchange.js";
import { Gate } from "./limits.js";
import { requestSettings, type RequestOptions, type RequestSettings } from "./options.js";
import { fullResponse, Response } from "./response.js";

// fetch

/** One request, and the promise of its answer. */
class Call {
  readonly request: Request;
  readonly service: FetchService;
  readonly answer: (response: globalThis.Response) => void;

  constructor(service: FetchService, request: Request, answer: (response: globalThis.Response) => void) {
    this.service = service;
    this.request = request;
    this.answer = answer;
  }
  run(): void {
    start("fetchHandler", answerCall, [this]);
  }
}

interface FetchService {
  readonly handler: Handler;
  readonly settings: RequestSettings;
  readonly ctx: BaseContext;
  readonly gate: Gate<Call>;
}

function refusal(status: number, text: string, headers?: Record<string, string>): globalThis.Response {
  return fullResponse(new Response(text, { status, ...(headers === undefined ? {} : { headers }) }));
}

function* answerCall(call: Call): Routine<void> {
  const { service, request, answer } = call;
  const { settings } = service;
  const [ctx, cancel] = withTimeout(fromSignal(request.signal, service.ctx), settings.timeoutMs);
  const late = (): void => answer(refusal(503, "the request has taken too long"));
  const timer = Number.isFinite(settings.timeoutMs) ? setTimeout(late, settings.timeoutMs + LATE_MS) : undefined;
  let response: globalThis.Response | undefined;
  try {
    response = fullResponse(yield* callHandler(service.handler, request, ctx));
    answer(response);
  } catch (error) {
    if (error === exit) throw error;
    if (isForeseen(error)) answer(refusal(error.status, error.status < 500 ? error.message : ""));
    else if (ctx.err() === deadlineExceeded && error === deadlineExceeded) late();
    else {
      answer(refusal(500, "Internal Server Error"));
      if (ctx.err() === undefined) tellPanic(settings, error, request, `${request.method} ${request.url}`);
    }
  } finally {
    clearTimeout(timer);
    answer(refusal(500, "Internal Server Error")); // a goexit; else it has been answered
    if (response === undefined || response.body === null) cancel(); // a body that is still to be sent needs its context
    service.gate.leave()?.run();
  }
}

/**
 * A handler as a function of fetch: for Hono's `mount`, `Bun.serve`, `Deno.serve`, service workers, and tests that need no
 * server. ctx ends with the request's signal.
 *
 * @throws TypeError, RangeError for options that cannot be meant, naming them.
 * @example
 * Deno.serve(fetchHandler(function* (request, ctx) { return new Response("hello"); }));
 */
export function fetchHandler(
  handler: Handler,
  options: RequestOptions = {},
): (request: Request) => Promise<globalThis.Response> {
  checkBody("fetchHandler", handler);
  const settings = requestSettings("fetchHandler", options);
  const { maxRequests, maxQueue, retryAfterSeconds } = settings;
  const gate = new Gate<Call>(maxRequests, maxQueue);
  const ctx = contextOf("fetchHandler", "ctx", settings.ctx ?? background());
  const service: FetchService = { handler, settings, ctx, gate };
  return (request) =>
    new Promise((resolve) => {
      const call = new Call(service, request, resolve);
      const admitted = gate.enter(call);
      if (admitted === "run") call.run();
      if (admitted === "refuse") {
        resolve(refusal(503, "the server is busy", { "retry-after": String(retryAfterSeconds) }));
      }
    });
}

/** What Hono gives a handler, as far as it is needed. */
export interface HonoContext {
  readonly req: { readonly raw: Request };
}

/**
 * A handler as one of Hono's.
 *
 * @throws TypeError, RangeError for options that cannot be meant, naming them.
 * @example
 * app.get("/users/:id", hono(function* (request, ctx) { return Response.json(yield* user(ctx, request)); }));
 */
export function hono(handler: Handler, options?: RequestOptions): (c: HonoContext) => Promise<globalThis.Response> {
  const answer = fetchHandler(handler, options);
  return (c) => answer(c.req.raw);
}

// node:http

/** A request of node:http. Express leaves in it what it has made of the body. */
export interface NodeRequest {
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  readonly headers: object;
  readonly body?: unknown;
}
/** A response of node:http. */
export interface NodeResponse {
  readonly headersSent: boolean;
}

function nodeService(what: string, handler: Handler, options: RequestOptions): Service {
  checkBody(what, handler);
  const settings = requestSettings(what, options);
  const ctx = new CancelContext(contextOf(what, "ctx", settings.ctx ?? background()));
  const gate = new Gate<Exchange>(settings.maxRequests, settings.maxQueue);
  return { handler, settings, ctx, gate, exchanges: 0, isDraining: false, closed() {}, ended() {} };
}

function handOver(service: Service, request: NodeRequest, response: NodeResponse, parsed: unknown): void {
  const incoming = request as unknown as IncomingMessage;
  // Where somebody has read the body, all that is left of it is what they have made of it.
  const body = incoming.readableEnded ? parsed : undefined;
  new Exchange(service, incoming, response as unknown as ServerResponse, false, body).begin();
}

/**
 * A handler as a listener of node:http: for `createServer`, and as a handler or middleware of Express. A body that a parser
 * of the framework's has read is there all the same.
 *
 * @throws TypeError, RangeError for options that cannot be meant, naming them.
 * @example
 * app.get("/primes/:n", nodeHandler(function* (request, ctx) { return new Response("..."); }));
 */
export function nodeHandler(
  handler: Handler,
  options: RequestOptions = {},
): (request: NodeRequest, response: NodeResponse) => void {
  const service = nodeService("nodeHandler", handler, options);
  return (request, response) => handOver(service, request, response, request.body);
}

/** What Fastify gives a handler, as far as it is needed. */
export interface FastifyRequest {
  readonly raw: NodeRequest;
  readonly body: unknown;
}
export interface FastifyReply {
  readonly raw: NodeResponse;
  hijack(): unknown;
}

/**
 * A handler as one of Fastify's.
 *
 * @throws TypeError, RangeError for options that cannot be meant, naming them.
 * @example
 * app.get("/primes/:n", fastify(function* (request, ctx) { return new Response("..."); }));
 */
export function fastify(
  handler: Handler,
  options: RequestOptions = {},
): (request: FastifyRequest, reply: FastifyReply) => void {
  const service = nodeService("fastify", handler, options);
  return (request, reply) => {
    reply.hijack();
    handOver(service, request.raw, reply.raw, request.body ?? undefined);
  };
}

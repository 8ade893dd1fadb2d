// What can be said to serve, with what holds where nothing is said, and the errors for what cannot be meant.

import type { Context } from "../context/context.js";
import { contextOf } from "../context/from-signal.js";
import { typeError } from "../ds/type-error.js";
import { maxProcs } from "../runtime/max-procs.js";
import { checkDuration } from "../runtime/sleep.js";
import type { Goroutine } from "../types.js";

/** What a handler threw that it should not have. */
export interface HandlerPanic {
  readonly error: unknown;
  /** Undefined where it is not the handler that failed but the platform. */
  readonly request: Request;
  /** The goroutine it was, by id. */
  readonly goroutine: Goroutine<unknown>["id"];
  /** What is printed where nobody takes it: the request, the error and the goroutine's trace. */
  readonly text: string;
}

/** What holds for each request, also where another framework's server receives it. */
export interface RequestOptions {
  /** The deadline of each request, in milliseconds from its arrival: its context ends then. Infinity where nothing is said. */
  readonly timeoutMs?: number;
  /** Longer bodies are refused with 413. 1 MiB where nothing is said. */
  readonly maxBodyBytes?: number;
  /** How long a client may send nothing of a body that is being read, or take nothing of one that is being sent. 30 seconds. */
  readonly stallMs?: number;
  /** How many requests are handled at the same time. As many as come, where nothing is said. */
  readonly maxRequests?: number;
  /** How many wait beyond those; still more are answered 503. As many as maxRequests. */
  readonly maxQueue?: number;
  /** What those 503 say in Retry-After, in seconds. 1 where nothing is said. */
  readonly retryAfterSeconds?: number;
  /** Told of what a handler throws, instead of standard error. */
  readonly onPanic?: (panic: HandlerPanic) => void;
  /** "crash": what a handler throws is answered with 500 and then ends the program, as in any other goroutine. */
  readonly panics?: "answer" | "crash";
  /** What each request's context descends from. When it ends, so do they. background() where nothing is said. */
  readonly ctx?: Context;
}

export interface ServeOptions extends RequestOptions {
  /** 0, where nothing is said, is any that is free: server.port says which. */
  readonly port?: number;
  /** The address to listen on: "127.0.0.1" for this machine alone. All of its addresses where nothing is said. */
  readonly host?: string;
  /** A shutdown begins when it aborts, or when the context ends; graceMs is how long it may take. */
  readonly signal?: AbortSignal | Context;
  /** 10 seconds where nothing is said. */
  readonly graceMs?: number;
  /** Longer headers are refused with 431. 16 KiB where nothing is said. */
  readonly maxHeaderBytes?: number;
  /** How long a client may take for the headers. 10 seconds where nothing is said. */
  readonly headersTimeoutMs?: number;
  /** How long a connection without a request is kept. 5 seconds where nothing is said. */
  readonly keepAliveMs?: number;
  /**
   * How long a connection must have been without a request to be closed by a shutdown: a client that is slow may be about to send
   * the next. 1 second where nothing is said.
   */
  readonly restMs?: number;
  /**
   * On how many processors to accept connections. More than one needs a handler made by `parallel`, and a platform on which
   * several threads can listen on one port (Node from 22.12, on Linux): else it is one. server.procs says how many it is.
   */
  readonly procs?: number;
}

export interface RequestSettings {
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  readonly stallMs: number;
  readonly maxRequests: number;
  readonly maxQueue: number;
  readonly retryAfterSeconds: number;
  readonly onPanic: ((panic: HandlerPanic) => void) | undefined;
  readonly crashes: boolean;
  readonly ctx: Context | undefined;
}

export interface ServeSettings extends RequestSettings {
  readonly port: number;
  readonly host: string | undefined;
  readonly signal: AbortSignal | Context | undefined;
  readonly graceMs: number;
  readonly maxHeaderBytes: number;
  readonly headersTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly restMs: number;
  readonly procs: number;
}

const KIB = 1024;

function wholeNumber(what: string, name: string, value: unknown, least: number, most = Infinity): number {
  if (typeof value !== "number") throw typeError(`${what}: ${name}`, "a number", value);
  const isWhole = Number.isInteger(value) || (value === Infinity && most === Infinity);
  if (!isWhole || value < least || value > most) {
    const range = most === Infinity ? `from ${least}` : `from ${least} to ${most}`;
    throw new RangeError(`${what}: ${name} must be a whole number ${range}, got ${value}`);
  }
  return value;
}

function duration(what: string, name: string, value: unknown): number {
  checkDuration(what, name, value);
  if (value <= 0) throw new RangeError(`${what}: ${name} must be more than 0 milliseconds, got ${value}`);
  return value;
}

function checkObject(what: string, options: unknown): void {
  if (typeof options !== "object" || options === null) throw typeError(`${what}: options`, "an object", options);
}

export function requestSettings(what: string, options: RequestOptions): RequestSettings {
  checkObject(what, options);
  const { onPanic, panics = "answer", ctx, maxRequests = Infinity } = options;
  if (onPanic !== undefined && typeof onPanic !== "function")
    throw typeError(`${what}: onPanic`, "a function", onPanic);
  if (panics !== "answer" && panics !== "crash") {
    throw new RangeError(`${what}: panics must be "answer" or "crash", got ${String(panics)}`);
  }
  if (ctx !== undefined) contextOf(what, "ctx", ctx);
  return {
    timeoutMs: duration(what, "timeoutMs", options.timeoutMs ?? Infinity),
    maxBodyBytes: wholeNumber(what, "maxBodyBytes", options.maxBodyBytes ?? KIB * KIB, 0),
    stallMs: duration(what, "stallMs", options.stallMs ?? 30_000),
    maxRequests: wholeNumber(what, "maxRequests", maxRequests, 1),
    maxQueue: wholeNumber(what, "maxQueue", options.maxQueue ?? maxRequests, 0),
    retryAfterSeconds: wholeNumber(what, "retryAfterSeconds", options.retryAfterSeconds ?? 1, 0),
    onPanic,
    crashes: panics === "crash",
    ctx,
  };
}

export function serveSettings(options: ServeOptions): ServeSettings {
  const what = "serve";
  const forRequests = requestSettings(what, options);
  const { host, signal } = options;
  if (host !== undefined && typeof host !== "string") throw typeError(`${what}: host`, "a string", host);
  if (signal !== undefined && !isSignal(signal)) contextOf(what, "signal", signal);
  return {
    ...forRequests,
    port: wholeNumber(what, "port", options.port ?? 0, 0, 65_535),
    host,
    signal,
    graceMs: duration(what, "graceMs", options.graceMs ?? 10_000),
    maxHeaderBytes: wholeNumber(what, "maxHeaderBytes", options.maxHeaderBytes ?? 16 * KIB, 1, 2 ** 30),
    headersTimeoutMs: duration(what, "headersTimeoutMs", options.headersTimeoutMs ?? 10_000),
    keepAliveMs: duration(what, "keepAliveMs", options.keepAliveMs ?? 5_000),
    restMs: duration(what, "restMs", options.restMs ?? 1_000),
    procs: Math.min(wholeNumber(what, "procs", options.procs ?? 1, 1), Math.max(1, maxProcs())),
  };
}

export function isSignal(value: unknown): value is AbortSignal {
  return typeof (value as Partial<AbortSignal> | null)?.addEventListener === "function";
}

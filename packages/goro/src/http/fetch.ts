// fetch as an Op. Go: http.Client.Do with a request that has a context
//
// A run has one AbortController. It is aborted by the context, by the caller's own signal, or by a select that another case
// has won; and not any more once the body has been read. Until then the run holds a place among those to its host.

import type { Waiter } from "../ds/wait-queue.js";
import type { Context } from "../context/context.js";
import { contextOf } from "../context/from-signal.js";
import { afterFunc, cause } from "../context/with.js";
import { typeError } from "../ds/type-error.js";
import { addFrames } from "../runtime/frames.js";
import { Operation } from "../runtime/operation.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op } from "../types.js";
import { whenRead } from "./client-body.js";
import { Hosts, type Guest } from "./hosts.js";

export interface ClientOptions {
  /**
   * How many requests to one host (scheme, name and port) are under way at the same time; more wait their turn. A request is
   * under way until its body has been read to the end, cancelled, or collected. 100 where nothing is said.
   */
  readonly maxPerHost?: number;
}

interface Settings {
  readonly ctx: Context;
  readonly hosts: Hosts;
  readonly host: string;
  readonly input: string | URL | Request;
  readonly init: RequestInit;
}

/** One run, for one waiter. */
class Run implements Guest {
  readonly settings: Settings;
  readonly #controller = new AbortController();
  #waiter: Waiter | undefined;
  #stop: () => boolean;
  #unlisten: (() => void) | undefined;
  #hasBegun = false;
  #isOver = false;
  response: Response | undefined = undefined;
  error: unknown = undefined;

  constructor(settings: Settings, waiter: Waiter) {
    this.settings = settings;
    this.#waiter = waiter;
    const { ctx, hosts, host, init } = settings;
    this.#stop = afterFunc(ctx, () => this.abort(cause(ctx)));
    const signal = init.signal ?? undefined;
    if (signal !== undefined) this.#follow(signal);
    hosts.enter(host, this);
  }

  #follow(signal: AbortSignal): void {
    const aborted = (): void => this.abort(signal.reason);
    if (signal.aborted) return queueMicrotask(aborted);
    signal.addEventListener("abort", aborted);
    this.#unlisten = () => signal.removeEventListener("abort", aborted);
  }

  begin(): void {
    this.#hasBegun = true;
    const { input, init } = this.settings;
    globalThis.fetch(input, { ...init, signal: this.#controller.signal }).then(
      (response) => this.#settle(whenRead(response, this.over), undefined),
      (error: unknown) => {
        this.over();
        this.#settle(undefined, error);
      },
    );
  }

  #settle(response: Response | undefined, error: unknown): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter === undefined) return void response?.body?.cancel().catch(() => undefined); // withdrawn
    this.response = response;
    this.error = error;
    waiter.wake();
  }

  abort(reason: unknown): void {
    if (this.settings.hosts.giveUp(this.settings.host, this)) {
      this.#letGo();
      this.#settle(undefined, reason);
    } else this.#controller.abort(reason);
  }

  withdraw(): void {
    this.#waiter = undefined;
    // Not within the select that withdraws it: who listens to the signal is foreign code.
    queueMicrotask(() => this.abort(new Error("fetch: another case of the select was ready first")));
  }

  #letGo(): void {
    this.#stop();
    this.#unlisten?.();
  }

  /** The connection is free. */
  readonly over = (): void => {
    if (this.#isOver || !this.#hasBegun) return;
    this.#isOver = true;
    this.#letGo();
    this.settings.hosts.leave(this.settings.host);
  };
}

class Fetch extends Operation<Response> {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    super();
    this.#settings = settings;
  }
  get reason(): WaitReason {
    return "IO wait";
  }
  poll(): boolean {
    const error = this.#settings.ctx.err();
    if (error !== undefined) throw error;
    return false;
  }
  enlist(w: Waiter): void {
    w.value = new Run(this.#settings, w);
  }
  withdraw(w: Waiter): void {
    (w.value as Run).withdraw();
  }
  finish(outcome: unknown): Response {
    const { response, error } = outcome as Run;
    if (response !== undefined) return response;
    const ended = this.#settings.ctx.err();
    if (ended !== undefined) throw ended;
    addFrames(error);
    throw error;
  }
}

/** Fetches, with limits of its own. Go: `http.Client`. */
export class Client {
  readonly #hosts: Hosts;

  /** @throws TypeError, RangeError where maxPerHost is no whole number from 1. */
  constructor(options: ClientOptions = {}) {
    if (typeof options !== "object" || options === null) throw typeError("Client: options", "an object", options);
    const { maxPerHost = 100 } = options;
    if (typeof maxPerHost !== "number") throw typeError("Client: maxPerHost", "a number", maxPerHost);
    if (maxPerHost !== Infinity && (!Number.isInteger(maxPerHost) || maxPerHost < 1)) {
      throw new RangeError(`Client: maxPerHost must be a whole number from 1, or Infinity, got ${maxPerHost}`);
    }
    this.#hosts = new Hosts(maxPerHost);
  }

  /** As {@link fetch}, within this client's limits. */
  fetch(ctx: Context, input: string | URL | Request, init: RequestInit = {}): Op<Response> {
    contextOf("fetch", "ctx", ctx);
    const isRequest = typeof input === "object" && "url" in input;
    // A Request's own signal counts like init's.
    const all = isRequest && init.signal === undefined ? { ...init, signal: input.signal } : init;
    return new Fetch({ ctx, hosts: this.#hosts, host: hostOf(isRequest ? input.url : input), input, init: all });
  }
}

function hostOf(url: string | URL): string {
  const base = (globalThis as { location?: { href?: string } }).location?.href;
  try {
    return new URL(url, base).origin;
  } catch (error) {
    throw new TypeError(`fetch: input must be a URL, got ${JSON.stringify(String(url))}`, { cause: error });
  }
}

const client = /* @__PURE__ */ new Client();

/**
 * The platform's fetch as an Op that a context can end, and a select: a case that loses is aborted. ctx also holds for the
 * body: when it ends before that has been read, reading fails.
 *
 * Each run is a new request. At most 100 to one host are under way at the same time, bodies included; a {@link Client} has
 * limits of its own.
 *
 * @throws ctx.err() where ctx ends first; what the platform's fetch rejects with; at the call, TypeError for what is no Context
 *   or no URL.
 * Go: `http.DefaultClient.Do(req.WithContext(ctx))`
 * @example
 * const response = yield* fetch(ctx, "https://example.com/");
 * const page = yield* until(response.text());
 */
export function fetch(ctx: Context, input: string | URL | Request, init: RequestInit = {}): Op<Response> {
  return client.fetch(ctx, input, init);
}

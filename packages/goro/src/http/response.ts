// Response: the platform's, made when somebody looks closely.
//
// The platform's Response takes 6 to 16 us to make on Node, which is half of what a small request costs in all. Nearly every
// response of a handler is a status, some headers and a string, and nobody but the server ever looks at it. So this one keeps
// what it was made of, answers what it can from that, and makes the real one when anything else is asked. From then on
// the real one is all that counts.

import type { RecvChan } from "../types.js";

type Real = globalThis.Response;
const Real: typeof globalThis.Response = globalThis.Response;

/** Texts and bytes, one after the other. A string is sent as UTF-8. */
export type Chunk = string | Uint8Array;

/** What the body of a {@link Response} may be: all that fetch has, and a channel, which is sent until it is closed. */
export type ResponseBody = ConstructorParameters<typeof globalThis.Response>[0] | RecvChan<Chunk>;

/** What the server sends without a further look: nothing, or all there is at once. */
export type Whole = string | Uint8Array | null;
/** What it sends as it comes. */
export type Streamed = ReadableStream<Uint8Array> | RecvChan<Chunk>;

const EMPTY_STATUS = new Set([101, 103, 204, 205, 304]);
export const TEXT = "text/plain;charset=UTF-8";

function isChannel(body: unknown): body is RecvChan<Chunk> {
  return typeof (body as Partial<RecvChan<Chunk>> | null)?.recvOk === "function";
}

function isKeptAsIs(body: unknown): body is Whole | Streamed {
  return (
    typeof body === "string" ||
    body instanceof Uint8Array ||
    (typeof ReadableStream === "function" && body instanceof ReadableStream) ||
    isChannel(body)
  );
}

/** A channel as what the platform's Response takes. Nobody pulls: nothing is received. */
function streamOf(channel: RecvChan<Chunk>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const values = channel[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = (await values.next()) as IteratorResult<Chunk, undefined>;
        if (done === true) controller.close();
        else controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
      },
      async cancel() {
        await values.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

class LightResponse {
  private _real: Real | undefined;
  private _status: number;
  private _statusText: string;
  private _init: ResponseInit["headers"];
  private _headers: Headers | undefined;
  private _body: Whole | Streamed;
  /** Known once the body has been decided on. */
  private _type: string | undefined;

  constructor(body?: ResponseBody | null, init?: ResponseInit) {
    const status = init?.status;
    this._real = undefined;
    this._status = status ?? 200;
    this._statusText = init?.statusText ?? "";
    this._init = init?.headers;
    this._headers = undefined;
    this._body = null;
    this._type = undefined;
    if (status !== undefined && (!Number.isInteger(status) || status < 200 || status > 599)) {
      throw new RangeError(`Response: status must be a whole number from 200 to 599, got ${status}`);
    }
    if (body === null || body === undefined) return;
    if (!isKeptAsIs(body)) {
      this._real = new Real(body as ConstructorParameters<typeof Real>[0], init);
      return;
    }
    if (status !== undefined && EMPTY_STATUS.has(status)) {
      throw new TypeError(`Response: a response of status ${status} has no body`);
    }
    this._body = body;
    if (typeof body === "string") this._type = TEXT;
  }

  static json(data: unknown, init?: ResponseInit): LightResponse {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("Response.json: data must be what JSON can say, got " + typeof data);
    const response = new LightResponse(text, init);
    response._type = "application/json";
    return response;
  }
  static error(): Real {
    return Real.error();
  }
  static redirect(url: string | URL, status?: number): Real {
    return Real.redirect(url, status as Parameters<typeof Real.redirect>[1]);
  }

  get [Symbol.toStringTag](): string {
    return "Response";
  }

  /** The platform's. */
  private get _full(): Real {
    if (this._real !== undefined) return this._real;
    const body = isChannel(this._body) ? streamOf(this._body) : this._body;
    const init = { status: this._status, statusText: this._statusText, headers: this.headers };
    this._real = new Real(body, init);
    this._body = null;
    return this._real;
  }

  get status(): number {
    return this._real === undefined ? this._status : this._real.status;
  }
  get statusText(): string {
    return this._real === undefined ? this._statusText : this._real.statusText;
  }
  get ok(): boolean {
    const { status } = this;
    return status >= 200 && status < 300;
  }
  get headers(): Headers {
    if (this._real !== undefined) return this._real.headers;
    if (this._headers === undefined) {
      this._headers = new Headers(this._init);
      if (this._type !== undefined && !this._headers.has("content-type")) this._headers.set("content-type", this._type);
    }
    return this._headers;
  }
  get body(): Real["body"] {
    return this._full.body;
  }
  get bodyUsed(): boolean {
    return this._real?.bodyUsed ?? false;
  }
  get redirected(): boolean {
    return this._full.redirected;
  }
  get type(): Real["type"] {
    return this._full.type;
  }
  get url(): string {
    return this._full.url;
  }
  arrayBuffer(): Promise<ArrayBuffer> {
    return this._full.arrayBuffer();
  }
  blob(): Promise<Awaited<ReturnType<Real["blob"]>>> {
    return this._full.blob();
  }
  bytes(): Promise<Uint8Array> {
    return this._full.bytes();
  }
  clone(): Real {
    return this._full.clone();
  }
  formData(): Promise<Awaited<ReturnType<Real["formData"]>>> {
    return this._full.formData();
  }
  json(): Promise<unknown> {
    return this._full.json();
  }
  text(): Promise<string> {
    return this._full.text();
  }

  /** The platform's, for who needs that. */
  static full(response: Real): Real {
    return response instanceof LightResponse ? response._full : response;
  }

  /** What the server needs, where it is still there. */
  static parts(response: Real): Parts | undefined {
    if (!(response instanceof LightResponse) || response._real !== undefined) return undefined;
    const light = response;
    parts.status = light._status;
    parts.statusText = light._statusText;
    parts.headers = light._headers ?? light._init;
    parts.type = light._headers === undefined ? light._type : undefined;
    parts.body = light._body;
    return parts;
  }
}

/** What a response was made of. One object for all: it is read at once. */
export interface Parts {
  status: number;
  statusText: string;
  headers: ResponseInit["headers"];
  /** The content type that the body brings, unless the headers say another. */
  type: string | undefined;
  body: Whole | Streamed;
}

const parts: Parts = { status: 200, statusText: "", headers: undefined, type: undefined, body: null };

// So that it is an instance of the platform's, for frameworks and tests that ask.
if (Real !== undefined) Object.setPrototypeOf(LightResponse.prototype, Real.prototype);

export const partsOf: (response: Real) => Parts | undefined = LightResponse.parts;
/** The platform's own, whatever was made here. */
export const fullResponse: (response: Real) => Real = LightResponse.full;

export function isStreamed(body: Whole | Streamed): body is Streamed {
  return body !== null && typeof body === "object" && !(body instanceof Uint8Array);
}
export { isChannel };

/** How responses are made: as the platform's. */
export interface ResponseConstructor {
  new (body?: ResponseBody | null, init?: ResponseInit): Real;
  readonly prototype: Real;
  json(data: unknown, init?: ResponseInit): Real;
  error(): Real;
  redirect(url: string | URL, status?: number): Real;
}

/**
 * The platform's Response, many times cheaper to make: it is the one to answer with. Its body may also be a channel of strings
 * and Uint8Arrays, which is sent as it comes, no faster than the client reads, until it is closed.
 *
 * @throws RangeError for a status that is none from 200 to 599; TypeError for a body with a status that has none.
 * @example
 * return new Response("hello");
 * return Response.json({ id: 7 }, { status: 201 });
 */
export const Response = LightResponse as unknown as ResponseConstructor;
export type Response = Real;

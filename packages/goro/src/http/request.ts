// Request as a handler sees it: the platform's, made when somebody looks closely.
//
// The platform's Request takes microseconds to make, and a handler asks it for the method, the URL, a header or two, and the
// body. This one answers those from what node:http has parsed already. What is asked for rarely is answered by a real one
// made then; it takes the body along.

import type { IncomingMessage } from "node:http";
import { typeError } from "../ds/type-error.js";
import { RequestBody, type BodyLimits, type BodyOwner } from "./body.js";
import { HttpError } from "./errors.js";

type Real = globalThis.Request;
const Real: typeof globalThis.Request = globalThis.Request;

/** The request's side of an exchange. */
export interface RequestOwner extends BodyOwner {
  readonly limits: BodyLimits;
  readonly signal: AbortSignal;
  /** What a framework has made of the body, where it has read it. */
  readonly parsedBody: unknown;
}

/** What can be put together without being parsed: no dot segments, nothing to be escaped. */
const plainPath = /^\/(?!\/)(?:[\w\-=&%+,:;@!$()*~/?]|\.(?![./?]|$))*$/;
const plainHost = /^[a-z0-9\-.]+(?::\d+)?$/;

/** The origin of the last request: the next has the same, as a rule. */
let lastHost: string | undefined;
let lastScheme = "";
let lastOrigin: string | undefined;

/** Scheme and host, where they can be put together without being parsed. */
function plainOrigin(scheme: string, host: string): string | undefined {
  if (host === lastHost && scheme === lastScheme) return lastOrigin;
  lastHost = host;
  lastScheme = scheme;
  const isPlain = plainHost.test(host) && !host.endsWith(":80") && !host.endsWith(":443");
  return (lastOrigin = isPlain ? `${scheme}://${host}` : undefined);
}

function urlOf(incoming: IncomingMessage): string {
  // Express cuts off the path that a handler is mounted at.
  const path = (incoming as { originalUrl?: string }).originalUrl ?? incoming.url ?? "/";
  const scheme = (incoming.socket as { encrypted?: boolean } | null)?.encrypted === true ? "https" : "http";
  const host = incoming.headers.host ?? "localhost";
  const origin = plainOrigin(scheme, host);
  if (origin !== undefined && (path === "/" || plainPath.test(path))) return origin + path;
  try {
    return new URL(path.startsWith("/") ? `${scheme}://${host}${path}` : path).href;
  } catch (error) {
    throw new HttpError(400, "the request's URL or Host header is malformed", { cause: error });
  }
}

function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  const { rawHeaders } = incoming;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (!name.startsWith(":")) headers.append(name, rawHeaders[i + 1]!);
  }
  return headers;
}

const decoder = new TextDecoder();

class LightRequest {
  private readonly _owner: RequestOwner;
  private _url: string | undefined;
  private _headers: Headers | undefined;
  private _body: RequestBody | undefined;
  private _real: Real | undefined;

  constructor(owner: RequestOwner) {
    this._owner = owner;
    this._url = undefined;
    this._headers = undefined;
    this._body = undefined;
    this._real = undefined;
  }

  get [Symbol.toStringTag](): string {
    return "Request";
  }
  get method(): string {
    return this._owner.incoming.method ?? "GET";
  }
  get url(): string {
    return (this._url ??= urlOf(this._owner.incoming));
  }
  get headers(): Headers {
    return (this._headers ??= headersOf(this._owner.incoming));
  }
  get signal(): AbortSignal {
    return this._owner.signal;
  }

  private get _mayHaveBody(): boolean {
    return this.method !== "GET" && this.method !== "HEAD";
  }
  private get _reading(): RequestBody {
    return (this._body ??= new RequestBody(this._owner, this._owner.limits));
  }
  get body(): ReadableStream<Uint8Array> | null {
    if (this._real !== undefined) return this._real.body as ReadableStream<Uint8Array> | null;
    if (!this._mayHaveBody) return null;
    return this._owner.parsedBody === undefined
      ? this._reading.stream
      : (this._full.body as ReadableStream<Uint8Array> | null);
  }
  get bodyUsed(): boolean {
    return this._real?.bodyUsed ?? this._body?.isUsed ?? false;
  }
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    if (this._real === undefined && this._owner.parsedBody === undefined) {
      return this._mayHaveBody ? this._reading.collect() : new Uint8Array();
    }
    return new Uint8Array(await this._full.arrayBuffer());
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }
  async text(): Promise<string> {
    return decoder.decode(await this.bytes());
  }
  /** What is no JSON is the client's mistake: it is answered with 400, where the handler does not catch it. */
  async json(): Promise<unknown> {
    const text = await this.text();
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw Object.assign(error as SyntaxError, { status: 400 });
    }
  }
  blob(): Promise<Awaited<ReturnType<Real["blob"]>>> {
    return this._full.blob();
  }
  formData(): Promise<Awaited<ReturnType<Real["formData"]>>> {
    return this._full.formData();
  }
  clone(): Real {
    return this._full.clone();
  }

  /** The platform's. */
  private get _full(): Real {
    if (this._real !== undefined) return this._real;
    const init = { method: this.method, headers: this.headers, signal: this.signal };
    const body = this._mayHaveBody ? this._bodyForReal() : null;
    this._real = new Real(this.url, body === null ? init : { ...init, body, duplex: "half" });
    return this._real;
  }

  private _bodyForReal(): string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null {
    const { parsedBody } = this._owner;
    if (parsedBody === undefined) return this._reading.stream;
    if (typeof parsedBody === "string") return parsedBody;
    if (parsedBody instanceof Uint8Array) return new Uint8Array(parsedBody);
    return parsedBody === null ? null : JSON.stringify(parsedBody);
  }

  static owner(request: object): RequestOwner | undefined {
    return request instanceof LightRequest ? request._owner : undefined;
  }
  static full(request: Real): Real {
    return request instanceof LightRequest ? request._full : request;
  }
}

// The members that have nothing to do with the request at hand: whatever the platform's says.
for (const name of [
  "cache",
  "credentials",
  "destination",
  "duplex",
  "integrity",
  "keepalive",
  "mode",
  "redirect",
  "referrer",
  "referrerPolicy",
] as const) {
  Object.defineProperty(LightRequest.prototype, name, {
    get(this: Real) {
      return LightRequest.full(this)[name as keyof Real];
    },
    configurable: true,
  });
}

// So that it is an instance of the platform's, for frameworks and tests that ask.
if (Real !== undefined) Object.setPrototypeOf(LightRequest.prototype, Real.prototype);

export function requestOf(owner: RequestOwner): Real {
  return new LightRequest(owner) as unknown as Real;
}

/**
 * The address of the client, or of the proxy before it; undefined where a request did not come through serve, express or
 * fastify, or its connection has gone. Go: `r.RemoteAddr`.
 *
 * @throws TypeError where request is no Request.
 */
export function remoteAddress(request: Real): string | undefined {
  if (typeof request !== "object" || request === null) throw typeError("remoteAddress: request", "a Request", request);
  return LightRequest.owner(request)?.incoming.socket?.remoteAddress;
}

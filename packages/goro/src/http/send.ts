// The answer on its way out: whole where it is there whole, else as it comes, no faster than the client takes it.

import type { ServerResponse, IncomingMessage } from "node:http";
import type { Waiter } from "../ds/wait-queue.js";
import { typeError } from "../ds/type-error.js";
import { select } from "../chan/select.js";
import type { CancelContext } from "../context/context.js";
import { done, Operation } from "../runtime/operation.js";
import { sleep } from "../runtime/sleep.js";
import { until } from "../runtime/until.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op, Routine } from "../types.js";
import { declaredLength } from "./body.js";
import {
  fullResponse,
  isChannel,
  isStreamed,
  partsOf,
  TEXT,
  type Chunk,
  type Streamed,
  type Whole,
} from "./response.js";

/** An exchange, as far as the answer is concerned. */
export interface Answer extends CancelContext {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** The client has gone. */
  readonly isGone: boolean;
  isAnswered: boolean;
  readonly isAskingToContinue: boolean;
  /** The handler has begun to read the request's body. */
  readonly isRead: boolean;
  readonly stallMs: number;
  /** The connection ends with this answer. */
  readonly closesAfter: boolean;
}

/** Longer bodies are sent in pieces of this: who does not take one is not sent the next. */
const PIECE = 64 * 1024;

/** More of a body that nobody has read than this, and the connection is closed rather than the rest received. */
const MOST_DISCARDED = 256 * 1024;
/** How long a connection stays open for reading after such an answer: else what the client still sends would reset it. */
const LINGER_MS = 500;

/** Is there more of the request to come than is worth waiting for? */
function leavesMuch(answer: Answer): boolean {
  const { incoming } = answer;
  if (incoming.complete) return false;
  return answer.isAskingToContinue || (declaredLength(incoming) ?? Infinity) > MOST_DISCARDED;
}

interface Lingering {
  destroySoon?: () => void;
  end(): void;
  destroy(): void;
  readonly destroyed: boolean;
}

/** node:http calls destroySoon behind the last answer of a connection. */
function linger(incoming: IncomingMessage): void {
  const socket = incoming.socket as Lingering | null;
  if (typeof socket?.destroySoon !== "function") return;
  socket.destroySoon = () => {
    socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS);
  };
}

/** What stands for the whole message is the server's to say. */
const own = /^(?:content-length|transfer-encoding|connection|keep-alive)$/i;
const hopByHop = /^(?:transfer-encoding|connection|keep-alive)$/i;

/** As node:http takes them: name, value, name, value. */
function rawHeaders(headers: ResponseInit["headers"], type: string | undefined, dropped: RegExp): string[] {
  const raw: string[] = [];
  let hasType = type === undefined;
  const add = (name: string, value: string): void => {
    if (dropped.test(name)) return;
    if (!hasType && name.length === 12 && name.toLowerCase() === "content-type") hasType = true;
    raw.push(name, value);
  };
  if (headers === undefined) {
    // None but the type.
  } else if (typeof (headers as Iterable<unknown>)[Symbol.iterator] === "function") {
    for (const [name, value] of headers as Iterable<[string, string]>) add(name, value);
  } else {
    const record = headers as Record<string, string>;
    for (const name in record) add(name, String(record[name]));
  }
  if (!hasType) raw.push("content-type", type!);
  return raw;
}

function close(answer: Answer, raw: string[], isWhole: boolean): void {
  const much = (isWhole || !answer.isRead) && leavesMuch(answer);
  if (!much && !answer.closesAfter) return;
  raw.push("connection", "close");
  if (much) linger(answer.incoming);
}

function writeHead(outgoing: ServerResponse, status: number, statusText: string, raw: string[]): void {
  if (statusText === "") outgoing.writeHead(status, raw);
  else outgoing.writeHead(status, statusText, raw);
}

/** Sends a response whose body is all there, and says whether it was. */
export function sendWhole(answer: Answer, response: Response): boolean {
  const parts = partsOf(response);
  if (parts === undefined) {
    if (!(response instanceof globalThis.Response))
      throw typeError("serve: what the handler returns", "a Response", response);
    return false;
  }
  const { body } = parts;
  if (isStreamed(body)) return false;
  const length = lengthOf(body);
  if (length > PIECE) return false;
  if (answer.isAnswered || answer.isGone) return true; // too late
  const { outgoing } = answer;
  const { status } = parts;
  const hasNone = status === 204 || status === 304;
  const raw = rawHeaders(
    parts.headers,
    parts.type,
    answer.incoming.method === "HEAD" && body === null ? hopByHop : own,
  );
  if (!hasNone && (body !== null || answer.incoming.method !== "HEAD")) raw.push("content-length", String(length));
  close(answer, raw, true);
  writeHead(outgoing, status, parts.statusText, raw);
  answer.isAnswered = true;
  if (body !== null && length > 0) {
    // Not end(body): node:http would send an empty piece behind it, and so with writev, dearer than a write. As many bytes
    // as characters: that is ASCII, which is cheaper to copy where it is said to be.
    if (length === body.length) outgoing.write(body, "latin1");
    else outgoing.write(body);
    outgoing.socket?.uncork();
  }
  outgoing.end();
  if (length > SMALL) expectTaken(answer);
  return true;
}

function lengthOf(body: Whole): number {
  if (body === null) return 0;
  return typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
}

/** What the kernel takes without a client that reads. */
const SMALL = 16 * 1024;

/** The last of an answer: a client that does not take that either is given up. */
function expectTaken(answer: Answer): void {
  const { outgoing, stallMs } = answer;
  if (outgoing.writableLength === 0 || stallMs === Infinity) return;
  const timer = setTimeout(() => {
    if (!outgoing.writableFinished) outgoing.destroy();
  }, stallMs);
  outgoing.once("close", () => clearTimeout(timer));
}

/** What has not come of a body after so long is not waited for. */
const STALLED = 408;

/** Answers in the handler's place: with a text, or less than that where an answer has begun. */
export function refuse(answer: Answer, status: number, text: string, retryAfterSeconds?: number): void {
  if (answer.isGone) return;
  const { outgoing } = answer;
  if (answer.isAnswered) {
    // Half an answer: the client must see that it is not the whole.
    if (!outgoing.writableEnded) outgoing.destroy();
    return;
  }
  answer.isAnswered = true;
  const raw = ["content-type", TEXT, "content-length", String(Buffer.byteLength(text))];
  if (retryAfterSeconds !== undefined) raw.push("retry-after", String(retryAfterSeconds));
  if (status === STALLED) raw.push("connection", "close");
  else close(answer, raw, true);
  outgoing.writeHead(status, raw);
  outgoing.end(text);
}

// As it comes

/** Completes when the connection has taken what was written, or is no more. */
class Drained extends Operation<void> {
  readonly #answer: Answer;
  #waiter: Waiter | null = null;

  constructor(answer: Answer) {
    super();
    this.#answer = answer;
    const woken = (): void => {
      const w = this.#waiter;
      this.#waiter = null;
      w?.wake();
    };
    answer.outgoing.on("drain", woken);
    answer.outgoing.on("close", woken);
  }
  get reason(): WaitReason {
    return "IO wait";
  }
  poll(): boolean {
    done.value = undefined;
    const { outgoing } = this.#answer;
    return !outgoing.writableNeedDrain || outgoing.destroyed;
  }
  enlist(w: Waiter): void {
    this.#waiter = w;
  }
  withdraw(): void {
    this.#waiter = null;
  }
  finish(): void {}
}

/** Writes to one client. */
class Writer {
  readonly #answer: Answer;
  readonly #drained: Op<void>;
  readonly #ended: Op<void>;

  constructor(answer: Answer) {
    this.#answer = answer;
    this.#drained = new Drained(answer);
    this.#ended = answer.done();
  }

  /** False where there is nobody to write to any more. */
  *write(chunk: Chunk): Routine<boolean> {
    const { outgoing, stallMs } = this.#answer;
    if (this.#answer.hasEnded || outgoing.destroyed) return false;
    if (chunk.length === 0 || outgoing.write(chunk)) return true;
    const cases = { drained: this.#drained, ended: this.#ended, stalled: sleep(stallMs) };
    return (yield* select(cases, { ordered: true })).case === "drained" && !outgoing.destroyed;
  }

  /** What is there next, or undefined where nobody waits for it any more. */
  *next<T>(op: Op<T>): Routine<T | undefined> {
    const got = yield* select({ next: op, ended: this.#ended }, { ordered: true });
    return got.case === "next" ? got.value : undefined;
  }
}

/** Sends a response as its body comes. The goroutine ends with it. */
export function* sendStream(answer: Answer, response: Response): Routine<void> {
  const { outgoing } = answer;
  const parts = partsOf(response);
  let body: Streamed | Whole;
  if (parts === undefined) {
    const full = fullResponse(response);
    if (full.bodyUsed) throw new TypeError("serve: the body of the response has already been read");
    body = full.body as ReadableStream<Uint8Array> | null;
    begin(answer, full.status, full.statusText, full.headers, undefined);
  } else {
    body = parts.body;
    const length = isStreamed(body) ? undefined : lengthOf(body);
    begin(answer, parts.status, parts.statusText, parts.headers, parts.type, length);
  }
  const isWanted = answer.incoming.method !== "HEAD" && !answer.hasEnded && !outgoing.destroyed;
  if (!isWanted && body instanceof ReadableStream) void body.cancel(answer.cause).catch(() => undefined);
  const isWhole = isWanted && body !== null ? yield* sendBody(answer, body) : answer.incoming.method === "HEAD";
  if (!isWhole && body !== null) return void outgoing.destroy();
  outgoing.end();
  expectTaken(answer);
}

function* sendBody(answer: Answer, body: Streamed | string | Uint8Array): Routine<boolean> {
  const writer = new Writer(answer);
  if (!isStreamed(body)) return yield* sendPieces(writer, typeof body === "string" ? Buffer.from(body) : body);
  return yield* isChannel(body) ? sendChannel(writer, body) : sendWebStream(writer, body, answer);
}

function begin(
  answer: Answer,
  status: number,
  statusText: string,
  headers: ResponseInit["headers"],
  type: string | undefined,
  length?: number,
): void {
  if (answer.isAnswered) return; // too late: the body is given up
  const raw = rawHeaders(headers, type, length === undefined ? hopByHop : own);
  if (length !== undefined) raw.push("content-length", String(length));
  close(answer, raw, false);
  writeHead(answer.outgoing, status, statusText, raw);
  answer.isAnswered = true;
}

function* sendPieces(writer: Writer, bytes: Uint8Array): Routine<boolean> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    if (!(yield* writer.write(bytes.subarray(at, at + PIECE)))) return false;
  }
  return true;
}

function* sendChannel(writer: Writer, channel: Extract<Streamed, { recvOk: unknown }>): Routine<boolean> {
  for (;;) {
    const got = yield* writer.next(channel.recvOk());
    if (got === undefined) return false;
    const [chunk, ok] = got;
    if (!ok) return true;
    if (!(yield* writer.write(chunk))) return false;
  }
}

function* sendWebStream(writer: Writer, body: ReadableStream<Uint8Array>, answer: Answer): Routine<boolean> {
  const reader = body.getReader();
  let isOver = false;
  try {
    for (;;) {
      const got = yield* writer.next(until(reader.read()));
      if (got === undefined) return false;
      if (got.done) {
        isOver = true;
        return true;
      }
      if (!(yield* writer.write(got.value))) return false;
    }
  } finally {
    if (!isOver) void reader.cancel(answer.cause).catch(() => undefined);
  }
}

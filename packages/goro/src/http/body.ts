// The body of a request: read once, never longer than allowed, and given up where the client stalls or vanishes.
//
// Nothing is read before somebody asks, and of a stream no more than is asked for: what the handler does not read stays in
// the socket, and TCP slows the client down.

import type { IncomingMessage } from "node:http";
import { HttpError } from "./errors.js";

/** What the body needs of the request it belongs to. */
export interface BodyOwner {
  readonly incoming: IncomingMessage;
  /** Somebody reads the body: what is left of it will be taken. */
  isRead: boolean;
  /** Answers "Expect: 100-continue": the client waits for that before it sends the body. */
  sendContinue(): void;
  /** What to throw where the client has vanished, or the request's context has ended. */
  readonly goneReason: Error;
}

export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly stallMs: number;
}

/** A length that the headers promise, or undefined. */
export function declaredLength(incoming: IncomingMessage): number | undefined {
  const { headers } = incoming;
  if (headers["transfer-encoding"] !== undefined) return undefined;
  return Number(headers["content-length"] ?? 0);
}

const LONGEST_TIMER = 0x7fff_ffff;

interface Sink {
  /** True where it wants no more for now. */
  chunk(bytes: Uint8Array): boolean;
  end(): void;
  fail(error: Error): void;
}

export class RequestBody {
  readonly #owner: BodyOwner;
  readonly #limits: BodyLimits;
  #isUsed = false;
  #stream: ReadableStream<Uint8Array> | undefined;

  constructor(owner: BodyOwner, limits: BodyLimits) {
    this.#owner = owner;
    this.#limits = limits;
  }

  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** All of it. */
  async collect(): Promise<Uint8Array<ArrayBuffer>> {
    this.#use();
    const chunks: Uint8Array[] = [];
    let size = 0;
    await new Promise<void>((resolve, reject) => {
      const reading = this.#read({
        chunk(bytes) {
          chunks.push(bytes);
          size += bytes.length;
          return false;
        },
        end: resolve,
        fail: reject,
      });
      reading.resume();
    });
    const whole = new Uint8Array(size);
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  /** As it comes, no faster than it is read. */
  get stream(): ReadableStream<Uint8Array> {
    return (this.#stream ??= this.#makeStream());
  }

  #makeStream(): ReadableStream<Uint8Array> {
    let reading: Reading | undefined;
    let wanted: (() => void) | undefined;
    const answer = (): void => {
      wanted?.();
      wanted = undefined;
    };
    const begin = (controller: ReadableStreamDefaultController<Uint8Array>): Reading => {
      this.#use();
      return this.#read({
        chunk(bytes) {
          controller.enqueue(new Uint8Array(bytes)); // not the socket's own buffer: the reader may keep or transfer it
          answer();
          return true;
        },
        end() {
          controller.close();
          answer();
        },
        fail(error) {
          controller.error(error);
          answer();
        },
      });
    };
    return new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          return new Promise<void>((resolve) => {
            wanted = resolve;
            (reading ??= begin(controller)).resume();
          });
        },
        cancel() {
          reading?.stop();
        },
      },
      { highWaterMark: 0 },
    );
  }

  #use(): void {
    if (this.#isUsed) throw new TypeError("Body is unusable: Body has already been read");
    this.#isUsed = true;
    this.#owner.isRead = true;
  }

  #read(sink: Sink): Reading {
    return new Reading(this.#owner, this.#limits, sink);
  }
}

/** One pass over the body. Paused to begin with, and after each chunk that the sink has had enough with. */
class Reading {
  readonly #owner: BodyOwner;
  readonly #limits: BodyLimits;
  readonly #sink: Sink;
  #received = 0;
  #isOver = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(owner: BodyOwner, limits: BodyLimits, sink: Sink) {
    this.#owner = owner;
    this.#limits = limits;
    this.#sink = sink;
    const { incoming } = owner;
    incoming.on("data", this.#onData);
    incoming.on("end", this.#onEnd);
    incoming.on("close", this.#onClose);
    incoming.on("error", this.#onClose);
    incoming.pause();
  }

  resume(): void {
    if (this.#isOver) return;
    const { incoming } = this.#owner;
    if (incoming.destroyed && !incoming.complete) return this.#fail(this.#owner.goneReason);
    if ((declaredLength(incoming) ?? 0) > this.#limits.maxBodyBytes) return this.#tooLong();
    this.#owner.sendContinue();
    const { stallMs } = this.#limits;
    if (stallMs < LONGEST_TIMER) this.#timer ??= setTimeout(this.#onStall, stallMs);
    incoming.resume();
  }

  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#disarm();
    const { incoming } = this.#owner;
    incoming.off("data", this.#onData);
    incoming.off("end", this.#onEnd);
    incoming.off("close", this.#onClose);
    incoming.pause();
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#disarm();
    this.#received += chunk.length;
    if (this.#received > this.#limits.maxBodyBytes) return this.#tooLong();
    if (this.#sink.chunk(chunk)) this.#owner.incoming.pause();
    else if (this.#limits.stallMs < LONGEST_TIMER) this.#timer = setTimeout(this.#onStall, this.#limits.stallMs);
  };

  readonly #onEnd = (): void => {
    if (this.#isOver) return;
    this.stop();
    this.#sink.end();
  };

  readonly #onClose = (): void => {
    if (!this.#owner.incoming.complete) this.#fail(this.#owner.goneReason);
  };

  readonly #onStall = (): void => {
    const { stallMs } = this.#limits;
    this.#fail(new HttpError(408, `the client has sent nothing of the request's body for ${stallMs} ms`));
  };

  #tooLong(): void {
    this.#fail(new HttpError(413, `the request's body is longer than ${this.#limits.maxBodyBytes} bytes`));
  }

  #fail(error: Error): void {
    if (this.#isOver) return;
    this.stop();
    this.#sink.fail(error);
  }
}

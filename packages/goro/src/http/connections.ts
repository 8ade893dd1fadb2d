// The connections of a server, and how they end when it stops. Go: net/http/server.go, closeIdleConns
//
// A connection without a request may be sending one just now: closed at once, that request would be lost, though nobody has
// refused it; and the client may not have read yet what it will answer with a request. So a connection is closed once it has
// been at rest for a while, and several looks have found it so. A look comes behind the event loop's events: what had arrived
// by then has been read. A request that comes meanwhile is answered, and told that it was the last.

import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { afterEvents, now } from "../runtime/host.js";

const LOOK_MS = 100;
const LOOKS = 3;

class Connection {
  readonly socket: Socket;
  requests = 0;
  /** On the host's clock: since when there has been no request. */
  restingSince = now();
  /** Looks in a row that found it at rest. */
  rests = 0;

  constructor(socket: Socket) {
    this.socket = socket;
  }
}

export class Connections {
  readonly #open = new Map<object, Connection>();
  readonly #restMs: number;
  #onEmpty: (() => void) | undefined;

  /** `restMs`: how long one must have been at rest. */
  constructor(restMs: number) {
    this.#restMs = restMs;
  }

  get size(): number {
    return this.#open.size;
  }

  add(socket: Socket): void {
    this.#open.set(socket, new Connection(socket));
    socket.once("close", () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#onEmpty?.();
    });
  }

  begins({ socket }: IncomingMessage): void {
    const connection = this.#open.get(socket);
    if (connection === undefined) return;
    connection.requests++;
    connection.rests = 0;
  }

  ended({ socket }: IncomingMessage): void {
    const connection = this.#open.get(socket);
    if (connection === undefined) return;
    connection.requests--;
    connection.restingSince = now();
  }

  /** Ends each once it is at rest; then tells. */
  drain(onEmpty: () => void): void {
    this.#onEmpty = () => {
      this.#onEmpty = undefined;
      onEmpty();
    };
    this.#look();
    if (this.#open.size === 0) queueMicrotask(() => this.#onEmpty?.());
  }

  readonly #look = (): void => {
    if (this.#onEmpty === undefined) return;
    const since = now() - this.#restMs;
    for (const connection of this.#open.values()) {
      if (connection.requests > 0) continue;
      if (++connection.rests >= LOOKS && connection.restingSince <= since) connection.socket.destroySoon();
    }
    setTimeout(() => afterEvents(this.#look), LOOK_MS);
  };

  /** Ends all, with what has been written to them. */
  close(): void {
    for (const { socket } of this.#open.values()) socket.destroySoon();
  }
}

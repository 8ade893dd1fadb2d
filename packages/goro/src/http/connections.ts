// The connections of a server, and how they end when it stops. Go: net/http/server.go, closeIdleConns
//
// A connection without a request may be sending one just now: closed at once, that request would be lost, though nobody has
// refused it. So those that have been at rest for a moment are closed, and one that was busy a moment ago is given the same
// moment; a request that comes on it is answered, and told that it was the last.

import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { now } from "../runtime/host.js";

/** A connection that has been without a request for so long has none on the way. */
const REST_MS = 100;

class Connection {
  readonly socket: Socket;
  requests = 0;
  /** On the host's clock: since when there has been no request. */
  restingSince = now();

  constructor(socket: Socket) {
    this.socket = socket;
  }
}

export class Connections {
  readonly #open = new Map<object, Connection>();
  #sweep: ReturnType<typeof setInterval> | undefined;
  #onEmpty: (() => void) | undefined;

  get size(): number {
    return this.#open.size;
  }

  add(socket: Socket): void {
    const connection = new Connection(socket);
    this.#open.set(socket, connection);
    socket.once("close", () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#onEmpty?.();
    });
  }

  begins({ socket }: IncomingMessage): void {
    const connection = this.#open.get(socket);
    if (connection !== undefined) connection.requests++;
  }

  ended({ socket }: IncomingMessage): void {
    const connection = this.#open.get(socket);
    if (connection === undefined) return;
    connection.requests--;
    connection.restingSince = now();
  }

  /** Ends each as soon as it has been at rest for a moment; then tells. */
  drain(onEmpty: () => void): void {
    this.#onEmpty = () => {
      clearInterval(this.#sweep);
      this.#onEmpty = undefined;
      onEmpty();
    };
    this.#sweep = setInterval(() => this.#closeResting(), REST_MS / 4);
    this.#closeResting();
    if (this.#open.size === 0) queueMicrotask(() => this.#onEmpty?.());
  }

  #closeResting(): void {
    const since = now() - REST_MS;
    for (const { socket, requests, restingSince } of this.#open.values()) {
      if (requests === 0 && restingSince <= since) socket.destroySoon();
    }
  }

  /** Ends all, with what has been written to them. */
  close(): void {
    for (const { socket } of this.#open.values()) socket.destroySoon();
  }
}

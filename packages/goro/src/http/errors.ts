// Errors that have an answer of their own: what the client has done wrong, or what has run out.

/**
 * Thrown by a handler it answers the request: with its status, and its message as text where the status is below 500. It is
 * not logged: only what nobody foresaw is. Reading the body of a request throws it too: 413 where the body is longer than
 * `maxBodyBytes`, 408 where the client stalls, 400 where the JSON is none.
 *
 * @example
 * const user = users.get(id);
 * if (user === undefined) throw new HttpError(404, `no user ${id}`);
 */
export class HttpError extends Error {
  readonly status: number;

  /** @throws RangeError where status is none from 400 to 599. */
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(`HttpError: status must be a whole number from 400 to 599, got ${status}`);
    }
    this.status = status;
  }
  override get name(): string {
    return "HttpError";
  }
}

/** Why a request's context has ended: its client has gone. */
export class ClientGone extends Error {
  constructor() {
    super("http: the client has closed the connection");
  }
  override get name(): string {
    return "ClientGone";
  }
}

/** Why a request's context has ended: its server was closed, or a shutdown ran out of time. Go: http.ErrServerClosed */
export class ServerClosed extends Error {
  constructor() {
    super("http: Server closed");
  }
  override get name(): string {
    return "ServerClosed";
  }
}

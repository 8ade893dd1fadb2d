// Helpers for tests of goro/http that need a server: a raw client, which may misbehave as node:http's would not.
import { connect, type Socket } from "node:net";
import { until, type Routine } from "goro";
import { background, withTimeout } from "goro/context";
import { serve, type Handler, type ServeOptions, type Server } from "goro/http";

/** Runs body with a server that is closed behind it. */
export function* withServer(
  handler: Handler,
  options: ServeOptions,
  body: (server: Server) => Routine<void>,
): Routine<void> {
  const server = yield* serve(handler, { host: "127.0.0.1", ...options });
  try {
    yield* body(server);
  } finally {
    server.close();
    yield* server.ended();
  }
}

/** Shuts down within a time that no test reaches. */
export function* shutDown(server: Server): Routine<void> {
  const [ctx, cancel] = withTimeout(background(), 20_000);
  using _ = cancel;
  yield* server.shutdown(ctx);
}

export interface RawClient {
  readonly socket: Socket;
  /** All that has come. */
  readonly received: string;
  write(text: string | Uint8Array): void;
  /** Resolves once what has come contains the text, and it has come so many times. */
  seen(text: string, times?: number): Promise<string>;
  /** Resolves with all that has come once the connection is closed, by whomever, in whatever way. */
  readonly closed: Promise<string>;
}

export async function rawClient(port: number): Promise<RawClient> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  let look = (): void => undefined;
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    received += text;
    look();
  });
  socket.on("error", () => undefined);
  const closed = new Promise<string>((resolve) => {
    socket.on("close", () => {
      look();
      resolve(received);
    });
  });
  await new Promise((resolve) => socket.once("connect", resolve));
  return {
    socket,
    get received() {
      return received;
    },
    write: (text) => void socket.write(text),
    seen: (text, times = 1) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (received.split(text).length > times) resolve(received);
          else if (socket.destroyed) reject(new Error(`closed without ${text}: ${received}`));
        };
        look();
      }),
    closed,
  };
}

/** As an operation. */
export function* raw(server: Server, text = ""): Routine<RawClient> {
  const client = yield* until(rawClient(server.port));
  if (text !== "") client.write(text);
  return client;
}

export const get = (path: string, more = ""): string => `GET ${path} HTTP/1.1\r\nHost: test\r\n${more}\r\n`;
export const post = (path: string, body: string, more = ""): string =>
  `POST ${path} HTTP/1.1\r\nHost: test\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`;

// Listening on a port, and what is said where that cannot be.

import { Operation } from "../runtime/operation.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Waiter } from "../ds/wait-queue.js";
import type { LocalServer } from "./server.js";

const reasons: Readonly<Record<string, (port: number, host: string) => string>> = {
  EADDRINUSE: (port, host) =>
    `port ${port} on ${host} is in use, by another program or another server of this one: choose another, or 0 for any that is free`,
  EACCES: (port) => `port ${port} may not be used by this user: choose one from 1024 on`,
  EADDRNOTAVAIL: (_, host) => `${host} is no address of this machine`,
  ENOTFOUND: (_, host) => `there is no host called ${host}`,
};

/** What went wrong, in words, with the platform's error as its cause and its code. */
function listenError(error: unknown, port: number, host: string | undefined): Error {
  const { code, message } = error as { code?: string; message?: string };
  const say = code === undefined ? undefined : reasons[code];
  const text = say?.(port, host ?? "all addresses") ?? `cannot listen on port ${port}: ${message}`;
  return Object.assign(new Error(`serve: ${text}`, { cause: error }), code === undefined ? {} : { code });
}

/** One attempt to listen, for one waiter. */
class Attempt {
  readonly server: LocalServer;
  error: Error | undefined = undefined;
  isWithdrawn = false;

  constructor(server: LocalServer) {
    this.server = server;
  }
}

/** Completes with a server that listens; throws where it cannot. Withdrawn, it does not listen. */
export class Listen extends Operation<LocalServer> {
  readonly #make: () => LocalServer;
  readonly #options: { readonly reusePort: boolean; readonly port?: number };

  constructor(make: () => LocalServer, options: { readonly reusePort: boolean; readonly port?: number }) {
    super();
    this.#make = make;
    this.#options = options;
  }
  get reason(): WaitReason {
    return "IO wait";
  }
  poll(): boolean {
    return false;
  }
  enlist(w: Waiter): void {
    const server = this.#make();
    const attempt = new Attempt(server);
    w.value = attempt;
    const { host } = server.settings;
    const port = this.#options.port ?? server.settings.port;
    const settle = (): void => {
      if (attempt.isWithdrawn) server.close();
      else w.wake();
    };
    server.node.once("error", (error) => {
      attempt.error = listenError(error, port, host);
      if (!attempt.isWithdrawn) w.wake();
    });
    const { reusePort } = this.#options;
    const where = {
      port,
      ...(host === undefined ? {} : { host }),
      ...(reusePort ? { reusePort } : {}),
      backlog: BACKLOG,
    };
    server.node.listen(where, () => {
      server.node.removeAllListeners("error");
      server.listens();
      settle();
    });
  }
  withdraw(w: Waiter): void {
    (w.value as Attempt).isWithdrawn = true;
  }
  finish(outcome: unknown): LocalServer {
    const { server, error } = outcome as Attempt;
    if (error !== undefined) throw error;
    return server;
  }
}

/** Connections that the kernel keeps until they are accepted: it takes what it allows of that. */
const BACKLOG = 4096;

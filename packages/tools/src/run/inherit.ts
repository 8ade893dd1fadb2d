// Forked processes and worker threads of a program are to run TypeScript as it does. Both take after the command line that
// Node was started with, on which the loader does not stand, as `goro run` loads it later.
import { createRequire, syncBuiltinESMExports } from "node:module";

type Threads = typeof import("node:worker_threads");

/** Puts `flags` on the command line that forks and worker threads inherit. */
export function inherit(flags: readonly string[]): void {
  process.execArgv.push(...flags); // all that child_process.fork() looks at
  const threads = createRequire(import.meta.url)("node:worker_threads") as { Worker: Threads["Worker"] };
  threads.Worker = class Worker extends threads.Worker {
    constructor(...[file, options]: ConstructorParameters<Threads["Worker"]>) {
      super(file, { execArgv: process.execArgv, ...options });
    }
  };
  syncBuiltinESMExports();
}

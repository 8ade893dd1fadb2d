// The module that a new thread loads: makes it a processor of the program that started it. Where the library is bundled, this
// is part of the bundle, and happens as soon as the bundle is loaded there.

import { me, mem, procAt, Proc, ProcState } from "../arena/arena.js";
import { wake } from "../arena/inbox.js";
import { builtin } from "../runtime/builtin.js";
import { isAnotherCore, nodeProcess, processorKey, versions } from "../runtime/host.js";
import { processor } from "../runtime/processor.js";
import { arriveWithBuffers } from "./buffers.js";
import { receivedByPort, usePorts, type PortMessage } from "./ports.js";
import { enterAsProcessor, quiesce, useHost, type Host } from "./processors.js";
import { isLoading } from "./tasks.js";
import { waiting, type FromThread, type NodePort, type Start, type WorkerThreads } from "./threads.js";
import { useEntry } from "./workers.js";
import "./kinds.js";

function arrive(start: Start): void {
  enterAsProcessor(start.buffer, start.id);
  arriveWithBuffers(start.buffers);
  const { port, awaitedPort } = start;
  if (nodeProcess !== undefined && start.script !== undefined) nodeProcess.argv[1] = start.script;
  useHost(nodeProcess === undefined || port === undefined ? hostInPage() : hostInNode(nodeProcess, port, awaitedPort));
  processor.askForTurn();
}

function hostInPage(): Host {
  const page = globalThis as unknown as {
    postMessage(message: FromThread, transfer: readonly object[]): void;
    onmessage: (event: { readonly data: PortMessage }) => void;
  };
  page.onmessage = (event) => receivedByPort(event.data);
  usePorts({ send: (port, transfer) => page.postMessage({ port, transfer }, transfer), receive: () => false });
  return { tell: (message, transfer = []) => page.postMessage(message, transfer), sleeps() {} };
}

function hostInNode(host: NodeJS.Process, port: NodePort<PortMessage>, awaited = port): Host {
  const node = builtin<WorkerThreads>("node:worker_threads")!;
  const tell = (message: FromThread, transfer: readonly object[] = []): void => port.postMessage(message, transfer);
  const receive = (): void => {
    for (const message of waiting(node, port)) receivedByPort(message);
    if (awaited !== port) for (const message of waiting(node, awaited)) receivedByPort(message);
  };
  port.on("message", receivedByPort);
  port.unref();
  usePorts({
    send(message, transfer) {
      if (message.awaited && message.to === 0 && awaited !== port) awaited.postMessage(message, transfer);
      else tell({ port: message, transfer }, transfer);
    },
    receive: () => (receive(), true),
  });
  printThrough(host.stdout, 1, tell);
  printThrough(host.stderr, 2, tell);
  if ("bun" in versions) consoleThrough(host);
  if ("deno" in versions) return { tell, sleeps: () => (receive(), sleepInDeno()) };
  host.on("beforeExit", "bun" in versions ? quiesceInBun : quiesce);
  return { tell, sleeps() {} };
}

let hasLookedAgain = false;

/** Bun says that its event loop has run empty before it has looked at the rejections that nobody handles. */
function quiesceInBun(): void {
  hasLookedAgain = !hasLookedAgain;
  if (hasLookedAgain) setImmediate(() => undefined);
  else quiesce();
}

let keptRunning: unknown;

/**
 * Deno does not say when a worker's event loop has run empty, and ends the worker then. So it is kept running, and a core
 * counts as quiescent when it has no goroutine that could be waiting for something.
 */
function sleepInDeno(): void {
  keptRunning ??= setInterval(() => undefined, 2 ** 30);
  if (mem[procAt(me) + Proc.alive] !== 0 || isLoading()) return;
  const at = procAt(me) + Proc.state;
  if (Atomics.compareExchange(mem, at, ProcState.sleeping, ProcState.quiescent) === ProcState.sleeping) wake(0);
}

type Write = (chunk: string | Uint8Array, encoding?: unknown, told?: unknown) => boolean;

/** Whatever is printed here goes to the main thread at once, whole, so that it is there before anything that comes after it. */
function printThrough(stream: NodeJS.WriteStream, print: 1 | 2, tell: (message: FromThread) => void): void {
  const write: Write = (chunk, encoding, told) => {
    tell({ print, chunk: typeof chunk === "string" ? chunk : new Uint8Array(chunk) });
    const callback = typeof encoding === "function" ? encoding : told;
    if (typeof callback === "function") queueMicrotask(callback as () => void);
    return true;
  };
  stream.write = write;
}

/** Bun's own console writes past the streams. */
function consoleThrough(host: NodeJS.Process): void {
  const { Console } = builtin<{ Console: new (out: unknown, errors: unknown) => Console }>("node:console")!;
  Object.assign(console, new Console(host.stdout, host.stderr));
}

useEntry(import.meta.url);
if (isAnotherCore()) arrive((globalThis as unknown as Record<symbol, Start>)[processorKey]!);

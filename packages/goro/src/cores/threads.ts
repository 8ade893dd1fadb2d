// A thread with a processor on it: how it is started on this platform, how one talks to it, and how one learns that it is
// gone.
//
// No worker file is asked of anybody: the thread runs two lines that leave there where it belongs (processorKey) and then load
// the module that reads it. In a bundle that is the bundle itself.

import { builtin } from "../runtime/builtin.js";
import { nodeProcess, processorKey, versions } from "../runtime/host.js";
import type { PortMessage } from "./ports.js";

/** What a new thread finds under processorKey. */
export interface Start {
  readonly buffer: SharedArrayBuffer;
  readonly id: number;
  /** The module to load: arrive.ts. */
  readonly entry: string;
  /** What the program was started with: process.argv[1]. */
  readonly script: string | undefined;
  readonly buffers: ReadonlyMap<number, SharedArrayBuffer>;
  /** To the main thread. Undefined in a browser, where the thread's own messages do. */
  readonly port?: NodePort<PortMessage>;
  /** On Deno, to and from the main thread: see startInNode. */
  readonly awaitedPort?: NodePort<PortMessage>;
}

/** From a thread to the main one. */
export type FromThread =
  | { readonly print: 1 | 2; readonly chunk: string | Uint8Array }
  | { readonly exit: number | undefined }
  | { readonly port: PortMessage; readonly transfer: readonly object[] };

export interface ThreadEvents {
  message(message: FromThread): void;
  /** It has ended although nobody wanted it to. */
  lost(why: string): void;
}

export interface Thread {
  /** Keeps this program's event loop running, or no longer. */
  ref(): void;
  unref(): void;
  post(message: PortMessage, transfer: readonly object[]): void;
  /** Takes the messages that have come and that the event loop has not got round to. */
  receive(): void;
}

// Of Node, Bun and Deno, and of browsers: their types are not all there where this is compiled.

interface NodeWorker {
  ref(): void;
  unref(): void;
  on(event: "exit", listener: (code: number) => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
}
export interface NodePort<M> {
  on(event: "message", listener: (message: M) => void): void;
  postMessage(message: unknown, transfer: readonly object[]): void;
  unref(): void;
}
export interface WorkerThreads {
  Worker: new (source: URL, options: object) => NodeWorker;
  MessageChannel: new <M>() => { port1: NodePort<M>; port2: NodePort<PortMessage> };
  receiveMessageOnPort<M>(port: NodePort<M>): { message: M } | undefined;
}
interface PageWorker {
  onmessage: (event: { readonly data: FromThread }) => void;
  onerror: (event: { readonly message: string }) => void;
  postMessage(message: unknown, transfer?: readonly object[]): void;
}

const key = JSON.stringify(Symbol.keyFor(processorKey));
const load = (start: string): string => `globalThis[Symbol.for(${key})]=${start};import(${start}.entry)`;

// A module, and not a script to be evaluated: those Node starts without what `--import` names, such as a loader of TypeScript.
const nodeSource = `data:text/javascript,${encodeURIComponent(`import{workerData as d}from"node:worker_threads";${load("d")}`)}`;

export function startThread(start: Start, events: ThreadEvents): Thread {
  const node = nodeProcess === undefined ? undefined : builtin<WorkerThreads>("node:worker_threads");
  return node === undefined ? startInPage(start, events) : startInNode(node, start, events);
}

function startInNode(node: WorkerThreads, start: Start, events: ThreadEvents): Thread {
  const { port1, port2 } = new node.MessageChannel<FromThread>();
  // Deno may have taken a message off a port that is listened to before it calls the listener: who waits for it with the
  // thread would never see it. So what is waited for comes through a port that nobody listens to.
  const awaited = "deno" in versions ? new node.MessageChannel<PortMessage>() : undefined;
  const ports = [port2, ...(awaited === undefined ? [] : [awaited.port2])];
  const worker = new node.Worker(new URL(nodeSource), {
    name: `goro ${start.id}`,
    argv: nodeProcess!.argv.slice(2),
    workerData: { ...start, port: port2, awaitedPort: awaited?.port2 },
    transferList: ports,
  });
  const receive = (): void => {
    for (const message of waiting(node, port1)) events.message(message);
    if (awaited !== undefined) for (const port of waiting(node, awaited.port1)) events.message({ port, transfer: [] });
  };
  let why = "";
  worker.on("error", (error) => (why = error instanceof Error ? (error.stack ?? String(error)) : String(error)));
  worker.on("exit", (code) => {
    receive();
    events.lost(why === "" ? `exit code ${code}` : why);
  });
  port1.on("message", (message) => events.message(message));
  port1.unref();
  return {
    ref: () => worker.ref(),
    unref: () => worker.unref(),
    post: (message, transfer) => (message.awaited ? (awaited?.port1 ?? port1) : port1).postMessage(message, transfer),
    receive,
  };
}

/** The messages that have come through a port, without the event loop. */
export function* waiting<M>(node: WorkerThreads, port: NodePort<M>): Generator<M> {
  for (let m = node.receiveMessageOnPort(port); m !== undefined; m = node.receiveMessageOnPort(port)) yield m.message;
}

function startInPage(start: Start, events: ThreadEvents): Thread {
  const { Worker } = globalThis as unknown as { Worker: new (url: string, options: object) => PageWorker };
  const source = `onmessage=({data:d})=>{onmessage=null;${load("d")}}`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module", name: `goro ${start.id}` });
  worker.onmessage = (event) => events.message(event.data);
  worker.onerror = (event) => events.lost(event.message);
  worker.postMessage(start);
  return {
    ref() {},
    unref() {},
    post: (message, transfer) => worker.postMessage(message, transfer),
    receive() {},
  };
}

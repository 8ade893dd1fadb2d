// The other processors as the main thread sees them: it starts their threads, replaces one that is gone, prints what they
// print, and passes on what they send each other through ports.

import { arenaBuffer, Header, mem, procAt, Proc, ProcState, stateOf, tagOf } from "../arena/arena.js";
import { allocate } from "../arena/blocks.js";
import { Message, MessageKind, post } from "../arena/inbox.js";
import { giveUpRing } from "../arena/run-ring.js";
import { builtin } from "../runtime/builtin.js";
import { exitProcess, printError } from "../runtime/exit.js";
import { nodeProcess, versions } from "../runtime/host.js";
import { processor } from "../runtime/processor.js";
import { knownBuffers } from "./buffers.js";
import { receivedByPort, usePorts, type PortMessage } from "./ports.js";
import { startThread, type FromThread, type Thread } from "./threads.js";

/** In a message that a processor was lost: its tag. */
export const LOST_TAG = 3;

let entry = "";
/** The URL of the module that a new thread loads. */
export function useEntry(url: string): void {
  entry = url;
}

/** By processor. Empty but on the main thread. */
const threads: (Thread | undefined)[] = [];

export function startWorker(id: number): void {
  if (threads.length === 0) {
    usePorts({ send: forward, receive: () => (receiveFromWorkers(), true) });
    // What other cores have printed, where the program ends by process.exit.
    nodeProcess?.on("exit", receiveFromWorkers);
  }
  const tag = tagOf(id);
  const thread = startThread(
    { buffer: arenaBuffer(), id, entry, script: nodeProcess?.argv[1], buffers: knownBuffers() },
    { message: fromThread, lost: (why) => replace(id, tag, why) },
  );
  threads[id] = thread;
  if (!isHeld) thread.unref();
}

function fromThread(message: FromThread): void {
  if ("print" in message) print(message.print, message.chunk);
  else if ("exit" in message) exitProcess(message.exit);
  else if (message.port.to === 0) receivedByPort(message.port);
  else forward(message.port, message.transfer);
}

function print(to: 1 | 2, chunk: string | Uint8Array): void {
  if (nodeProcess === undefined) console.log(chunk);
  else if ("bun" in versions) writeNow(to, Buffer.from(chunk));
  else (to === 1 ? nodeProcess.stdout : nodeProcess.stderr).write(chunk);
}

interface FileSystem {
  writeSync(to: number, bytes: Uint8Array, from: number): number;
}

/** As Bun's console does: the lines of both would be mixed if these went through the stream. */
function writeNow(to: number, bytes: Uint8Array): void {
  const fs = builtin<FileSystem>("node:fs")!;
  for (let from = 0; from < bytes.length;) {
    try {
      from += fs.writeSync(to, bytes, from);
    } catch (error) {
      if ((error as { code?: unknown }).code !== "EAGAIN") return; // nobody reads any more
      Atomics.wait(mem, 0, 0, 1); // the pipe is full; the arena's first word is never written
    }
  }
}

function forward(message: PortMessage, transfer: readonly object[]): void {
  threads[message.to]?.post(message, transfer);
}

/** What has come through ports, without the event loop. */
export function receiveFromWorkers(): void {
  for (const thread of threads) thread?.receive();
}

/** A thread has gone. Its queue goes to the others, all are told, and another thread takes its place. */
function replace(id: number, tag: number, why: string): void {
  if (processor.stopped || tagOf(id) !== tag) return;
  printError(`goro: worker ${id} was lost: ${why}`);
  const p = procAt(id);
  const state = Atomics.exchange(mem, p + Proc.state, ProcState.dead);
  if (state === ProcState.sleeping || state === ProcState.quiescent) Atomics.sub(mem, Header.idle, 1);
  giveUpRing(id);
  for (let to = 0; to < mem[Header.procs]!; to++) {
    if (stateOf(to) === ProcState.dead) continue;
    const message = allocate(Message.WORDS);
    mem[message + Message.kind] = MessageKind.processorLost;
    mem[message + LOST_TAG] = tag;
    post(to, message);
  }
  mem[p + Proc.goroutines] = mem[p + Proc.goroutines]! - mem[p + Proc.alive]!;
  mem[p + Proc.alive] = 0;
  Atomics.store(mem, p + Proc.inbox, 0);
  Atomics.add(mem, p + Proc.generation, 1);
  Atomics.store(mem, p + Proc.state, ProcState.starting);
  startWorker(id);
  processor.askForTurn();
}

/**
 * Is any other processor at work, or about to be? Looks twice: one that is quiescent at the first look at it may be woken by
 * one that goes quiescent before it is looked at.
 */
function othersAreBusy(): boolean {
  const wakes = wakesIfQuiescent();
  return wakes === undefined || wakes !== wakesIfQuiescent();
}

/** How often the others have been woken; undefined where one of them is not quiescent. */
function wakesIfQuiescent(): number | undefined {
  const procs = mem[Header.procs]!;
  let wakes = 0;
  for (let id = 1; id < procs; id++) {
    const state = stateOf(id);
    if (state !== ProcState.quiescent && state !== ProcState.dead) return undefined;
    wakes += Atomics.load(mem, procAt(id) + Proc.wake);
  }
  return wakes;
}

let isHeld = false;

/** The event loop of the main thread goes on while another processor is at work. */
export function holdMain(): void {
  const busy = othersAreBusy();
  if (busy === isHeld) return;
  isHeld = busy;
  if (isDeno) return holdInDeno(busy);
  for (const thread of threads) {
    if (busy) thread?.ref();
    else thread?.unref();
  }
}

const isDeno = "deno" in versions;
let keptRunning: ReturnType<typeof setInterval> | undefined;

/** There a worker that has once been let go keeps nothing running any more. */
function holdInDeno(busy: boolean): void {
  if (busy) keptRunning = setInterval(() => undefined, 2 ** 30);
  else clearInterval(keptRunning);
}

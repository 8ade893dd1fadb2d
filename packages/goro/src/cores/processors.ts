// Processors on other cores: each a worker thread with a scheduler of its own. Go: runtime/proc.go, findrunnable and wakep
//
// A processor that has nothing to run looks for a task: in its own ring, in the global queue, in the ring of another. It then
// spins for a moment, looking at its inbox and the rings, and sleeps: in its event loop, or where that has nothing left to
// wait for, in Atomics.wait (quiescent). Whoever leaves a task wakes one that sleeps, unless somebody is looking already;
// whoever finds one while looking wakes the next.
//
//   I1  a processor says that it sleeps before it looks at its inbox and all queues for the last time, and whoever leaves
//       something there looks at that afterwards: so nothing is left to one that sleeps;
//   I2  at most half of the processors spin at once;
//   I3  the main thread is kept alive while any other is not quiescent, so that its event loop runs empty, and deadlock is
//       found, exactly when no core can wake any.

import { free } from "../arena/blocks.js";
import {
  type Addr,
  enterArena,
  hasArena,
  Header,
  makeArena,
  me,
  mem,
  myTag,
  MOST_PROCS,
  procAt,
  Proc,
  ProcState,
  processorOf,
  stateOf,
} from "../arena/arena.js";
import { hasMessages, inbox, Message, MessageKind, takeMessages, wake } from "../arena/inbox.js";
import { giveUpRing, globalLength, ringLength, stealTasks, takeGlobal, takeTask } from "../arena/run-ring.js";
import { afterEvents, isAnotherCore, nodeProcess, now } from "../runtime/host.js";
import type { Ring } from "../ds/ring.js";
import type { Goroutine } from "../runtime/goroutine.js";
import { sliceIsOver } from "../runtime/slice.js";
import { maxProcs, oneCore, shareMaxProcs } from "../runtime/max-procs.js";
import { processor, type CoreCounts, type Cores } from "../runtime/processor.js";
import { firstFreeId, goroutinesHere } from "../runtime/scheduler.js";
import { choose } from "../runtime/choose.js";
import { lostHolder } from "./locks.js";
import { cameHome, lostProcessor, startTask, taken } from "./tasks.js";
import { leakedElsewhere, sightElsewhere, sightElsewhereNow } from "./sightings.js";
import { holdMain, LOST_TAG, receiveFromWorkers, startWorker } from "./workers.js";
import { commit, over, refuses, served } from "./waiting.js";
import type { FromThread } from "./threads.js";

/** How long a processor looks for work before it sleeps. */
const SPIN_MS = 0.05;
const ID_BATCH = 16;
/** The word of a message that says for which thread it is: Node.processor and Task.creator. */
const ADDRESSEE = 3;

/** A task is started every so many looks at the inbox, also where there is always something else to run. */
const LOOKS_PER_TASK = 4;
let looks = 0;

function receive(): void {
  publish();
  if (mem[Header.stopped] !== 0) stop();
  if (++looks % LOOKS_PER_TASK === 0 && processor.runQueue.length > 0 && mayTake()) {
    const task = takeTask() || takeGlobal();
    if (task !== 0) startTask(task);
  }
  for (let message = takeMessages(); message !== 0;) {
    const next = mem[message + Message.next]!;
    const kind = mem[message + Message.kind]!;
    if (kind === MessageKind.processorLost) lost(message);
    else if (mem[message + ADDRESSEE] !== myTag)
      free(message, Message.WORDS); // its thread has been replaced
    else if (kind < MessageKind.returned) served(message);
    else cameHome(message);
    message = next;
  }
}

/** The program is ending. */
function stop(): void {
  if (me === 0) receiveFromWorkers();
  processor.stopped = true;
}

function lost(message: Addr): void {
  const tag = mem[message + LOST_TAG]!;
  free(message, Message.WORDS);
  lostHolder(tag);
  lostProcessor(tag, (fn, id) => new Error(`worker ${processorOf(tag)} was lost, and with it goroutine ${id}, ${fn}`));
}

function mayTake(): boolean {
  return me < endOfProcs() && (me !== 0 || !mainIsFree());
}

/** Does the main thread leave all tasks to others? Not where there may be no others. */
function mainIsFree(): boolean {
  return mem[Header.mainIsFree]! !== 0 && mem[Header.maxProcs]! > 1;
}

/** Those from here on run no tasks. */
function endOfProcs(): number {
  return mem[Header.maxProcs]! + (mainIsFree() ? 1 : 0);
}

/** The rings of the others, from a random one on; then one of theirs. */
function steal(): number {
  const procs = mem[Header.procs]!;
  if (procs === 1) return 0;
  const from = choose(procs);
  for (let i = 0; i < procs; i++) {
    const victim = (from + i) % procs;
    if (victim === me || ringLength(victim) <= 0) continue;
    const task = stealTasks(victim);
    if (task !== 0) return task;
  }
  return 0;
}

function findTask(): number {
  return takeTask() || takeGlobal() || steal();
}

function findWork(): boolean {
  receive();
  if (processor.stopped) return false;
  if (processor.runQueue.length > 0) return true;
  if (mayTake()) {
    const task = findTask();
    if (task !== 0) {
      startTask(task);
      return true;
    }
  }
  return spin();
}

function work(run: (queue: Ring<Goroutine>) => void): void {
  const { runQueue } = processor;
  while (!processor.stopped && runQueue.length === 0 && !sliceIsOver() && findWork()) run(runQueue);
}

/** Looks on for a moment, if not too many do. */
function spin(): boolean {
  const procs = Math.min(mem[Header.procs]!, endOfProcs());
  if (procs < 2 || !mayTake() || mem[Header.spinning]! * 2 >= procs) return false;
  if (processor.id === 0 && processor.urgent.length > 0) return false;
  Atomics.add(mem, Header.spinning, 1);
  const until = Math.min(now() + SPIN_MS, processor.sliceEnd);
  let task = 0;
  let found = false;
  do {
    for (let i = 0; i < 32 && !found; i++) {
      found = hasMessages(me) || globalLength() > 0;
      for (let id = 0; id < procs && !found; id++) found = ringLength(id) > 0;
    }
    if (found && !hasMessages(me)) {
      task = findTask();
      found = task !== 0;
    }
  } while (!found && now() < until);
  Atomics.sub(mem, Header.spinning, 1);
  // Who has left a task meanwhile has woken nobody, as this one was looking.
  if (task === 0 && !hasMessages(me)) task = findTask();
  if (tasksWait()) wakeAnother();
  if (task !== 0) startTask(task);
  else if (hasMessages(me)) receive();
  else return false;
  return true;
}

function tasksWait(): boolean {
  if (globalLength() > 0) return true;
  const procs = mem[Header.procs]!;
  for (let id = 0; id < procs; id++) if (ringLength(id) > 0) return true;
  return false;
}

/** A task has been left: somebody shall take it. */
export function wakeAnother(): void {
  if (Atomics.load(mem, Header.spinning) !== 0) return;
  const procs = Math.min(mem[Header.procs]!, endOfProcs());
  if (Atomics.load(mem, Header.idle) > 0) {
    for (let id = 0; id < procs; id++) {
      if (id === me || (id === 0 && mainIsFree())) continue;
      const state = stateOf(id);
      if (state === ProcState.sleeping || state === ProcState.quiescent) return wake(id);
    }
  }
  if (procs < endOfProcs() && starting(procs) < globalLength() + Math.max(1, ringLength(me))) startProcessor();
}

function starting(procs: number): number {
  let n = 0;
  for (let id = 1; id < procs; id++) if (stateOf(id) === ProcState.starting) n++;
  return n;
}

/** After `go` has left a task in this processor's ring. */
export function taskLeft(): void {
  wakeAnother();
  if (!processor.active) processor.askForTurn();
}

// Sleeping and waking

let waitingForWake = false;

function rest(): void {
  publish();
  if (processor.stopped) return;
  const p = procAt(me);
  const word = Atomics.load(mem, p + Proc.wake);
  Atomics.add(mem, Header.idle, 1);
  Atomics.store(mem, p + Proc.state, ProcState.sleeping);
  if (hasMessages(me) || Atomics.load(mem, Header.stopped) !== 0 || (mayTake() && tasksWait())) {
    wake(me);
    if (!processor.active) processor.askForTurn();
    return;
  }
  // The main thread's stays where it is: others take from there.
  if (me !== 0 && !mayTake()) {
    giveUpRing(me);
    // On its way between two queues a task is seen by nobody who goes to sleep meanwhile.
    if (globalLength() > 0) wakeAnother();
  }
  if (me === 0) holdMain();
  else host!.sleeps();
  if (waitingForWake) return;
  waitingForWake = true;
  const waited = Atomics.waitAsync(mem, p + Proc.wake, word);
  if (waited.async) void waited.value.then(woken);
  else queueMicrotask(woken);
}

function woken(): void {
  waitingForWake = false;
  if (!processor.active) processor.askForTurn();
}

function enter(): void {
  const at = procAt(me) + Proc.state;
  for (let state = Atomics.load(mem, at); state !== ProcState.running; state = Atomics.load(mem, at)) {
    if (Atomics.compareExchange(mem, at, state, ProcState.running) !== state) continue;
    Atomics.sub(mem, Header.idle, 1);
    break;
  }
  if (me === 0 && mem[Header.wanted]! > 0) startWanted();
  receive();
}

/** What the threads that this one replaces have left in the count. */
let goroutinesBefore = 0;

function publish(): void {
  const here = goroutinesHere() + idsGiven;
  mem[procAt(me) + Proc.goroutines] = here + goroutinesBefore;
  mem[procAt(me) + Proc.alive] = here + taken;
  mem[procAt(me) + Proc.runnable] = processor.runQueue.length + processor.urgent.length;
}

/** Ids are given out in batches, of which every core has its own. */
let nextId = 0;
let endOfIds = 0;
let idsGiven = 0;

function newId(): number {
  if (nextId === endOfIds) {
    nextId = Atomics.add(mem, Header.nextId, ID_BATCH);
    endOfIds = nextId + ID_BATCH;
  }
  idsGiven++;
  return nextId++;
}

function goroutinesMore(): number {
  let n = idsGiven;
  const procs = mem[Header.procs]!;
  for (let id = 0; id < procs; id++) if (id !== me) n += Atomics.load(mem, procAt(id) + Proc.goroutines);
  return n;
}

function counts(): CoreCounts {
  publish();
  const started = Array.from({ length: mem[Header.procs]! }, (_, id) => id);
  const states = started.map(stateOf);
  const processors = mem[Header.maxProcs]!;
  const asleep = states.filter((s) => s === ProcState.sleeping || s === ProcState.quiescent).length;
  return {
    processors,
    threads: states.filter((s) => s !== ProcState.dead && s !== ProcState.none).length,
    idle: asleep + Math.max(0, processors - started.length),
    spinning: mem[Header.spinning]!,
    sleepingThreads: asleep,
    global: globalLength(),
    local: started.map((id) => Math.max(0, ringLength(id)) + mem[procAt(id) + Proc.runnable]!),
  };
}

// Starting others

function startProcessor(): void {
  if (me !== 0) {
    Atomics.store(mem, Header.wanted, 1);
    wake(0);
    return;
  }
  const id = mem[Header.procs]!;
  if (id >= MOST_PROCS) return;
  Atomics.store(mem, procAt(id) + Proc.state, ProcState.starting);
  Atomics.store(mem, Header.procs, id + 1);
  startWorker(id);
}

function startWanted(): void {
  Atomics.store(mem, Header.wanted, 0);
  if (tasksWait()) wakeAnother();
}

/** The platform of a processor that is not the first. */
export interface Host {
  tell(message: FromThread, transfer?: readonly object[]): void;
  /** Its processor has nothing to run. */
  sleeps(): void;
}
let host: Host | null = null;

export const cores: Cores = {
  receive,
  enter,
  work,
  rest,
  commit,
  refuses,
  over,
  newId,
  goroutinesMore,
  publish,
  sightElsewhere,
  sightElsewhereNow,
  leakedElsewhere,
  counts,
  finish() {
    Atomics.store(mem, Header.stopped, 1);
    receiveFromWorkers();
  },
  exit(code) {
    Atomics.store(mem, Header.stopped, 1);
    host!.tell({ exit: code });
    wake(0);
  },
};

const maxProcsOfAll = {
  get: (): number => Atomics.load(mem, Header.maxProcs),
  set(n: number): void {
    Atomics.store(mem, Header.maxProcs, n);
    if (tasksWait()) wakeAnother();
  },
  keepMainFree(on: boolean): void {
    Atomics.store(mem, Header.mainIsFree, on ? 1 : 0);
    if (tasksWait()) wakeAnother();
  },
};

function installCores(): void {
  processor.cores = cores;
  // A message that is left from a callback of the event loop needs a turn here, or holds the loop: see I3.
  inbox.woke = () => {
    if (!processor.active) processor.askForTurn();
  };
}

let said = false;

function sayOnce(): void {
  if (said) return;
  said = true;
  console.warn(
    "goro: there is no SharedArrayBuffer, so parallel functions run on this one core: " +
      "serve the page cross-origin isolated, with COOP same-origin and COEP require-corp",
  );
}

/** Makes this program one of several cores. False where there is no shared memory. */
export function openCores(): boolean {
  if (hasArena()) return true;
  if (isAnotherCore() || oneCore.only) return false;
  if (typeof SharedArrayBuffer !== "function") {
    sayOnce();
    return false;
  }
  makeArena(nodeProcess?.env["GOROARENA"]);
  mem[Header.procs] = 1;
  mem[Header.maxProcs] = maxProcs();
  shareMaxProcs(maxProcsOfAll);
  Atomics.store(mem, procAt(0) + Proc.state, ProcState.running);
  mem[Header.nextId] = firstFreeId();
  installCores();
  return true;
}

/** The event loop of this thread has run empty: nothing but another core can wake it. */
export function quiesce(): void {
  const p = procAt(me);
  if (processor.stopped || processor.active) return;
  const word = Atomics.load(mem, p + Proc.wake);
  if (Atomics.compareExchange(mem, p + Proc.state, ProcState.sleeping, ProcState.quiescent) === ProcState.sleeping) {
    wake(0);
    Atomics.wait(mem, p + Proc.wake, word);
  }
  // Not by a microtask: the event loop has to find something to run for, or the thread ends.
  processor.active = true;
  afterEvents(processor.turn);
}

/** Makes this thread one of a program's processors: see arrive.ts. */
export function enterAsProcessor(buffer: SharedArrayBuffer, id: number): void {
  enterArena(buffer, id);
  processor.id = id;
  shareMaxProcs(maxProcsOfAll);
  goroutinesBefore = mem[procAt(id) + Proc.goroutines]!;
  installCores();
  Atomics.store(mem, procAt(id) + Proc.state, ProcState.running);
}

export function useHost(h: Host): void {
  host = h;
}

// Tasks: goroutines of parallel functions on their way from the core that says `go` to the one that takes them, and what
// becomes of them on the way back.
//
// A task is one block in the arena. It carries the arguments there and the outcome back: when its goroutine has ended, the
// block becomes a message to the core that started it, where a goroutine object stands for it and is joined.

import { isAlive, mem, myTag, processorOf, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { Message, MessageKind, post } from "../arena/inbox.js";
import { putTask } from "../arena/run-ring.js";
import { State, type Body, type Goroutine, type Watcher } from "../runtime/goroutine.js";
import { processor } from "../runtime/processor.js";
import { conclude, stand, take } from "../runtime/scheduler.js";
import { untaken } from "../runtime/outcome.js";
import { dropSlot, readArguments, readSlot, writeArguments, writeSlot } from "./codec.js";
import { functionOf, nameOf, numberOf, undeclare, type Declared } from "./functions.js";
import { addSite, siteOf, stackOf, type Site } from "./sites.js";

/** Words of a task, beside those of a message and NEXT_TASK. */
export const Task = {
  creator: 3,
  /** Where the creator finds what stands for it. */
  slot: 4,
  fn: 5,
  id: 6,
  /** Who runs it, plus one; 0 while nobody does. */
  runner: 12,
  WORDS: 16,
} as const;

/** What stands here for goroutines that this core has left for anybody. */
const outstanding: (Goroutine | null)[] = [];
const tasks: Addr[] = [];
const sites: Site[] = [];
const freeSlots: number[] = [];

/** Leaves fn(...args) for whichever core takes it. */
export function launchTask(entry: Declared, args: readonly unknown[]): Goroutine {
  const task = allocate(Task.WORDS);
  try {
    writeArguments(task + Message.value, args);
  } catch (error) {
    free(task, Task.WORDS);
    throw error;
  }
  const g = stand(entry.fn as Body);
  const slot = freeSlots.pop() ?? outstanding.length;
  outstanding[slot] = g;
  tasks[slot] = task;
  sites[slot] = siteOf(entry);
  mem[task + Task.creator] = myTag;
  mem[task + Task.slot] = slot;
  mem[task + Task.fn] = entry.number >= 0 ? entry.number : numberOf(entry);
  mem[task + Task.id] = g.id;
  mem[task + Task.runner] = 0;
  putTask(task);
  return g;
}

/** Sends the outcome home when the goroutine of a task has ended. */
class Homeward implements Watcher {
  readonly task: Addr;

  constructor(task: Addr) {
    this.task = task;
  }
  ended(g: Goroutine): void {
    const { task } = this;
    if (g.state === State.returned) sendOutcome(task, MessageKind.returned, g.value);
    else if (g.state === State.threw) {
      untaken.delete(g);
      sendOutcome(task, MessageKind.threw, g.value);
    } else sendOutcome(task, MessageKind.exited, undefined);
  }
}

function sendOutcome(task: Addr, kind: number, value: unknown): void {
  const slot = task + Message.value;
  try {
    writeSlot(slot, value, kind === MessageKind.threw ? "error" : "result");
  } catch (error) {
    kind = MessageKind.threw;
    writeSlot(slot, error, "error");
  }
  mem[task + Message.kind] = kind;
  processor.cores!.publish();
  const creator = mem[task + Task.creator]!;
  if (isAlive(creator)) post(processorOf(creator), task);
  else forgetTask(task);
}

function forgetTask(task: Addr): void {
  dropSlot(task + Message.value);
  free(task, Task.WORDS);
}

/** A thread is gone, and what it ran with it: those that stand here for that are told. */
export function lostProcessor(tag: number, error: (fn: string, id: number) => Error): void {
  for (let slot = 0; slot < outstanding.length; slot++) {
    const g = outstanding[slot];
    const task = tasks[slot]!;
    if (g === null || g === undefined || mem[task + Task.runner] !== tag + 1) continue;
    outstanding[slot] = null;
    freeSlots.push(slot);
    const { name, url } = nameOf(mem[task + Task.fn]!);
    free(task, Task.WORDS);
    g.more.created ??= stackOf(sites[slot]!);
    conclude(g, State.threw, error(`${name} of ${url}`, g.id));
  }
}

/** Tasks that wait for their module to be loaded, by the number of their function. */
const loading = new Map<number, Addr[]>();

export function isLoading(): boolean {
  return loading.size > 0;
}

/** Starts the goroutine of a task that this core has taken. */
export function startTask(task: Addr): void {
  mem[task + Task.runner] = myTag + 1;
  const number = mem[task + Task.fn]!;
  const entry = functionOf(number);
  if (entry !== undefined) return startGoroutine(task, entry);
  const waiting = loading.get(number);
  if (waiting !== undefined) {
    waiting.push(task);
    return;
  }
  loading.set(number, [task]);
  const { url, name } = nameOf(number);
  import(/* @vite-ignore */ url).then(
    () => loaded(number, notDeclared(url, name)),
    (error: unknown) => {
      undeclare(url);
      loaded(number, notLoaded(url, error));
    },
  );
}

function notDeclared(url: string, name: string): Error {
  return new Error(
    `parallel: ${url} has no parallel function named ${name} where another core loads it: declare it at the top level of ` +
      `the module, with import.meta.url of that module and that name`,
  );
}

function notLoaded(url: string, cause: unknown): Error {
  return new Error(`parallel: ${url} could not be loaded on another core: ${String(cause)}`, { cause });
}

function loaded(number: number, error: Error): void {
  const waiting = loading.get(number)!;
  loading.delete(number);
  const entry = functionOf(number);
  for (const task of waiting) {
    if (entry !== undefined) startGoroutine(task, entry);
    else {
      dropSlot(task + Message.value);
      turnBack(task, error);
    }
  }
}

/** A task that cannot be started ends here. */
function turnBack(task: Addr, error: unknown): void {
  const g = take(mem[task + Task.id]!, failing as Body, [error]);
  taken++;
  g.more.claimed = true;
  g.more.watcher = new Homeward(task);
}

function* failing(error: unknown): Generator<never, never> {
  throw error;
}

/** How many tasks this core has taken. */
export let taken = 0;

function startGoroutine(task: Addr, entry: Declared): void {
  let args: readonly unknown[];
  try {
    args = readArguments(task + Message.value);
  } catch (error) {
    return turnBack(task, error);
  }
  const g = take(mem[task + Task.id]!, entry.fn as Body, args);
  taken++;
  processor.cores!.publish();
  g.more.claimed = true;
  g.more.watcher = new Homeward(task);
}

/** A task of this core has come back. */
export function cameHome(task: Addr): void {
  const slot = mem[task + Task.slot]!;
  const g = outstanding[slot]!;
  outstanding[slot] = null;
  freeSlots.push(slot);
  const kind = mem[task + Message.kind]!;
  const value = kind === MessageKind.exited ? undefined : readSlot(task + Message.value);
  free(task, Task.WORDS);
  if (kind === MessageKind.threw) {
    addSite(value, sites[slot]!);
    g.more.created ??= stackOf(sites[slot]!);
  }
  const state =
    kind === MessageKind.returned ? State.returned : kind === MessageKind.threw ? State.threw : State.exited;
  conclude(g, state, value);
}

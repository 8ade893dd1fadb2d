// What is asked of every other core: where its goroutines are, and which it has lost. Each answers between two goroutines, from
// its event loop.

import { Header, me, mem } from "../arena/arena.js";
import { wake } from "../arena/inbox.js";
import { now } from "../runtime/host.js";
import type { Leak } from "../runtime/leaked.js";
import { report } from "../runtime/reporter.js";
import type { Sighting } from "../runtime/where.js";
import { onPort, sendByPort, receivePorts } from "./ports.js";

/** One that does not answer is busy for ever, or dying: its goroutines are left out. */
const PATIENCE_MS = 3000;
/** While a thread waits for it. */
const SHORT_PATIENCE_MS = 500;

const asked = new Map<number, (answer: unknown) => void>();
let last = 0;

function others(): number[] {
  return Array.from({ length: mem[Header.procs]! }, (_, id) => id).filter((id) => id !== me);
}

function send(id: number, question: string, answer: (value: unknown) => void): number {
  const ticket = ++last;
  asked.set(ticket, answer);
  sendByPort(id, question, ticket);
  wake(id);
  return ticket;
}

function ask(id: number, question: string): Promise<unknown> {
  return new Promise((resolve) => {
    const ticket = send(id, question, (value) => {
      clearTimeout(timer);
      resolve(value);
    });
    const timer = setTimeout(() => {
      asked.delete(ticket);
      resolve([]);
    }, PATIENCE_MS);
  });
}

async function askAll<T>(question: string): Promise<readonly T[]> {
  const answers = await Promise.all(others().map((id) => ask(id, question)));
  return (answers as T[][]).flat();
}

/** Those of all other cores. */
export function sightElsewhere(): Promise<readonly Sighting[]> {
  return askAll<Sighting>("where");
}

export function leakedElsewhere(): Promise<readonly Leak[]> {
  return askAll<Leak>("leaked");
}

export function sightElsewhereNow(): { readonly sightings: readonly Sighting[]; readonly silent: readonly number[] } {
  const sightings: Sighting[] = [];
  const silent = new Set(others());
  const tickets = [...silent].map((id) =>
    send(id, "where", (value) => {
      silent.delete(id);
      for (const s of value as Sighting[]) sightings.push(s);
    }),
  );
  const until = now() + SHORT_PATIENCE_MS;
  // In a browser nothing is received while the thread waits: nobody is to blame.
  if (!receivePorts(() => silent.size === 0 || now() > until)) silent.clear();
  for (const ticket of tickets) asked.delete(ticket);
  return { sightings, silent: [...silent] };
}

onPort("where", ({ from, number }) => {
  report(({ sightAll }) => sendByPort(from, "answer", number, sightAll()));
});
onPort("leaked", ({ from, number }) => {
  report(({ leakedForOthers }) => void leakedForOthers().then((leaks) => sendByPort(from, "answer", number, leaks)));
});
onPort("answer", ({ number, value }) => {
  asked.get(number)?.(value);
  asked.delete(number);
});

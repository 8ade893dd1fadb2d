// Where the goroutines of all cores are: each core is asked for its own.

import { Header, me, mem } from "../arena/arena.js";
import { wake } from "../arena/inbox.js";
import { report } from "../runtime/reporter.js";
import type { Sighting } from "../runtime/where.js";
import { onPort, sendByPort } from "./ports.js";

/** One that does not answer is busy for ever, or dying: its goroutines are left out. */
const PATIENCE_MS = 3000;

const asked = new Map<number, (sightings: readonly Sighting[]) => void>();
let last = 0;

/** On the main thread: those of all other cores. */
export async function sightElsewhere(): Promise<readonly Sighting[]> {
  const answers: Promise<readonly Sighting[]>[] = [];
  const procs = mem[Header.procs]!;
  for (let id = 0; id < procs; id++) if (id !== me) answers.push(ask(id));
  return (await Promise.all(answers)).flat();
}

function ask(id: number): Promise<readonly Sighting[]> {
  return new Promise((resolve) => {
    const ticket = ++last;
    const answer = (sightings: readonly Sighting[]): void => {
      clearTimeout(timer);
      asked.delete(ticket);
      resolve(sightings);
    };
    const timer = setTimeout(answer, PATIENCE_MS, []);
    asked.set(ticket, answer);
    sendByPort(id, "where", ticket);
    wake(id);
  });
}

onPort("where", ({ from, number }) => {
  report(({ sightAll }) => sendByPort(from, "there", number, sightAll()));
});
onPort("there", ({ number, value }) => asked.get(number)?.(value as readonly Sighting[]));

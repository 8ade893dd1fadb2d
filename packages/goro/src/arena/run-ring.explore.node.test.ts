// The rings of tasks and the global queue in every interleaving: no task is lost, none is taken twice. Rings have four places
// here, and their counters are about to wrap around.
import { test } from "node:test";
import { deepEqual, throws } from "node:assert/strict";
import { Header, procAt, Proc, type Addr } from "./arena.js";
import { access, acquire, explore, Wrong, type Code, type End, type Program } from "./testkit.explore.js";
import { codeOf, type Change } from "./testkit.rewrite.js";

interface Ring {
  putTask(task: Addr): Code<void>;
  takeTask(): Code<Addr>;
  takeGlobal(): Code<Addr>;
  stealTasks(victim: number): Code<Addr>;
  giveUpRing(id: number): Code<void>;
}

const RING_SIZE = 4;
const ALMOST_OVER = 0x7fffffff;
const TASKS_AT = 100_000;
const taskAt = (n: number): Addr => TASKS_AT + 8 * n;

/** What a processor does, and the tasks that it has got. */
type Script = (ring: Ring, got: (task: Addr) => void) => Code<void>;

function thread(me: number, script: Script, code: (surroundings: object) => unknown): Program {
  return function* () {
    const lock = function* (at: Addr): Code<void> {
      yield acquire(at, me + 1);
    };
    const unlock = function* (at: Addr): Code<void> {
      yield access("store", at, 0);
    };
    const ring = code({ Header, Proc, RING_SIZE, procAt, me, lock, unlock }) as Ring;
    const tasks: Addr[] = [];
    yield* script(ring, (task) => task !== 0 && tasks.push(task));
    return { result: tasks };
  };
}

/** All tasks that have been taken or still stand somewhere. */
function allTasks({ read, results }: End): Addr[] {
  const tasks = results.flat() as Addr[];
  for (let id = 0; id < results.length; id++) {
    const p = procAt(id);
    for (let i = read(p + Proc.ringHead); i !== read(p + Proc.ringTail); i = (i + 1) | 0)
      tasks.push(read(p + Proc.ring + (i & (RING_SIZE - 1))));
  }
  for (let task = read(Header.queueHead); task !== 0; task = read(task)) tasks.push(task);
  return tasks.sort((a, b) => a - b);
}

/** Explores what processors 0, 1, ... do, the first of which puts tasks 0, 1, ... below `put`. */
function ring(put: number, scripts: readonly Script[], ...changes: Change[]): number {
  const given = ["Header", "Proc", "RING_SIZE", "procAt", "me", "lock", "unlock"];
  const code = codeOf([{ file: "run-ring.js" }], given, ["lock", "unlock"], changes);
  const memory: [number, number][] = [[Header.maxProcs, 2]];
  for (let id = 0; id < scripts.length; id++)
    memory.push([procAt(id) + Proc.ringHead, ALMOST_OVER], [procAt(id) + Proc.ringTail, ALMOST_OVER]);
  const expected = Array.from({ length: put }, (_, n) => taskAt(n));
  return explore({
    threads: scripts.map((script, me) => thread(me, script, code)),
    memory,
    check: (end) => deepEqual(allTasks(end), expected),
  });
}

const puts = (from: number, below: number): Script =>
  function* (ring) {
    for (let n = from; n < below; n++) yield* ring.putTask(taskAt(n));
  };
const takes: Script = function* (ring, got) {
  got(yield* ring.takeTask());
};
const takesGlobal: Script = function* (ring, got) {
  got(yield* ring.takeGlobal());
};
const stealsFrom = (victim: number): Script =>
  function* (ring, got) {
    got(yield* ring.stealTasks(victim));
  };
const givesUp = (id: number): Script =>
  function* (ring) {
    yield* ring.giveUpRing(id);
  };
const inTurn = (...scripts: Script[]): Script =>
  function* (ring, got) {
    for (const script of scripts) yield* script(ring, got);
  };

const putTakeSteal = (...changes: Change[]): number =>
  ring(4, [inTurn(puts(0, 3), takes, puts(3, 4), takes), stealsFrom(0), stealsFrom(0)], ...changes);
const overflow = (...changes: Change[]): number =>
  ring(6, [inTurn(puts(0, 6), takes), inTurn(stealsFrom(0), takes), inTurn(takesGlobal, takes)], ...changes);
const chainOfThieves = (...changes: Change[]): number =>
  ring(4, [inTurn(puts(0, 4), takes), inTurn(stealsFrom(0), takes), inTurn(stealsFrom(1), stealsFrom(0))], ...changes);
const givenUp = (...changes: Change[]): number =>
  ring(3, [puts(0, 3), inTurn(givesUp(0), stealsFrom(0)), inTurn(takesGlobal, takesGlobal, takes)], ...changes);

for (const [what, program] of Object.entries({ putTakeSteal, overflow, chainOfThieves, givenUp })) {
  test(`a ring loses no task and gives none twice, in every order: ${what}`, (t) => {
    t.diagnostic(`${program()} states`);
  });
}

const movesHead = (function_: string, n: string): string =>
  `if (Atomics.compareExchange(mem, ${function_} + Proc.ringHead, head, (head + ${n}) | 0) !== head)`;

for (const [what, program, from, to] of [
  [
    "a thief that does not compare before it moves the head",
    putTakeSteal,
    movesHead("from", "n"),
    "if ((Atomics.store(mem, from + Proc.ringHead, (head + n) | 0), false))",
  ],
  [
    "an overflow that does not compare before it moves the head",
    overflow,
    movesHead("p", "half"),
    "if ((Atomics.store(mem, p + Proc.ringHead, (head + half) | 0), false))",
  ],
  [
    "a tail that is moved before the task is there",
    putTakeSteal,
    "mem[p + Proc.ring + (tail & MASK)] = task;\n            Atomics.store(mem, p + Proc.ringTail, (tail + 1) | 0);",
    "Atomics.store(mem, p + Proc.ringTail, (tail + 1) | 0);\n            mem[p + Proc.ring + (tail & MASK)] = task;",
  ],
  [
    "a global queue whose lock does not hold while its end is moved",
    givenUp,
    "const tail = mem[Header.queueTail];",
    "unlock(Header.queueLock); const tail = mem[Header.queueTail];",
  ],
] as const) {
  test(`exploring notices ${what}`, () => {
    throws(() => program([from, to]), Wrong);
  });
}

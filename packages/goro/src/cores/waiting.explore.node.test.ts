// Selects over shared channels in every interleaving: exactly one case wins, the others are withdrawn, and no value is lost or
// doubled. Processor by processor: the code is that of waiting.ts, channel.ts and what they stand on.
import { test } from "node:test";
import { deepEqual, throws } from "node:assert/strict";
import { Header, procAt, Proc, type Addr } from "../arena/arena.js";
import { Message, MessageKind } from "../arena/inbox.js";
import {
  access,
  acquire,
  anyOf,
  explore,
  Wrong,
  type Code,
  type Program,
  type Read,
} from "../arena/testkit.explore.js";
import { codeOf, type Change } from "../arena/testkit.rewrite.js";

interface Wait {
  readonly cell: Addr;
}
interface Waiter {
  value: unknown;
  wake(): Code<void>;
}
interface Root {
  claim: number;
  readonly owner: null;
}
interface Waiting {
  Receiving: new (cell: Addr) => Wait;
  Sending: new (cell: Addr) => Wait;
  enlist(w: Waiter, wait: Wait): Code<void>;
  enlistEarly(w: Waiter, wait: Wait): Code<void>;
  commit(root: Root): Code<void>;
  refuses(root: Root): Code<boolean>;
  over(root: Root): Code<void>;
  withdraw(w: Waiter): Code<void>;
  served(node: Addr): Code<void>;
  takeMessages(): Code<Addr>;
}

class CaseWaiter implements Waiter {
  value: unknown = undefined;
  node = 0;
  readonly selection: Root;
  readonly #won: (w: CaseWaiter) => Code<void>;

  constructor(selection: Root, won: (w: CaseWaiter) => Code<void>) {
    this.selection = selection;
    this.#won = won;
  }
  *wake(): Code<void> {
    yield* this.#won(this);
  }
}

/** Channel n: what its cell holds, see channel.ts. */
const cellOf = (n: number): Addr => 100_000 + 64 * n;
const bufferOf = (n: number): Addr => cellOf(n) + 32;
const Chan = { capacity: 4, length: 5, head: 6, buffer: 8, slots: 9, receivers: 10, senders: 12 } as const;
const SLOT_WORDS = 4;
const blocksOf = (me: number): Addr => 200_000 + 10_000 * me;

type Case = readonly ["send", channel: number, value: number] | readonly ["receive", channel: number];
interface Operation {
  readonly cases: readonly Case[];
  /** A case of this core alone may come at any time too: it tries once. */
  readonly local?: boolean;
  /** This many of the cases are there already when the rest is committed: the value that is sent brings their channel along. */
  readonly early?: number;
}
/** Which case it was, and what came. */
type Outcome = readonly [index: number, value: number | undefined] | "local";
/** Words that say what became of a processor's operation i: the case's index plus one, -1 for "local", 0 while it waits; and what came. */
const outcomeAt = (me: number, i: number): Addr => 300_000 + 100 * me + i;
const valueAt = (me: number, i: number): Addr => 400_000 + 100 * me + i;

const sources = [
  { file: "inbox.js", only: ["post", "takeMessages", "hasMessages", "inbox"] },
  { file: "wait-list.js" },
  { file: "../cores/waiting.js" },
  {
    file: "../cores/channel.js",
    only: ["Chan", "SLOT_WORDS", "copySlot", "nextSlot", "takeInto", "putFrom", "Receiving", "Sending"],
  },
];
const given = [
  ...["Header", "Proc", "Message", "MessageKind", "CaseWaiter", "procAt", "me", "myTag", "isAlive", "processorOf"],
  ...["lock", "unlock", "allocate", "free", "wake", "writeSlot", "readSlot", "dropSlot", "closed", "grow"],
];
const steps = [
  ...["lock", "unlock", "wake", "writeSlot", "readSlot", "grow"],
  ...["prepare", "attempt", "list", "receive", "discard"],
];
const withoutThrows: Change = ["nodes.forEach((node, i) => forget(cases[i].wait, node));", ""];

function thread(me: number, operations: readonly Operation[], code: (env: object) => object): Program {
  return function* () {
    let top = blocksOf(me);
    const freed: Addr[] = [];
    const waiting = code({
      ...{ Header, Proc, Message, MessageKind, CaseWaiter, procAt, me, myTag: me, closed: "closed" },
      isAlive: () => true,
      processorOf: (tag: number) => tag,
      allocate: () => freed.pop() ?? (top += 16),
      free: (at: Addr) => freed.push(at),
      *lock(at: Addr): Code<void> {
        yield acquire(at, me + 1);
      },
      *unlock(at: Addr): Code<void> {
        yield access("store", at, 0);
      },
      *wake() {},
      *writeSlot(at: Addr, value: number): Code<void> {
        yield access("store", at, value);
      },
      *readSlot(at: Addr): Code<number> {
        return yield access("load", at);
      },
      dropSlot() {},
      *grow() {
        throw new Error("the buffer is too small");
      },
    }) as Waiting;
    for (const [i, operation] of operations.entries()) {
      const outcome = yield* perform(me, operation, waiting);
      yield access("store", outcomeAt(me, i), outcome === "local" ? -1 : outcome[0] + 1);
      yield access("store", valueAt(me, i), outcome === "local" ? 0 : (outcome[1] ?? 0));
    }
    return { result: undefined };
  };
}

function* perform(me: number, { cases, local = false, early = 0 }: Operation, waiting: Waiting): Code<Outcome> {
  let outcome: Outcome | undefined;
  const root: Root = { claim: 0, owner: null };
  const isSelect = cases.length > 1 || local;
  const all = cases.map((one, i) => {
    const w: Waiter = isSelect
      ? new CaseWaiter(root, (winner) => won(i, winner))
      : {
          value: undefined,
          *wake() {
            outcome = [i, w.value as number | undefined];
          },
        };
    if (one[0] === "send") w.value = one[2];
    return { w, wait: new (one[0] === "send" ? waiting.Sending : waiting.Receiving)(cellOf(one[1])) };
  });
  function* won(index: number, winner: Waiter | null): Code<void> {
    if (yield* waiting.refuses(root)) return;
    if (outcome !== undefined) throw new Error("a second case wins");
    outcome = winner === null ? "local" : [index, winner.value as number | undefined];
    for (const { w } of all) if (w !== winner) yield* waiting.withdraw(w);
    yield* waiting.over(root);
  }

  for (const { w, wait } of all.slice(0, early)) yield* waiting.enlistEarly(w, wait);
  for (const { w, wait } of all.slice(early)) yield* waiting.enlist(w, wait);
  if (isSelect) yield* waiting.commit(root);
  const inbox = procAt(me) + Proc.inbox;
  let hasTried = false;
  while (outcome === undefined) {
    if (local && !hasTried && (yield anyOf(2)) === 0) {
      hasTried = true;
      yield* won(-1, null);
    } else yield { name: "wait for a message", at: [inbox], ready: (read) => read(inbox) !== 0, run: () => 0 };
    if (outcome !== undefined) break;
    for (let message = yield* waiting.takeMessages(); message !== 0;) {
      const next = yield access("load", message + Message.next);
      yield* waiting.served(message);
      message = next;
    }
  }
  return outcome;
}

interface Scenario {
  /** What each processor does, one after the other. */
  readonly threads: readonly (readonly Operation[])[];
  readonly capacities: readonly number[];
}

function select({ threads, capacities }: Scenario, ...changes: readonly Change[]): number {
  const code = codeOf(sources, given, steps, [withoutThrows, ...changes]);
  const memory: [number, number][] = [];
  capacities.forEach((capacity, n) => {
    memory.push([cellOf(n) + Chan.capacity, capacity], [cellOf(n) + Chan.slots, 4]);
    memory.push([cellOf(n) + Chan.buffer, bufferOf(n)]);
  });
  return explore({
    threads: threads.map((operations, me) => thread(me, operations, code)),
    memory,
    check({ read }) {
      const sent: number[][] = capacities.map(() => []);
      const received: number[][] = capacities.map((_, n) => valuesIn(n, read));
      let waits = false;
      threads.forEach((operations, me) => {
        operations.forEach(({ cases }, i) => {
          const index = read(outcomeAt(me, i)) - 1;
          if (index === -1) waits = true;
          const one = cases[index];
          if (one?.[0] === "send") sent[one[1]]!.push(one[2]);
          else if (one !== undefined) received[one[1]]!.push(read(valueAt(me, i)));
        });
      });
      received.forEach((values, n) => deepEqual(values.sort(), sent[n]!.sort(), `what was received from channel ${n}`));
      for (let n = 0; n < capacities.length; n++) {
        const waiters = [read(cellOf(n) + Chan.receivers), read(cellOf(n) + Chan.senders)];
        deepEqual(read(cellOf(n)), 0, `nobody holds the lock of channel ${n}`);
        if (!waits) deepEqual(waiters, [0, 0], `nobody waits any more at channel ${n}`);
        else if (capacities[n] === 0) deepEqual(waiters.includes(0), true, `only one side waits at channel ${n}`);
      }
    },
  });
}

function valuesIn(n: number, read: Read): number[] {
  const head = read(cellOf(n) + Chan.head);
  return Array.from({ length: read(cellOf(n) + Chan.length) }, (_, i) =>
    read(bufferOf(n) + ((head + i) % 4) * SLOT_WORDS),
  );
}

const send = (channel: number, value: number): Operation => ({ cases: [["send", channel, value]] });
const receive = (channel: number): Operation => ({ cases: [["receive", channel]] });

const scenarios = {
  "two cores serve two cases of one select": {
    threads: [
      [
        {
          cases: [
            ["receive", 0],
            ["receive", 1],
          ],
        },
      ],
      [send(0, 10)],
      [send(1, 20)],
    ],
    capacities: [0, 0],
  },
  "another core and a case of this core alone": {
    threads: [
      [
        {
          cases: [
            ["receive", 0],
            ["send", 1, 5],
          ],
          local: true,
        },
      ],
      [send(0, 10)],
      [receive(1)],
    ],
    capacities: [0, 0],
  },
  "two selects that can meet at two channels, named in either order": {
    threads: [
      [
        {
          cases: [
            ["receive", 0],
            ["send", 1, 5],
          ],
        },
      ],
      [
        {
          cases: [
            ["receive", 1],
            ["send", 0, 6],
          ],
        },
      ],
    ],
    capacities: [0, 0],
  },
  "a buffer between two selects": {
    threads: [
      [
        {
          cases: [
            ["send", 0, 5],
            ["receive", 1],
          ],
        },
      ],
      [
        {
          cases: [
            ["receive", 0],
            ["send", 1, 6],
          ],
        },
      ],
    ],
    capacities: [1, 0],
  },
  "a select that is on both sides of one channel never meets itself": {
    threads: [
      [
        {
          cases: [
            ["send", 0, 5],
            ["receive", 0],
          ],
        },
      ],
      [
        {
          cases: [
            ["receive", 0],
            ["send", 0, 6],
          ],
        },
      ],
    ],
    capacities: [0],
  },
  "a select that sends away the channel that it waits for": {
    threads: [
      [
        {
          cases: [
            ["receive", 1],
            ["send", 0, 5],
          ],
          early: 1,
        },
      ],
      [receive(0), send(1, 6)],
    ],
    capacities: [0, 0],
  },
} satisfies Record<string, Scenario>;

for (const [what, scenario] of Object.entries(scenarios)) {
  test(`one case wins, in every order: ${what}`, (t) => {
    const start = performance.now();
    t.diagnostic(`${select(scenario)} states, ${Math.round(performance.now() - start)} ms`);
  });
}

for (const [what, scenario, from, to] of [
  [
    "whoever serves a case does not claim its select",
    "two cores serve two cases of one select",
    "if (claim !== 0 && Atomics.compareExchange(mem, claim, 0, 1) !== 0)",
    "if (claim !== 0 && Atomics.exchange(mem, claim, 1) === 2)",
  ],
  [
    "a case of this core alone does not look who has claimed it",
    "another core and a case of this core alone",
    "if (Atomics.compareExchange(mem, root.claim, 0, 1) !== 0)",
    "if (Atomics.exchange(mem, root.claim, 1) === 2)",
  ],
  [
    "the locks are taken in the order of the cases",
    "two selects that can meet at two channels, named in either order",
    ".sort((a, b) => a - b)",
    "",
  ],
  [
    "a case is enlisted without another look",
    "two selects that can meet at two channels, named in either order",
    "kind = wait.attempt(w, nodes[i]);",
    "",
  ],
] as const) {
  test(`exploring notices if ${what}`, () => {
    throws(() => select(scenarios[scenario], [from, to]), Wrong);
  });
}

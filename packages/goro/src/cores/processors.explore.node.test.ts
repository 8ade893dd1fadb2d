// Sleeping and waking in every interleaving: nobody sleeps while a message or a task is left for it, the main thread's event
// loop runs empty when no core can wake any, and not before.
//
// The protocol is the library's own code; the event loop around it is a model: it is idle until its Atomics.waitAsync is
// notified or a timer comes, and has run empty where it has neither a timer nor, on the main thread, a thread that holds it.
import { test } from "node:test";
import { equal, throws } from "node:assert/strict";
import { Header, procAt, Proc, ProcState, RING_SIZE, type Addr } from "../arena/arena.js";
import { Message } from "../arena/inbox.js";
import {
  access,
  acquire,
  anyOf,
  explore,
  Wrong,
  type Code,
  type Next,
  type Program,
  type Step,
} from "../arena/testkit.explore.js";
import { codeOf, type Change } from "../arena/testkit.rewrite.js";

interface Protocol {
  post(to: number, message: Addr): Code<void>;
  takeMessages(): Code<Addr>;
  putTask(task: Addr): Code<void>;
  taskLeft(): Code<void>;
  enter(): Code<void>;
  findWork(): Code<boolean>;
  rest(): Code<void>;
  quiesce(): Code<void>;
  woken(): Code<void>;
  variables(): object;
  restore(variables: object): void;
}

/** What a goroutine does (busy: until the other has run), the number of which arrives as a message or a task, or with a timer. */
type Action = readonly ["post", to: number, what: number] | readonly ["task" | "timer" | "busy", what: number];
type Goroutines = readonly (readonly Action[])[];

interface Scenario {
  /** A processor that sleeps, one whose thread is starting, and the goroutine that it starts with. */
  readonly begins: readonly ("quiescent" | "starting" | number)[];
  readonly goroutines: Goroutines;
  /** How many take tasks. */
  readonly maxProcs: number;
  /** The main thread takes none. */
  readonly mainIsFree?: boolean;
  /** Where they do not sleep at once: then there are many more states. */
  readonly spins?: boolean;
}

// Words that are not the arena's.
const blockAt = (what: number): Addr => 100_000 + Message.WORDS * what;
const whatAt = (block: Addr): number => (block - 100_000) / Message.WORDS;
const ranAt = (what: number): Addr => 200_000 + what;
const ENDED = 300_000;
/** What a thread waits on: in Atomics.wait, in waitAsync. */
const waitingAt = (id: number): Addr => 400_000 + id;
const asyncAt = (id: number): Addr => 500_000 + id;
const NOTIFIED = -1;

const sources = [
  { file: "arena.js", only: ["stateOf"] },
  { file: "inbox.js", only: ["post", "takeMessages", "hasMessages", "wake", "inbox"] },
  { file: "run-ring.js" },
  { file: "../cores/workers.js", only: ["othersAreBusy", "wakesIfQuiescent", "isHeld", "holdMain"] },
  {
    file: "../cores/processors.js",
    only: [
      ...[
        "SPIN_MS",
        "mayTake",
        "mainIsFree",
        "endOfProcs",
        "steal",
        "findTask",
        "findWork",
        "spin",
        "tasksWait",
        "wakeAnother",
        "starting",
      ],
      ...["taskLeft", "waitingForWake", "rest", "woken", "enter", "quiesce"],
    ],
  },
];
const given = [
  ...["Header", "Proc", "ProcState", "RING_SIZE", "Message", "procAt", "me", "processor", "threads", "host", "now"],
  ...["lock", "unlock", "receive", "publish", "startTask", "startProcessor", "startWanted", "choose"],
  ...["wait", "waitAsync", "notify", "queueMicrotask", "afterEvents", "isDeno"],
];
const steps = ["lock", "unlock", "receive", "startTask", "startProcessor", "startWanted", "choose"];

function notify(threads: number, at: Addr): Step {
  const words = Array.from({ length: threads }, (_, id) => [waitingAt(id), asyncAt(id)]).flat();
  return {
    name: `notify(${at})`,
    at: words,
    run(read, write) {
      for (const word of words) if (read(word) === at) write(word, NOTIFIED);
      return 0;
    },
  };
}

/** Says in `word` that the thread waits, unless what it waits for has come. */
function waitOn(word: Addr, at: Addr, value: number): Step {
  return {
    name: `wait(${at}, ${value})`,
    at: [at, word],
    run(read, write) {
      if (read(at) !== value) return 0;
      write(word, at);
      return 1;
    },
  };
}

/** Has it been notified? With `patiently`, not before. */
function notified(word: Addr, patiently: boolean): Step {
  return {
    name: patiently ? "wait to be notified" : "look whether it is notified",
    at: [word],
    ...(patiently ? { ready: (read) => read(word) === NOTIFIED } : {}),
    run(read, write) {
      if (read(word) !== NOTIFIED) return 0;
      write(word, 0);
      return 1;
    },
  };
}

function hasRun(what: number): Step {
  const at = ranAt(what);
  return { name: `busy until ${what} has run`, at: [at], isRead: true, ready: (read) => read(at) !== 0, run: () => 0 };
}

/** What a thread knows by itself, between the parts of its event loop's turns. */
interface Known {
  readonly part: "asleep" | "loop" | "enter" | "run" | "find" | "rest" | "quiesce";
  readonly runQueue: number[];
  readonly timers: number[];
  /** What the event loop is to call. */
  readonly callbacks: ("turn" | "woken")[];
  isActive: boolean;
  isKept: boolean;
  variables: object;
}

function thread(me: number, { begins, goroutines }: Scenario, code: (env: object) => object): Program {
  const begin = begins[me]!;
  return function* (state) {
    const known: Known =
      state === undefined
        ? { part: "loop", runQueue: [], timers: [], callbacks: [], isActive: false, isKept: false, variables: {} }
        : structuredClone(state as Known);
    const { runQueue, timers, callbacks } = known;
    let looks = 0;
    const processor = {
      ...{ id: me, runQueue, urgent: [], stopped: false, sliceEnd: Infinity, turn: "turn" },
      active: known.isActive,
      askForTurn() {
        processor.active = true;
        callbacks.push("turn");
      },
    };
    const callback = (what: unknown): unknown => callbacks.push(what === "turn" ? "turn" : "woken");
    const protocol = code({
      ...{ Header, Proc, ProcState, RING_SIZE, Message, procAt, me, processor },
      threads: [{ ref: () => (known.isKept = true), unref: () => (known.isKept = false) }],
      host: { sleeps() {} },
      isDeno: false,
      // A processor that spins looks once.
      now: () => looks++,
      *lock(at: Addr): Code<void> {
        yield acquire(at, me + 1);
      },
      *unlock(at: Addr): Code<void> {
        yield access("store", at, 0);
      },
      *receive(): Code<void> {
        let message = yield* protocol.takeMessages();
        while (message !== 0) {
          runQueue.push(whatAt(message));
          message = yield access("load", message + Message.next);
        }
      },
      publish() {},
      *startTask(task: Addr) {
        runQueue.push(whatAt(task));
      },
      *startProcessor() {},
      *startWanted() {},
      *choose(n: number): Code<number> {
        return yield anyOf(n);
      },
      *wait(at: Addr, value: number): Code<void> {
        if ((yield waitOn(waitingAt(me), at, value)) === 1) yield notified(waitingAt(me), true);
      },
      *waitAsync(at: Addr, value: number): Code<object> {
        return { async: (yield waitOn(asyncAt(me), at, value)) === 1, value: { then() {} } };
      },
      *notify(at: Addr): Code<void> {
        yield notify(begins.length, at);
      },
      ...{ queueMicrotask: callback, afterEvents: callback },
    }) as Protocol;
    if (state !== undefined) protocol.restore(known.variables);
    const then = (part: Known["part"]): Next => ({
      state: { ...known, part, isActive: processor.active, variables: protocol.variables() },
    });

    function* act(action: Action): Code<void> {
      if (action[0] === "timer") timers.push(action[1]);
      else if (action[0] === "busy") yield hasRun(action[1]);
      else if (action[0] === "post") yield* protocol.post(action[1], blockAt(action[2]));
      else {
        yield* protocol.putTask(blockAt(action[1]));
        yield* protocol.taskLeft();
      }
    }

    if (state === undefined) {
      if (begin === "quiescent") return then("asleep");
      if (typeof begin === "number") runQueue.push(begin);
      yield access("store", procAt(me) + Proc.state, ProcState.running);
      processor.askForTurn();
      return then("loop");
    }
    switch (known.part) {
      case "asleep":
        yield notified(waitingAt(me), true);
        processor.askForTurn();
        return then("loop");
      case "enter":
        processor.active = true;
        yield* protocol.enter();
        return then("run");
      case "run": {
        const what = runQueue.shift();
        if (what === undefined) return then("find");
        if ((yield access("load", ENDED)) !== 0) throw new Error("the program has ended and a goroutine runs");
        yield access("add", ranAt(what), 1);
        for (const action of goroutines[what]!) yield* act(action);
        return then("run");
      }
      case "find":
        return then((yield* protocol.findWork()) ? "run" : "rest");
      case "rest":
        processor.active = false;
        yield* protocol.rest();
        return then("loop");
      case "quiesce":
        yield* protocol.quiesce();
        return then("loop");
    }
    const due = callbacks.shift();
    if (due === "turn") return then("enter");
    if (due === "woken") {
      yield* protocol.woken();
      return then("loop");
    }
    if ((yield notified(asyncAt(me), timers.length === 0 && known.isKept)) === 1) {
      callbacks.push("woken");
      return then("loop");
    }
    const timer = timers.shift();
    if (timer !== undefined) {
      runQueue.push(timer);
      if (!processor.active) processor.askForTurn();
      return then("loop");
    }
    if (me !== 0) return then("quiesce");
    yield access("store", ENDED, 1);
    return { result: "ended" };
  };
}

function park(scenario: Scenario, ...changes: readonly Change[]): number {
  const { begins, goroutines, maxProcs } = scenario;
  const spins: Change =
    scenario.spins === true ? ["i < 32", "i < 1"] : ["function spin() {", "function spin() { return false;"];
  const code = codeOf(sources, given, steps, [spins, ...changes]);
  const memory: [number, number][] = [
    [Header.maxProcs, maxProcs],
    [Header.mainIsFree, scenario.mainIsFree === true ? 1 : 0],
    [Header.procs, begins.length],
    [Header.idle, begins.filter((begin) => begin === "quiescent").length],
    [procAt(0) + Proc.state, ProcState.running],
  ];
  begins.forEach((begin, id) => {
    if (id > 0)
      memory.push([procAt(id) + Proc.state, begin === "quiescent" ? ProcState.quiescent : ProcState.starting]);
    if (begin === "quiescent") memory.push([waitingAt(id), procAt(id) + Proc.wake]);
  });
  return explore({
    threads: begins.map((_, id) => thread(id, scenario, code)),
    memory,
    check({ read, results }) {
      goroutines.forEach((_, what) => equal(read(ranAt(what)), 1, `goroutine ${what} runs once`));
      equal(results[0], "ended", "the main thread's event loop runs empty");
      const states = results.map((_, id) => read(procAt(id) + Proc.state));
      for (const state of states.slice(1)) equal(state, ProcState.quiescent);
      equal(read(Header.idle), states.filter((state) => state !== ProcState.running).length);
      equal(read(Header.spinning), 0);
    },
  });
}

const scenarios = {
  "a message there and back": {
    begins: [0, "starting"],
    goroutines: [[["post", 1, 1]], [["post", 0, 2]], []],
    maxProcs: 2,
    spins: true,
  },
  "a timer on another core than the main one": {
    begins: [0, "starting"],
    goroutines: [[["post", 1, 1]], [["timer", 2]], [["post", 0, 3]], []],
    maxProcs: 2,
  },
  "two tasks that whoever is free takes": {
    begins: [0, "starting"],
    goroutines: [
      [
        ["task", 1],
        ["task", 2],
      ],
      [],
      [],
    ],
    maxProcs: 2,
  },
  "a task that is left on another core": {
    begins: [0, "starting"],
    goroutines: [[["post", 1, 1]], [["task", 2]], []],
    maxProcs: 2,
  },
  "a task that is left by one who is busy": {
    begins: [0, "starting"],
    goroutines: [
      [
        ["task", 1],
        ["busy", 1],
      ],
      [],
    ],
    maxProcs: 2,
  },
  "a message from one that goes to sleep to one that sleeps": {
    begins: ["starting", "quiescent", 0],
    goroutines: [[["post", 1, 1]], []],
    maxProcs: 0,
  },
  "a message to one that goes to sleep": {
    begins: [0, 1, "quiescent"],
    goroutines: [[["post", 1, 2]], [], []],
    maxProcs: 0,
  },
  "a task that is left on a core that takes none": {
    begins: [0, "starting"],
    goroutines: [[["post", 1, 1]], [["task", 2]], []],
    maxProcs: 1,
  },
  "two tasks that the main thread leaves to another": {
    begins: [0, "starting"],
    goroutines: [
      [
        ["task", 1],
        ["task", 2],
      ],
      [],
      [],
    ],
    maxProcs: 2,
    mainIsFree: true,
  },
  "a task that the main thread leaves to one that sleeps": {
    begins: [0, "quiescent"],
    goroutines: [
      [
        ["task", 1],
        ["busy", 1],
        ["task", 2],
      ],
      [],
      [],
    ],
    maxProcs: 2,
    mainIsFree: true,
  },
  "a task that is left on another core than the main one, which takes none": {
    begins: [0, "starting"],
    goroutines: [[["post", 1, 1]], [["task", 2]], []],
    maxProcs: 2,
    mainIsFree: true,
  },
} satisfies Record<string, Scenario>;

for (const [what, scenario] of Object.entries(scenarios)) {
  test(`nobody sleeps while something is left for it, in every order: ${what}`, (t) => {
    const start = performance.now();
    t.diagnostic(`${park(scenario)} states, ${Math.round(performance.now() - start)} ms`);
  });
}

for (const [what, scenario, from, to] of [
  [
    "nobody looks for messages once it says that it sleeps",
    "a message there and back",
    "hasMessages(me) || Atomics",
    "Atomics",
  ],
  [
    "nobody looks for tasks once it says that it sleeps",
    "a task that is left by one who is busy",
    "(mayTake() && tasksWait())",
    "false",
  ],
  [
    "who gives up its ring wakes nobody",
    "a task that is left on a core that takes none",
    "if (globalLength() > 0)\n            wakeAnother();",
    "",
  ],
  [
    "the wake word is read after the word is given that it sleeps",
    "a message there and back",
    "Atomics.waitAsync(mem, p + Proc.wake, word)",
    "Atomics.waitAsync(mem, p + Proc.wake, Atomics.load(mem, p + Proc.wake))",
  ],
  [
    "a thread becomes quiescent without looking whether it still sleeps",
    "a message there and back",
    "Atomics.compareExchange(mem, p + Proc.state, ProcState.sleeping, ProcState.quiescent) === ProcState.sleeping",
    "(Atomics.store(mem, p + Proc.state, ProcState.quiescent), true)",
  ],
  [
    "a thread that is quiescent waits for a word that it reads then",
    "a message to one that goes to sleep",
    "Atomics.wait(mem, p + Proc.wake, word)",
    "Atomics.wait(mem, p + Proc.wake, Atomics.load(mem, p + Proc.wake))",
  ],
  [
    "a thread does not tell the main one that it is quiescent",
    "a message there and back",
    "wake(0);\n        Atomics.wait",
    "Atomics.wait",
  ],
  [
    "the main thread looks once whether others are at work",
    "a message from one that goes to sleep to one that sleeps",
    "wakes !== wakesIfQuiescent()",
    "false",
  ],
  ["the wake word is not changed", "a message there and back", "Atomics.add(mem, procAt(to) + Proc.wake, 1);", ""],
  [
    "only those in their event loop are woken",
    "a message to one that goes to sleep",
    "&& state !== ProcState.quiescent",
    "",
  ],
] as const) {
  test(`exploring notices if ${what}`, () => {
    throws(() => park(scenarios[scenario], [from, to]), Wrong);
  });
}

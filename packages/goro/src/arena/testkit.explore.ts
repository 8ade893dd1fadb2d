// Visits every interleaving of small programs over shared memory.
//
// A thread is a generator that yields its accesses, as testkit.rewrite.ts makes them of the library's own code. What it does
// next depends only on what its accesses have given so far. So its local state is that history, kept as a node of a tree; a
// state of the whole is the memory and one such node per thread, and each is visited once. A thread that goes on for long is
// cut into parts, each of which starts from a state that it can be told: what led there is forgotten, so that ways that
// come to the same meet again. An access to words that no other thread touches is done at once, and in no other order: which
// words those are is found out on the way, and where it turns out wrong all begins anew.
//
// Memory is taken to be sequentially consistent, plain accesses too. What spins for ever without the others has no end here.

export type Read = (at: number) => number;
export type Write = (at: number, value: number) => void;

/** What is done at once: one access, or more of them where that is how the platform does it. */
export interface Step {
  readonly name: string;
  /** The words it touches. */
  readonly at: readonly number[];
  readonly isRead?: boolean;
  /** It is not done before this is so. */
  ready?(read: Read): boolean;
  run?(read: Read, write: Write): number;
  /** It gives 0, 1, ... below this, whichever. */
  readonly choices?: number;
}
export type Code<T = unknown> = Generator<Step, T, number>;
/** How a part ends: with the state, as JSON, from which the thread goes on, or with its result. */
export type Next = { readonly state: unknown } | { readonly result: unknown };
/** One part of a thread, from a state on; undefined at the start. */
export type Program = (state: unknown) => Code<Next>;

/** Gives one of 0, 1, ... below `choices`: all are tried. */
export const anyOf = (choices: number): Step => ({ name: "choose", at: [], choices });

const atomics: Record<string, (old: number, a: number, b: number) => number> = {
  load: (old) => old,
  store: (_, a) => a,
  add: (old, a) => (old + a) | 0,
  sub: (old, a) => (old - a) | 0,
  exchange: (_, a) => a,
  compareExchange: (old, a, b) => (old === a ? b : old),
};
export const accesses: ReadonlySet<string> = new Set(Object.keys(atomics));

/** One access to memory, by the name that Atomics has for it. */
export function access(op: string, at: number, ...values: readonly number[]): Step {
  const after = atomics[op]!;
  const [a = 0, b = 0] = values;
  return {
    name: `${op}(${[at, ...values].join(", ")})`,
    at: [at],
    isRead: op === "load",
    run(read, write) {
      const old = read(at);
      if (op !== "load") write(at, after(old, a, b));
      return op === "store" ? a : old;
    },
  };
}

/** The same where nobody asks for what it gives. */
export function change(op: string, at: number, ...values: readonly number[]): Step {
  const step = access(op, at, ...values);
  return {
    ...step,
    run(read, write) {
      step.run!(read, write);
      return 0;
    },
  };
}

/** Takes a spin lock: spinning itself has no end. */
export function acquire(at: number, holder: number): Step {
  return {
    name: `lock(${at})`,
    at: [at],
    ready: (read) => read(at) === 0,
    run(_, write) {
      write(at, holder);
      return holder;
    },
  };
}

class Thread {
  readonly #program: Program;
  readonly #parts = new Map<string, Local>();

  constructor(program: Program) {
    this.#program = program;
  }
  part(state: unknown): Local {
    const text = JSON.stringify(state) ?? "";
    let local = this.#parts.get(text);
    if (local === undefined) this.#parts.set(text, (local = this.local(state, [])));
    return local;
  }
  local(state: unknown, history: readonly number[]): Local {
    const code = this.#program(state);
    let at = code.next(0);
    for (const value of history) at = code.next(value);
    if (at.done !== true) return new Local(this, state, history, at.value, undefined);
    const next = at.value;
    return "state" in next ? this.part(next.state) : new Local(this, state, history, undefined, next.result);
  }
}

/** The state of a thread: what its part began with, and all that its steps have given since. */
class Local {
  static count = 0;
  readonly number = Local.count++;
  /** What it does next; undefined at its end. */
  readonly next: Step | undefined;
  readonly result: unknown;
  readonly #thread: Thread;
  readonly #state: unknown;
  readonly #history: readonly number[];
  readonly #later = new Map<number, Local>();

  constructor(thread: Thread, state: unknown, history: readonly number[], next: Step | undefined, result: unknown) {
    this.#thread = thread;
    this.#state = state;
    this.#history = history;
    this.next = next;
    this.result = result;
  }
  given(value: number): Local {
    let later = this.#later.get(value);
    if (later === undefined) {
      later = this.#thread.local(this.#state, [...this.#history, value]);
      this.#later.set(value, later);
    }
    return later;
  }
}

/** A state in which no thread can do anything more. */
export interface End {
  readonly read: Read;
  /** What each thread has returned; undefined where it waits for ever. */
  readonly results: readonly unknown[];
}

export interface Exploring {
  readonly threads: readonly Program[];
  /** Words that are not 0 at the beginning. */
  readonly memory?: Iterable<readonly [at: number, value: number]>;
  /** Throws where this is no good end. */
  check(end: End): void;
}

/** There is an order in which something goes wrong. */
export class Wrong extends Error {}

const MOST_STATES = 3_000_000;

/** Visits all states and returns how many there are. @throws Wrong, with the steps that lead there. */
export function explore(exploring: Exploring): number {
  const shared = new Set<number>();
  const roots = exploring.threads.map((program) => new Thread(program).part(undefined));
  for (;;) {
    const states = new Search(exploring, shared).visitAll(roots);
    if (states > 0) return states;
  }
}

/** A word that was thought to be one thread's own is not. */
const again = Symbol("again");

class Search {
  readonly #exploring: Exploring;
  /** Words that more than one thread touches, and not only to read. */
  readonly #shared: Set<number>;
  readonly #touchedBy = new Map<number, { readers: number; writers: number }>();
  readonly #visited = new Set<string>();
  readonly #indices = new Map<number, number>();
  readonly #trail: { readonly thread: number; readonly step: Step; readonly value: number }[] = [];
  #isStale = false;

  constructor(exploring: Exploring, shared: Set<number>) {
    this.#exploring = exploring;
    this.#shared = shared;
  }

  /** How many states there are; 0 where it has to be done again. */
  visitAll(roots: readonly Local[]): number {
    const memory: number[] = [];
    for (const [at, value] of this.#exploring.memory ?? []) memory[this.#indexOf(at)] = value;
    try {
      this.#visit(memory, roots);
    } catch (error) {
      if (error === again) return 0;
      const steps = this.#trail.map(({ thread, step, value }) => `  ${thread}: ${step.name} = ${value}`);
      throw new Wrong(`${String(error)}\n${steps.join("\n")}`, { cause: error });
    }
    return this.#isStale ? 0 : this.#visited.size;
  }

  #indexOf(at: number): number {
    let index = this.#indices.get(at);
    if (index !== undefined) return index;
    if (!Number.isInteger(at) || at <= 0) throw new Error(`no address: ${at}`);
    this.#indices.set(at, (index = this.#indices.size));
    return index;
  }

  #visit(memory: readonly number[], locals: readonly Local[]): void {
    const key = `${memory.join()};${locals.map((local) => local.number).join()}`;
    if (this.#visited.has(key)) return;
    if (this.#visited.add(key).size > MOST_STATES) throw new Error("too many states");
    const read: Read = (at) => memory[this.#indexOf(at)] ?? 0;
    const able: number[] = [];
    for (let i = 0; i < locals.length; i++) {
      const { next } = locals[i]!;
      if (next === undefined || (next.ready !== undefined && !next.ready(read))) continue;
      if (next.ready === undefined && !next.at.some((at) => this.#shared.has(at))) return this.#do(i, memory, locals);
      able.push(i);
    }
    for (const i of able) this.#do(i, memory, locals);
    if (able.length > 0) return;
    if (this.#isStale) throw again;
    this.#exploring.check({ read, results: locals.map((local) => local.result) });
  }

  /** All that thread i's next step may give. */
  #do(i: number, before: readonly number[], locals: readonly Local[]): void {
    const step = locals[i]!.next!;
    for (const at of step.at) this.#touch(i, at, step.isRead === true);
    for (let choice = 0; choice < (step.choices ?? 1); choice++) {
      let memory = before;
      const read: Read = (at) => memory[this.#indexOf(at)] ?? 0;
      const write: Write = (at, value) => {
        if (memory === before) memory = Array.from({ length: this.#indices.size }, (_, k) => before[k] ?? 0);
        (memory as number[])[this.#indexOf(at)] = value;
      };
      const value = step.run?.(read, write) ?? choice;
      this.#trail.push({ thread: i, step, value });
      this.#visit(memory, locals.with(i, locals[i]!.given(value)));
      this.#trail.pop();
    }
  }

  #touch(i: number, at: number, isRead: boolean): void {
    let by = this.#touchedBy.get(at);
    if (by === undefined) this.#touchedBy.set(at, (by = { readers: 0, writers: 0 }));
    if (isRead) by.readers |= 1 << i;
    else by.writers |= 1 << i;
    const isShared = by.writers !== 0 && ((by.readers | by.writers) & ~(1 << i)) !== 0;
    if (!isShared || this.#shared.has(at)) return;
    this.#shared.add(at);
    this.#isStale = true;
  }
}

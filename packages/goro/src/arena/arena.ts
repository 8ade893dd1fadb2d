// The memory that all cores share: one SharedArrayBuffer, in which addresses are indices of 32-bit words.
//
//   header       counters, locks and lists that there is one of (Header)
//   processors   one record per processor: its state, its inbox, its ring of tasks (Proc)
//   heap         blocks of 8, 16, 32, ... words (blocks.ts), all at addresses divisible by 8, so that a float fits anywhere
//
// It is reserved whole at the start: the operating system gives pages as they are first touched, and a typed array over a
// buffer that cannot grow is an order of magnitude faster than over one that can (1.3 against 33 ns per access, V8 11 to
// 14).
//
// Address 0 is nowhere. Plain reads and writes are allowed where a lock is held, or for hints; everything else that two
// cores touch goes through Atomics, which order the plain ones.

/** An address: an index into `mem`. */
export type Addr = number;

export const Header = {
  /** Guards the bump pointer and the free lists of blocks.ts. */
  blockLock: 1,
  bump: 2,
  end: 3,
  /** Words in blocks that are in use or kept for use, for error messages. */
  /** The queue behind those of the processors: guarded by queueLock. */
  queueLock: 16,
  queueHead: 17,
  queueTail: 18,
  queueLength: 19,
  /** Processors that may run tasks: gomaxprocs. */
  maxProcs: 32,
  /** Processors that have ever been started. */
  procs: 33,
  /** How many are looking for work. A hint. */
  spinning: 34,
  /** How many are asleep, in the loop or quiescent. A hint. */
  idle: 35,
  /** The next batch of goroutine ids. */
  nextId: 36,
  /** The number of numbered functions, and the address of the block with the addresses of their names. */
  functions: 37,
  functionTable: 38,
  functionLock: 39,
  /** 1 while the main thread runs no tasks, and another thread does instead. */
  mainIsFree: 41,
  /** Another core wants the main thread to start one more. */
  wanted: 40,
  /** Set when the program is ending: nobody starts anything any more. */
  stopped: 48,
  /** The next number of a SharedArrayBuffer of the user. */
  buffers: 49,
  /** Heads of the free lists, by size class. */
  free: 64,
  /** The number of numbered shapes, and the address of the block with the addresses of their names: see codec/shapes.ts. */
  shapes: 128,
  shapeTable: 129,
  shapeLock: 130,
} as const;

export const MOST_PROCS = 128;
const PROCS_AT = 1024;
const PROC_WORDS = 512;
const HEAP_AT = PROCS_AT + MOST_PROCS * PROC_WORDS;

/** Offsets in a processor's record. What different cores write stands on lines of its own. */
export const Proc = {
  /** See ProcState. */
  state: 0,
  /** What a sleeping processor waits on. */
  wake: 1,
  /** How often its thread has been replaced. */
  generation: 2,
  /** The stack of messages to this processor: see inbox.ts. */
  inbox: 16,
  /** The next to be taken: by its owner or by a thief, with compare-and-swap. */
  ringHead: 32,
  /** Where the owner puts the next. */
  ringTail: 48,
  /** Goroutines started less goroutines ended here. */
  goroutines: 49,
  /** Those that have started here and not ended, wherever `go` was said. */
  alive: 50,
  /** Goroutines that are runnable here: for scheduler traces. */
  runnable: 51,
  ring: 64,
} as const;
export const RING_SIZE = 256;

export const ProcState = {
  none: 0,
  starting: 1,
  /** Runs goroutines, or has timers, promises or I/O that will. */
  running: 2,
  /** In its event loop, to be woken by Proc.wake. */
  sleeping: 3,
  /** Sleeping, and its event loop has run empty: nothing but another core can wake it. */
  quiescent: 4,
  dead: 5,
} as const;

export function procAt(id: number): Addr {
  return PROCS_AT + id * PROC_WORDS;
}

const DEFAULT_MEGABYTES = 256;
const MOST_MEGABYTES = 2047;

export let mem: Int32Array<SharedArrayBuffer>;
export let floats: Float64Array<SharedArrayBuffer>;
export let bytes: Uint8Array<SharedArrayBuffer>;
/** This processor's number. The main thread's is 0. */
export let me = 0;
/** The same with its generation: what is left for a thread that is gone is not taken for its successor's. */
export let myTag = 0;
const TAG_BITS = 8;

export function tagOf(id: number): number {
  return id | (Atomics.load(mem, procAt(id) + Proc.generation) << TAG_BITS);
}

export function processorOf(tag: number): number {
  return tag & ((1 << TAG_BITS) - 1);
}

export function stateOf(id: number): number {
  return Atomics.load(mem, procAt(id) + Proc.state);
}

/** Is the thread with this tag still there? */
export function isAlive(tag: number): boolean {
  const id = processorOf(tag);
  // The state first: while it is replaced it is dead, then the tag changes, then the state.
  return stateOf(id) !== ProcState.dead && tagOf(id) === tag;
}

export function hasArena(): boolean {
  return mem !== undefined;
}

export function arenaBuffer(): SharedArrayBuffer {
  return mem.buffer;
}

/** Makes the arena, on the main thread. `megabytes` is the setting GOROARENA, if there is one. */
export function makeArena(megabytes: string | undefined): void {
  const size = megabytes === undefined ? DEFAULT_MEGABYTES : Number(megabytes);
  if (!Number.isInteger(size) || size < 1 || size > MOST_MEGABYTES) {
    throw new RangeError(`GOROARENA must be a whole number of megabytes from 1 to ${MOST_MEGABYTES}, got ${megabytes}`);
  }
  enterArena(new SharedArrayBuffer(size * 2 ** 20), 0);
  mem[Header.bump] = HEAP_AT;
  mem[Header.end] = mem.length;
}

/** Uses the arena as processor `id`. */
export function enterArena(buffer: SharedArrayBuffer, id: number): void {
  mem = new Int32Array(buffer);
  floats = new Float64Array(buffer);
  bytes = new Uint8Array(buffer);
  me = id;
  myTag = tagOf(id);
}

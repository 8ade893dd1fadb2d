// "goro/cache": an in-memory cache whose entries expire, for the goroutines of one core, with a janitor goroutine.
//
//   I1  an entry is in the map, in the order of use, and, where it expires, in the heap of due times; or in none of them;
//   I2  an entry past its time is there for nobody: whoever comes upon it evicts it, and so does the janitor;
//   I3  everything is settled before onEvict is called, so that it may use the cache;
//   I4  a load that set or delete has overtaken stores nothing: what it brings is older than what they know.
//
// The janitor sleeps while the cache is empty: it wakes nobody for nothing, and keeps no program alive.

import { chan } from "../chan/channel.js";
import type { BaseContext, Context } from "../context/context.js";
import { contextOf } from "../context/from-signal.js";
import { unlessEnded } from "../context/unless-ended.js";
import { TimerHeap } from "../ds/timer-heap.js";
import { typeError } from "../ds/type-error.js";
import { Waiter, WaitQueue } from "../ds/wait-queue.js";
import { gosched } from "../runtime/gosched.js";
import { now } from "../runtime/host.js";
import { label } from "../runtime/labels.js";
import { done, Operation } from "../runtime/operation.js";
import { checkBody, start } from "../runtime/scheduler.js";
import { checkDuration, sleep } from "../runtime/sleep.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op, Routine } from "../types.js";
import { Call, outcomeOf } from "../x/singleflight.js";

type Why = "expired" | "full" | "deleted" | "replaced";

export interface CacheOptions<K, V> {
  /** Default lifetime of an entry, ms. */
  ttl: number;
  /** How often the janitor sweeps, ms. Default: ttl. */
  sweepEvery?: number;
  /** Past it the least recently used goes. Default: no bound. */
  maxEntries?: number;
  /** Told of every entry that goes, when it has gone. It may use the cache. What it throws is thrown at who made the entry go. */
  onEvict?: (key: K, value: V, why: Why) => void;
}

/** Its links are those of the order of use, its `value` the place in the heap. */
class Entry<K, V> extends Waiter {
  readonly key: K;
  readonly held: V;
  /** On the host's clock. */
  readonly due: number;

  constructor(key: K, held: V, due: number) {
    super();
    this.key = key;
    this.held = held;
    this.due = due;
  }
  wake(): boolean {
    return true;
  }
}

/** So many entries are swept before the others have their turn. */
const SWEPT_AT_ONCE = 1000;

type Load<K, V> = (key: K) => Routine<V> | PromiseLike<V>;

/**
 * A cache whose entries expire.
 *
 * @example
 * const users = new Cache<string, User>(ctx, { ttl: 60_000, maxEntries: 10_000 });
 * const user = yield* users.getOrLoad(id, fetchUser);
 */
export class Cache<K, V> {
  readonly #ttl: number;
  readonly #maxEntries: number;
  readonly #onEvict: CacheOptions<K, V>["onEvict"];
  readonly #entries = new Map<K, Entry<K, V>>();
  /** The least recently used first. */
  readonly #order = new WaitQueue();
  readonly #due = new TimerHeap();
  readonly #loads = new Map<K, Call<V>>();
  /** Tells a janitor that sleeps that the cache is no longer empty. */
  readonly #filled = chan<void>(1);
  #hits = 0;
  #misses = 0;
  #evictions = 0;

  /**
   * The janitor ends with ctx; the cache goes on without it.
   * @throws TypeError, RangeError where ttl or sweepEvery is not above 0, maxEntries no whole number from 1, onEvict no
   * function, or ctx no Context.
   */
  constructor(ctx: Context, options: CacheOptions<K, V>) {
    const ours = contextOf("Cache", "ctx", ctx);
    if (typeof options !== "object" || options === null) throw typeError("Cache: options", "an object", options);
    const { ttl, sweepEvery = ttl, maxEntries = Infinity, onEvict } = options;
    checkPeriod("ttl", ttl);
    checkPeriod("sweepEvery", sweepEvery);
    if (typeof maxEntries !== "number") throw typeError("Cache: maxEntries", "a number", maxEntries);
    if (maxEntries !== Infinity && (!Number.isSafeInteger(maxEntries) || maxEntries < 1)) {
      throw new RangeError(`Cache: maxEntries must be a whole number from 1, got ${maxEntries}`);
    }
    if (onEvict !== undefined && typeof onEvict !== "function")
      throw typeError("Cache: onEvict", "a function", onEvict);
    this.#ttl = ttl;
    this.#maxEntries = maxEntries;
    this.#onEvict = onEvict;
    label(
      start("Cache", () => this.#janitor(ours, sweepEvery), []),
      "Cache.janitor",
    );
  }

  /** The value, or undefined for a miss. Reading does not lengthen a life; it counts as use where maxEntries is full. */
  get(key: K): V | undefined {
    const entry = this.#live(key);
    if (entry === undefined) this.#misses++;
    else this.#hits++;
    return entry?.held;
  }

  /**
   * Keeps a value.
   * @param ttl Its lifetime, ms. Default: that of the cache. Infinity: it stays; zero and less: it is gone at once.
   * @throws TypeError, RangeError where ttl is no duration.
   */
  set(key: K, value: V, ttl: number = this.#ttl): void {
    checkDuration("Cache.set", "ttl", ttl);
    this.#loads.delete(key);
    this.#store(key, value, ttl);
  }

  /** Lets go of an entry, and says whether there was one. */
  delete(key: K): boolean {
    this.#loads.delete(key);
    const entry = this.#live(key);
    if (entry === undefined) return false;
    this.#evict(entry, "deleted");
    return true;
  }

  /**
   * The value, or what load makes of a miss: which runs once, however many goroutines ask for it meanwhile, in a goroutine of
   * its own, and goes on for the others where this is a losing case of a select. Its result is kept unless set or delete has
   * been called meanwhile; its error is thrown at all who wait, and not kept.
   *
   * @throws TypeError where load is no function; what load throws.
   */
  getOrLoad(key: K, load: Load<K, V>): Op<V> {
    checkBody("Cache.getOrLoad", load);
    return new GetOrLoad<V>(
      () => this.#live(key),
      (isHit) => (isHit ? this.#hits++ : this.#misses++),
      () => this.#join(key, load),
    );
  }

  /** How many entries there are. */
  get size(): number {
    this.#sweep(Infinity);
    return this.#entries.size;
  }

  /** evictions counts those that expired or that had to go because maxEntries was reached. */
  stats(): { readonly hits: number; readonly misses: number; readonly evictions: number } {
    return { hits: this.#hits, misses: this.#misses, evictions: this.#evictions };
  }

  /** The entry, as the one that was used last. */
  #live(key: K): Entry<K, V> | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.due <= now()) {
      this.#evict(entry, "expired");
      return undefined;
    }
    this.#order.remove(entry);
    this.#order.push(entry);
    return entry;
  }

  #store(key: K, value: V, ttl: number): void {
    const time = now();
    const old = this.#entries.get(key);
    if (old !== undefined) this.#remove(old);
    const gone: [Entry<K, V>, Why][] = [];
    const entry = new Entry(key, value, time + ttl);
    if (old !== undefined) gone.push([old, old.due <= time ? "expired" : "replaced"]);
    if (ttl <= 0) gone.push([entry, "expired"]);
    else {
      while (this.#entries.size >= this.#maxEntries) gone.push(this.#makeRoom(time));
      this.#entries.set(key, entry);
      this.#order.push(entry);
      if (entry.due !== Infinity) this.#due.add(entry.due, entry);
      this.#filled.trySend();
    }
    for (const [entry, why] of gone) this.#tell(entry, why);
  }

  /** Takes out one that is past its time, else the least recently used. */
  #makeRoom(time: number): [Entry<K, V>, Why] {
    const isDue = this.#due.earliest <= time;
    const entry = (isDue ? this.#due.shiftDue(time) : this.#order.head) as Entry<K, V>;
    this.#remove(entry);
    return [entry, isDue ? "expired" : "full"];
  }

  #remove(entry: Entry<K, V>): void {
    this.#entries.delete(entry.key);
    this.#order.remove(entry);
    if (entry.value !== undefined) this.#due.remove(entry);
  }

  #evict(entry: Entry<K, V>, why: Why): void {
    this.#remove(entry);
    this.#tell(entry, why);
  }

  #tell(entry: Entry<K, V>, why: Why): void {
    if (why === "expired" || why === "full") this.#evictions++;
    this.#onEvict?.(entry.key, entry.held, why);
  }

  /** Evicts what is past its time, at most so many, and says how many those were. */
  #sweep(most: number): number {
    const time = now();
    let swept = 0;
    for (; swept < most && this.#due.earliest <= time; swept++) {
      this.#evict(this.#due.shiftDue(time) as Entry<K, V>, "expired");
    }
    return swept;
  }

  *#janitor(ctx: BaseContext, everyMs: number): Routine {
    const filled = unlessEnded(ctx, this.#filled.recv());
    const pause = unlessEnded(ctx, sleep(everyMs));
    try {
      for (;;) {
        while (this.#due.length === 0) yield* filled;
        yield* pause;
        while (this.#sweep(SWEPT_AT_ONCE) === SWEPT_AT_ONCE) yield* gosched();
      }
    } catch (error) {
      if (error !== ctx.err()) throw error;
    }
  }

  #join(key: K, load: Load<K, V>): Call<V> {
    const running = this.#loads.get(key);
    if (running !== undefined) return running;
    const call = new Call<V>();
    this.#loads.set(key, call);
    const g = start("Cache.getOrLoad", load, [key]);
    g.more.claimed = true;
    g.more.watcher = {
      ended: (g) => {
        const outcome = outcomeOf<V>(g);
        const isLatest = this.#loads.get(key) === call;
        if (isLatest) this.#loads.delete(key);
        call.conclude(outcome);
        if (isLatest && outcome !== null && "value" in outcome) this.#store(key, outcome.value, this.#ttl);
      },
    };
    return call;
  }
}

function checkPeriod(name: string, ms: unknown): void {
  checkDuration("Cache", name, ms);
  if (ms <= 0) throw new RangeError(`Cache: ${name} must be above 0 milliseconds, got ${ms}`);
}

class GetOrLoad<V> extends Operation<V> {
  readonly #find: () => { readonly held: V } | undefined;
  readonly #count: (isHit: boolean) => void;
  readonly #join: () => Call<V>;

  constructor(find: () => { readonly held: V } | undefined, count: (isHit: boolean) => void, join: () => Call<V>) {
    super();
    this.#find = find;
    this.#count = count;
    this.#join = join;
  }
  get reason(): WaitReason {
    return "singleflight.Do";
  }
  poll(): boolean {
    const entry = this.#find();
    if (entry === undefined) return false;
    this.#count(true);
    done.value = entry.held;
    return true;
  }
  enlist(w: Waiter): void {
    const call = this.#join();
    this.#count(false);
    w.value = call;
    call.waiters.push(w);
  }
  withdraw(w: Waiter): void {
    (w.value as Call<V>).waiters.remove(w);
  }
  finish(outcome: unknown): V {
    const call = outcome as Call<V>;
    if (call.exited) throw new Error("Cache.getOrLoad: load ended its goroutine with goexit");
    if (call.failure !== null) throw call.failure.error;
    return call.value as V;
  }
}

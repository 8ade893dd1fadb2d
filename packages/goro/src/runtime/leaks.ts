// GORODEBUG=leaks=1: tells of each goroutine that is collected while it is blocked, which means that nothing could ever have
// woken it. leaks=2, which `goro run --leaks` sets, tells at the end, and of those that are still blocked then.
//
// Where it was blocked cannot be asked of one that is gone, and a stack each time one parks would cost more than all the rest.
// So who has parked is kept alive until it has been asked, and most have gone on by then:
//
//   I1  a goroutine that is parked is in `pending`, or its `life` says where it is parked;
//   I2  nothing else here keeps it alive: its life is what is left of it.

import { printError } from "./exit.js";
import { placeOf, userFrames } from "./frames.js";
import type { Goroutine, Watcher } from "./goroutine.js";
import { background } from "./host.js";
import { addLeak, leakLine, whereText, type Leak } from "./leaked.js";
import { gc } from "./memory.js";
import { elsewhere } from "./operation.js";
import { processor, type Watch } from "./processor.js";
import { forgetRecent } from "./scheduler.js";
import { sightEach } from "./where.js";

/** Who has parked is asked after a while, when most have gone on; sooner where many have. */
const PATIENCE_MS = 20;
const MOST_PENDING = 4096;
/** What is lost is noticed when it is collected: so often at least, while goroutines park. */
const COLLECT_MS = 2000;

/** What is kept of a goroutine. */
class Life implements Watcher {
  readonly id: number;
  readonly createdAt: string | undefined;
  readonly ref: WeakRef<Goroutine>;
  isPending = false;
  /** Is told of on another core, if at all. */
  isElsewhere: boolean;
  state = "";
  at: string | undefined = undefined;

  constructor(g: Goroutine) {
    this.id = g.id;
    this.createdAt = placeIn(g.extra?.created ?? "");
    this.ref = new WeakRef(g);
    this.isElsewhere = g.op === elsewhere;
  }
  ended(): void {
    lives.delete(this);
    registry.unregister(this);
  }
}

const lives = new Set<Life>();
const registry = new FinalizationRegistry<Life>(lose);
let pending: Goroutine[] = [];
let isArmed = false;
let hasParked = false;
let tellsAtEnd = false;

/** Of stacks, the innermost place in the user's code. */
const places = new Map<string, string | undefined>();

function placeIn(stack: string): string | undefined {
  if (!places.has(stack)) places.set(stack, placeOf(userFrames(stack)[0]));
  return places.get(stack);
}

function lose(life: Life): void {
  if (!lives.delete(life) || life.isElsewhere) return;
  const leak: Leak = { where: whereText(life.state, life.at, life.createdAt), count: 1, ids: [life.id] };
  addLeak(leak);
  if (!tellsAtEnd) printError(leakLine("was blocked for ever", leak));
}

function begin(g: Goroutine): Life {
  const life = new Life(g);
  g.more.life = life;
  lives.add(life);
  registry.register(g, life, life);
  return life;
}

function looked(): void {
  const g = processor.current;
  if (g.op === null || g.id === 0) return;
  forgetRecent(g);
  const life = g.extra?.life;
  if (life instanceof Life && !life.isPending) askLater(g, life);
}

function askLater(g: Goroutine, life: Life): void {
  hasParked = true;
  life.isPending = true;
  pending.push(g);
  if (pending.length >= MOST_PENDING) askPending();
  else if (!isArmed) {
    isArmed = true;
    background(setTimeout(askPending, PATIENCE_MS));
  }
}

function askPending(): void {
  isArmed = false;
  const parked = pending.filter((g) => !g.hasEnded);
  pending = [];
  sightEach(parked).forEach(({ info }, i) => {
    const life = parked[i]!.extra!.life as Life;
    life.isPending = false;
    life.state = info.state;
    life.at = info.at;
  });
}

function collect(): void {
  if (!hasParked) return;
  hasParked = false;
  gc();
}

/** Takes in those that have been collected and not been told of yet. */
export function settleLeaks(): void {
  askPending();
  for (const life of lives) if (life.ref.deref() === undefined) lose(life);
}

export function openLeaks(level: number, early: readonly Goroutine[]): Watch {
  tellsAtEnd = level > 1;
  for (const g of early) {
    if (!g.hasEnded) askLater(g, begin(g));
  }
  background(setInterval(collect, COLLECT_MS));
  return { started: begin, looked };
}

// Vector clocks that are never changed: a tree of small arrays, in which a version and the next share all they can.
//
// A clock says for each thread number how much of that thread is known. Handing one on is handing on a reference, whatever
// its size, and who is told what they know already finds the same branches and looks no further: so ten thousand
// goroutines that all meet at one lock cost what they learn, not ten thousand numbers each time.
//
//   I1  a leaf stands for 16 numbers, a branch for 16 of the next lower height; a missing branch is all zeros;
//   I2  the root is as high as its largest number needs, so that small programs have one leaf.

const BITS = 4;
const WIDTH = 1 << BITS;
const MASK = WIDTH - 1;

class Leaf {
  readonly height = 0;
  readonly slots: readonly number[];

  constructor(slots: readonly number[]) {
    this.slots = slots;
  }
}

class Branch {
  readonly height: number;
  readonly slots: readonly (Clock | null)[];

  constructor(height: number, slots: readonly (Clock | null)[]) {
    this.height = height;
    this.slots = slots;
  }
}

export type Clock = Leaf | Branch;

const zeros: readonly number[] = new Array<number>(WIDTH).fill(0);
const nothing: readonly null[] = new Array<null>(WIDTH).fill(null);

/** Knows nothing. */
export const dawn: Clock = new Leaf(zeros);

/** How much of a thread is known. */
export function known(clock: Clock, thread: number): number {
  let at: Clock | null = clock;
  if (thread >> (BITS * (at.height + 1)) !== 0) return 0;
  while (at !== null && at.height > 0) at = (at as Branch).slots[(thread >> (BITS * at.height)) & MASK]!;
  return at === null ? 0 : (at as Leaf).slots[thread & MASK]!;
}

export function withKnown(clock: Clock, thread: number, time: number): Clock {
  let root = clock;
  while (thread >> (BITS * (root.height + 1)) !== 0) root = raised(root);
  return set(root, root.height, thread, time);
}

function set(at: Clock | null, height: number, thread: number, time: number): Clock {
  if (height === 0) {
    const slots = (at === null ? zeros : (at as Leaf).slots).slice();
    slots[thread & MASK] = time;
    return new Leaf(slots);
  }
  const slots = (at === null ? nothing : (at as Branch).slots).slice();
  const i = (thread >> (BITS * height)) & MASK;
  slots[i] = set(slots[i]!, height - 1, thread, time);
  return new Branch(height, slots);
}

function raised(clock: Clock): Clock {
  const slots: (Clock | null)[] = nothing.slice();
  slots[0] = clock;
  return new Branch(clock.height + 1, slots);
}

/** What both know together. Is one of the two where that knows all. */
export function joined(a: Clock, b: Clock): Clock {
  if (a === b || b === dawn) return a;
  if (a === dawn) return b;
  if (a.height > b.height) return joinedAt(a, atHeight(b, a.height));
  return joinedAt(atHeight(a, b.height), b);
}

function atHeight(clock: Clock, height: number): Clock {
  let root = clock;
  while (root.height < height) root = raised(root);
  return root;
}

function joinedAt(a: Clock, b: Clock): Clock {
  if (a === b) return a;
  return a.height === 0 ? joinedLeaves(a as Leaf, b as Leaf) : joinedBranches(a as Branch, b as Branch);
}

function joinedLeaves(a: Leaf, b: Leaf): Clock {
  let isA = true;
  let isB = true;
  for (let i = 0; i < WIDTH; i++) {
    const x = a.slots[i]!;
    const y = b.slots[i]!;
    if (x < y) isA = false;
    else if (y < x) isB = false;
  }
  if (isA) return a;
  if (isB) return b;
  const slots = a.slots.slice();
  for (let i = 0; i < WIDTH; i++) if (b.slots[i]! > slots[i]!) slots[i] = b.slots[i]!;
  return new Leaf(slots);
}

function joinedBranches(a: Branch, b: Branch): Clock {
  let slots: (Clock | null)[] | null = null;
  let isB = true;
  for (let i = 0; i < WIDTH; i++) {
    const x = a.slots[i]!;
    const y = b.slots[i]!;
    const both = x === null ? y : y === null ? x : joinedAt(x, y);
    if (both !== y) isB = false;
    if (both !== x) (slots ??= a.slots.slice())[i] = both;
  }
  if (slots === null) return a;
  return isB ? b : new Branch(a.height, slots);
}

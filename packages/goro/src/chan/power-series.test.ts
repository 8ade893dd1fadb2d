// Power series as streams of rationals, computed by goroutines that work only when asked: after McIlroy's "Squinting at Power Series",
// which test/chan/powser1.go makes of Go's channels. Infinite series alone, and words of our own. A select with cases that come and go,
// goroutines that start their successors, and thousands that are left behind.
import { test } from "node:test";
import { equal } from "node:assert/strict";
import { chan, go, select, type Chan, type Op, type Routine } from "goro";
import { inGoroutine } from "../testkit.portable.js";

class Ratio {
  readonly num: bigint;
  readonly den: bigint;
  constructor(num: bigint | number, den: bigint | number = 1n) {
    const [n, d] = [BigInt(num), BigInt(den)];
    const divisor = gcd(n < 0n ? -n : n, d < 0n ? -d : d) * (d < 0n ? -1n : 1n);
    this.num = n / divisor;
    this.den = d / divisor;
  }
  plus(other: Ratio): Ratio {
    return new Ratio(this.num * other.den + other.num * this.den, this.den * other.den);
  }
  times(other: Ratio): Ratio {
    return new Ratio(this.num * other.num, this.den * other.den);
  }
  inverse(): Ratio {
    return new Ratio(this.den, this.num);
  }
  negative(): Ratio {
    return new Ratio(-this.num, this.den);
  }
  toString(): string {
    return this.den === 1n ? String(this.num) : `${this.num}/${this.den}`;
  }
}
function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}
const zero = new Ratio(0);
const one = new Ratio(1);

/** A term is made when somebody asks. */
class Series {
  readonly request: Chan<void> = chan<void>();
  readonly data: Chan<Ratio> = chan<Ratio>();

  *get(): Routine<Ratio> {
    yield* this.request.send();
    return (yield* this.data.recv()) as Ratio;
  }
  *put(term: Ratio): Routine {
    yield* this.request.recv();
    yield* this.data.send(term);
  }
  /** Puts the terms of another series from here on. */
  *follow(other: Series): Routine<never> {
    for (;;) {
      yield* this.request.recv();
      const term = yield* other.get();
      yield* this.data.send(term);
    }
  }
}

function series(body: (out: Series) => Routine): Series {
  const out = new Series();
  go(body, out);
  return out;
}

/** A term of each of two, asked for and received in whatever order comes. */
function* pair(a: Series, b: Series): Routine<[Ratio, Ratio]> {
  const inputs = [a, b];
  const ask: (Op<void> | null)[] = inputs.map((s) => s.request.send());
  const answer: (Op<Ratio | undefined> | null)[] = [null, null];
  const terms = [zero, zero];
  for (let left = 4; left > 0; left--) {
    const got = yield* select([ask[0], ask[1], answer[0], answer[1]]);
    if (got.case < 2) {
      ask[got.case] = null;
      answer[got.case] = (inputs[got.case] as Series).data.recv();
    } else {
      answer[got.case - 2] = null;
      terms[got.case - 2] = got.value as Ratio;
    }
  }
  return terms as [Ratio, Ratio];
}

/**
 * One series read by two, each at its own pace. The newest generation serves whoever asks first and starts the next; the older ones hold the terms
 * that the slower reader has not had, and let the next newer serve him when he has.
 */
function* generation(from: Series, outs: [Series, Series], turn: Chan<void>): Routine {
  let both = false;
  const first = yield* select({ fast: outs[0].request.recv(), turn: turn.recv() });
  if (first.case === "turn") {
    both = true;
    const asked = yield* select([outs[0].request.recv(), outs[1].request.recv()]);
    if (asked.case === 1) outs.reverse();
  }
  // The next generation may exchange them, but not before this one has let it.
  const [fast, slow] = outs;
  yield* from.request.send();
  const next = chan<void>();
  go(generation, from, outs, next);
  const term = (yield* from.data.recv()) as Ratio;
  yield* fast.data.send(term);
  if (!both) yield* turn.recv();
  yield* slow.request.recv();
  yield* slow.data.send(term);
  yield* next.send();
}
function splitInto(from: Series, outs: [Series, Series]): void {
  const turn = chan<void>();
  go(generation, from, outs, turn);
  go(function* () {
    yield* turn.send();
  });
}
function split(from: Series): [Series, Series] {
  const outs: [Series, Series] = [new Series(), new Series()];
  // The pair is what generations exchange; the readers keep theirs.
  splitInto(from, [...outs]);
  return outs;
}

const repeat = (term: Ratio): Series =>
  series(function* (out) {
    for (;;) yield* out.put(term);
  });
const add = (a: Series, b: Series): Series =>
  series(function* (out) {
    for (;;) {
      yield* out.request.recv();
      const [u, v] = yield* pair(a, b);
      yield* out.data.send(u.plus(v));
    }
  });
const scale = (by: Ratio, a: Series): Series =>
  series(function* (out) {
    for (;;) {
      yield* out.request.recv();
      const term = yield* a.get();
      yield* out.data.send(term.times(by));
    }
  });
const shift = (first: Ratio, a: Series): Series =>
  series(function* (out) {
    yield* out.put(first);
    yield* out.follow(a);
  });
const multiply = (a: Series, b: Series): Series =>
  series(function* (out) {
    yield* out.request.recv();
    const [u, v] = yield* pair(a, b);
    yield* out.data.send(u.times(v));
    const [a1, a2] = split(a);
    const [b1, b2] = split(b);
    const cross = add(scale(u, b1), scale(v, a1));
    yield* out.request.recv();
    const second = yield* cross.get();
    yield* out.data.send(second);
    yield* out.follow(add(cross, multiply(a2, b2)));
  });
const differentiate = (a: Series): Series =>
  series(function* (out) {
    yield* out.request.recv();
    yield* a.get();
    for (let i = 1; ; i++) {
      const term = yield* a.get();
      yield* out.data.send(term.times(new Ratio(i)));
      yield* out.request.recv();
    }
  });
const integrate = (constant: Ratio, a: Series): Series =>
  series(function* (out) {
    yield* out.put(constant);
    for (let i = 1; ; i++) {
      yield* out.request.recv();
      const term = yield* a.get();
      yield* out.data.send(term.times(new Ratio(1, i)));
    }
  });
const reciprocal = (a: Series): Series =>
  series(function* (out) {
    yield* out.request.recv();
    const first = (yield* a.get()).inverse();
    yield* out.data.send(first);
    const rest: [Series, Series] = [new Series(), new Series()];
    const [inner, outer] = rest;
    splitInto(multiply(scale(first.negative(), a), shift(first, inner)), rest);
    yield* out.follow(outer);
  });
/** Of a series without its constant term: Z' = Z U'. */
function exponential(a: Series): Series {
  const both: [Series, Series] = [new Series(), new Series()];
  const [inner, outer] = both;
  splitInto(integrate(one, multiply(inner, differentiate(a))), both);
  return outer;
}
/** U(c x^n). */
const substitute = (a: Series, c: Ratio, n: number): Series =>
  series(function* (out) {
    for (let power = one; ; power = power.times(c)) {
      yield* out.request.recv();
      const term = yield* a.get();
      yield* out.data.send(term.times(power));
      for (let i = 1; i < n; i++) yield* out.put(zero);
    }
  });

function* take(n: number, a: Series): Routine<string> {
  const terms: Ratio[] = [];
  for (let i = 0; i < n; i++) {
    const term = yield* a.get();
    terms.push(term);
  }
  return terms.join(" ");
}

const ones = (): Series => repeat(one);

for (const [what, make, expected] of [
  ["1 / (1-x)", ones, "1 1 1 1 1 1 1 1 1 1"],
  ["a sum", () => add(ones(), repeat(new Ratio(2))), "3 3 3 3 3 3 3 3 3 3"],
  ["a derivative", () => differentiate(ones()), "1 2 3 4 5 6 7 8 9 10"],
  ["an integral", () => integrate(zero, ones()), "0 1 1/2 1/3 1/4 1/5 1/6 1/7 1/8 1/9"],
  ["a multiple", () => scale(new Ratio(-1), repeat(new Ratio(2))), "-2 -2 -2 -2 -2 -2 -2 -2 -2 -2"],
  ["a product", () => multiply(ones(), ones()), "1 2 3 4 5 6 7 8 9 10"],
  ["a reciprocal", () => reciprocal(ones()), "1 -1 0 0 0 0 0 0 0 0"],
  [
    "an exponential",
    () => exponential(ones()),
    "1 1 3/2 13/6 73/24 167/40 4051/720 37633/5040 43817/4480 4596553/362880",
  ],
  ["atan", () => integrate(zero, substitute(ones(), new Ratio(-1), 2)), "0 1 0 -1/3 0 1/5 0 -1/7 0 1/9"],
] as const) {
  test(
    `goroutines compute ${what} term by term (powser1.go)`,
    inGoroutine(function* () {
      equal(yield* take(10, make()), expected);
    }),
  );
}

// xorshift32: a few instructions a number, good enough to be fair, and the same sequence for the same seed.

export class Random {
  #state: number;

  constructor(seed = (Math.random() * 0xffffffff) >>> 0) {
    this.#state = seed | 0 || 1;
  }

  /** 32 random bits, never all zero. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x;
  }

  /** A whole number from 0 to n - 1. The high bits, scaled: no division, and no bias that matters below 2^31. */
  below(n: number): number {
    return Math.floor(((this.next() >>> 0) / 4294967296) * n);
  }
}

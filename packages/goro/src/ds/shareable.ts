// What goes to another core by reference instead of as a copy: channels, sync primitives, atomics, contexts. Their classes
// say so themselves, by carrying this with their kind as its value; how they do it stands in cores/.

export const shareable: unique symbol = Symbol("goro.shareable");

/** Apart from the others, so that a bundle need not carry those. */
export const CHANNEL = 1;

/** Stands in the arena with each shared thing. Only ever add at the end. */
export const ShareKind = {
  channel: CHANNEL,
  mutex: 2,
  rwMutex: 3,
  waitGroup: 4,
  once: 5,
  cond: 6,
  map: 7,
  pool: 8,
  integer: 9,
  context: 10,
  semaphore: 11,
  errgroup: 12,
  singleflight: 13,
  limiter: 14,
  atomicValue: 15,
  buffer: 16,
  readLocker: 17,
  timerChannel: 18,
} as const;
export type ShareKind = (typeof ShareKind)[keyof typeof ShareKind];

export function isShareable(value: object): value is { readonly [shareable]: ShareKind } {
  return shareable in value;
}

// Shared things: what a channel, a mutex, a context of this core has in the arena, and back.
//
// A shared thing is a cell in the arena; on each core that knows it stands an ordinary object of its class for it, the handle.
// The cell counts its references: one for each core with a handle, one for each value under way that mentions it.
//
//   I1  a core has one handle per cell: what is sent away and comes back is the same object;
//   I2  the handle's reference is given back when the handle has been collected, so a shared thing goes when nobody can
//       reach it any more, on any core.

import { shareable, ShareKind } from "../ds/shareable.js";
import { mem, type Addr } from "../arena/arena.js";

/** The first words of every cell. */
export const Cell = {
  /** A spin lock around the rest. */
  lock: 0,
  references: 1,
  kind: 2,
  /** The processor that holds it, plus one, for locks: see lost.ts. */
  holder: 3,
} as const;

/** How one kind of thing is shared. */
export interface Kind<T extends object> {
  /** What cannot be sent, as "a Pool", and what to do instead; undefined where this one can. */
  refusal?(value: T): Refusal | undefined;
  /**
   * Moves a local one into a new cell, with all that wait in it. Throws and changes nothing where it cannot be. What may hold
   * itself says `announce` first.
   */
  share(value: T): Addr;
  /** A handle for a cell that another core has made. */
  adopt(at: Addr): T;
  /** Nobody can reach the cell any more: frees it and all it holds. */
  destroy(at: Addr): void;
}

export interface Refusal {
  readonly what: string;
  readonly advice: string;
}

const kinds: Kind<object>[] = [];
const cells = new WeakMap<object, Addr>();
const handles = new Map<Addr, WeakRef<object>>();

const collected = new FinalizationRegistry((at: Addr) => {
  if (handles.get(at)?.deref() === undefined) handles.delete(at);
  dropReference(at);
});

export function registerKind<T extends object>(kind: ShareKind, how: Kind<T>): void {
  kinds[kind] = how;
}

/** For a kind that stays on its core. */
export function registerUnsendable(kind: ShareKind, refusal: Refusal): void {
  const never = (): never => {
    throw new Error(`goro: ${refusal.what} was never shared`);
  };
  registerKind(kind, { refusal: () => refusal, share: never, adopt: never, destroy: never });
}

/** Why a shared thing cannot be sent, if it cannot. */
export function refusalOf(value: { readonly [shareable]: ShareKind }): Refusal | undefined {
  return kinds[value[shareable]]?.refusal?.(value);
}

/** Its cell, if it has been shared. */
export function cellOf(value: object): Addr | undefined {
  return cells.get(value);
}

/** The cell that a thing is being moved into: mentioned meanwhile, it is not moved again. */
export function announce(value: object, at: Addr): void {
  cells.set(value, at);
}

/** It could not be moved. */
export function retract(value: object): void {
  cells.delete(value);
}

function bind(value: object, at: Addr): void {
  cells.set(value, at);
  handles.set(at, new WeakRef(value));
  collected.register(value, at);
}

/** A reference to a thing of this core, for a value that is sent. Shares the thing where that has not happened yet. */
export function referenceTo(value: { readonly [shareable]: ShareKind }): Addr {
  return referenceOf(value, value[shareable]);
}

export function referenceOf(value: object, kind: ShareKind): Addr {
  let at = cells.get(value);
  if (at === undefined) {
    at = kinds[kind]!.share(value);
    mem[at + Cell.kind] = kind;
    if (cells.has(value))
      Atomics.add(mem, at + Cell.references, 1); // announced, and mentioned perhaps
    else mem[at + Cell.references] = 1;
    bind(value, at);
  }
  Atomics.add(mem, at + Cell.references, 1);
  return at;
}

/** The thing that an arrived value mentions. The reference becomes the handle's. */
export function adoptReference(at: Addr): object {
  const known = handles.get(at)?.deref();
  if (known !== undefined) {
    dropReference(at);
    return known;
  }
  const value = kinds[mem[at + Cell.kind]!]!.adopt(at);
  bind(value, at);
  return value;
}

export function dropReference(at: Addr): void {
  if (Atomics.sub(mem, at + Cell.references, 1) === 1) kinds[mem[at + Cell.kind]!]!.destroy(at);
}

// Parallel functions by number: how a function that another core shall run is named.
//
// Every core that loads a module declares its functions under the same key, the module's URL and the function's name. The
// first core that sends one gives it a number, which stands for the key in the arena from then on.

import { allocate } from "../arena/blocks.js";
import { bytes, Header, mem, type Addr } from "../arena/arena.js";
import { lock, unlock } from "../arena/spin-lock.js";

export type ParallelBody = (...args: never[]) => Generator;

export interface Declared {
  readonly url: string;
  readonly name: string;
  readonly fn: ParallelBody;
  /** What `parallel` returned. */
  readonly inline: object;
  number: number;
}

const MOST_FUNCTIONS = 1 << 16;
const declared = new Map<string, Declared>();
const byInline = new WeakMap<object, Declared>();
const byNumber: (Declared | undefined)[] = [];

const keyOf = (url: string, name: string): string => `${url}#${name}`;

/** @throws Error where the module has declared one of that name before. */
export function declare(url: string, name: string, fn: ParallelBody, inline: object): Declared {
  const key = keyOf(url, name);
  if (declared.has(key)) {
    throw new Error(
      `parallel: two functions named ${name} in ${url}: other cores find a function by its name, give each its own`,
    );
  }
  const entry: Declared = { url, name, fn, inline, number: -1 };
  declared.set(key, entry);
  byInline.set(inline, entry);
  return entry;
}

export function declarationOf(inline: object): Declared | undefined {
  return byInline.get(inline);
}

/** What this core has declared by that name. */
export function declaredAs(url: string, name: string): Declared | undefined {
  return declared.get(keyOf(url, name));
}

/** The address of the table of names: a word per function, the address of a block with its length and its key. */
function table(): Addr {
  let at = mem[Header.functionTable]!;
  if (at === 0) {
    at = allocate(MOST_FUNCTIONS);
    mem[Header.functionTable] = at;
  }
  return at;
}

export function numberOf(entry: Declared): number {
  if (entry.number >= 0) return entry.number;
  const key = new TextEncoder().encode(keyOf(entry.url, entry.name));
  lock(Header.functionLock);
  try {
    const at = table();
    const count = mem[Header.functions]!;
    for (let i = 0; i < count && entry.number < 0; i++)
      if (readKey(mem[at + i]!) === `${entry.url}#${entry.name}`) entry.number = i;
    if (entry.number < 0) {
      const block = allocate(1 + Math.ceil(key.length / 4));
      mem[block] = key.length;
      bytes.set(key, (block + 1) * 4);
      mem[at + count] = block;
      mem[Header.functions] = count + 1;
      entry.number = count;
    }
  } finally {
    unlock(Header.functionLock);
  }
  byNumber[entry.number] = entry;
  return entry.number;
}

function readKey(block: Addr): string {
  return new TextDecoder().decode(bytes.slice((block + 1) * 4, (block + 1) * 4 + mem[block]!));
}

/** The URL and the name of the function with a number. */
export function nameOf(number: number): { readonly url: string; readonly name: string } {
  const key = readKey(mem[mem[Header.functionTable]! + number]!);
  const at = key.lastIndexOf("#");
  return { url: key.slice(0, at), name: key.slice(at + 1) };
}

/** The function with a number, where its module has been loaded here. */
export function functionOf(number: number): Declared | undefined {
  const known = byNumber[number];
  if (known !== undefined) return known;
  const { url, name } = nameOf(number);
  const entry = declared.get(keyOf(url, name));
  if (entry === undefined) return undefined;
  entry.number = number;
  byNumber[number] = entry;
  return entry;
}

/** The module could not be loaded to its end: none of its functions can run here. */
export function undeclare(url: string): void {
  for (const [key, entry] of declared) if (entry.url === url) declared.delete(key);
  byNumber.forEach((entry, number) => {
    if (entry?.url === url) byNumber[number] = undefined;
  });
}

// Strings of any length to and from bytes. Short ones byte by byte; Node, Bun and Deno have a Buffer for the long ones, which
// takes shared memory too.

interface PlatformBuffer {
  write(text: string, at: number, byteLength: number, encoding: "latin1" | "utf16le"): number;
  toString(encoding: "latin1" | "utf16le", from: number, to: number): string;
}
interface Platform {
  readonly Buffer?: { from(memory: ArrayBufferLike): PlatformBuffer };
}
const platformBuffer = (globalThis as unknown as Platform).Buffer;

/** fromCharCode takes so many arguments at a time, on every platform. */
const AT_ONCE = 4096;
const beyondByte = /[^\0-\xff]/;
const beyondAscii = 0x80;
const fromCodes = String.fromCharCode;
const utf8 = new TextDecoder();

/** The memory and what the platform reads and writes it with: the scratch's and the arena's. */
let nearMemory: ArrayBufferLike | undefined;
let near: PlatformBuffer | undefined;
let sharedMemory: ArrayBufferLike | undefined;
let shared: PlatformBuffer | undefined;

function over(bytes: Uint8Array): PlatformBuffer | undefined {
  const memory = bytes.buffer;
  if (memory === sharedMemory) return shared;
  if (memory === nearMemory) return near;
  const made = platformBuffer?.from(memory);
  if (typeof SharedArrayBuffer === "function" && memory instanceof SharedArrayBuffer)
    [sharedMemory, shared] = [memory, made];
  else [nearMemory, near] = [memory, made];
  return made;
}

/** Forgets the scratch: it may be large. */
export function forgetScratch(): void {
  nearMemory = near = undefined;
}

/** Whether every character fits into a byte. */
export function isOfBytes(text: string): boolean {
  return !beyondByte.test(text);
}

export function writeBytes(text: string, bytes: Uint8Array, at: number): void {
  const buffer = over(bytes);
  if (buffer !== undefined) buffer.write(text, at, text.length, "latin1");
  else for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}

/** `at` is even. */
export function writeUnits(text: string, bytes: Uint8Array, at: number): void {
  const buffer = over(bytes);
  if (buffer !== undefined) {
    buffer.write(text, at, text.length * 2, "utf16le");
    return;
  }
  const units = new Uint16Array(bytes.buffer, at, text.length);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
}

/** Up to SHORT_STRING characters, a few at a time: each call makes one string. */
export function readShort(bytes: Uint8Array, at: number, length: number): string {
  switch (length) {
    case 0:
      return "";
    case 1:
    case 2:
    case 3:
    case 4:
      return readFew(bytes, at, length);
    case 5:
      return fromCodes(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!, bytes[at + 4]!);
    case 6:
      return fromCodes(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!, bytes[at + 4]!, bytes[at + 5]!);
    case 7:
      return fromCodes(
        bytes[at]!,
        bytes[at + 1]!,
        bytes[at + 2]!,
        bytes[at + 3]!,
        bytes[at + 4]!,
        bytes[at + 5]!,
        bytes[at + 6]!,
      );
    case 8:
      return eight(bytes, at);
  }
  if (length > LONGEST_PAIR) return readBytes(bytes, at, length);
  return eight(bytes, at) + readFew(bytes, at + 8, length - 8);
}

/** Longer strings put together from two are not made until they are looked into. */
const LONGEST_PAIR = 12;

function readFew(bytes: Uint8Array, at: number, length: number): string {
  switch (length) {
    case 1:
      return fromCodes(bytes[at]!);
    case 2:
      return fromCodes(bytes[at]!, bytes[at + 1]!);
    case 3:
      return fromCodes(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!);
    default:
      return fromCodes(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
  }
}

function eight(bytes: Uint8Array, at: number): string {
  return fromCodes(
    bytes[at]!,
    bytes[at + 1]!,
    bytes[at + 2]!,
    bytes[at + 3]!,
    bytes[at + 4]!,
    bytes[at + 5]!,
    bytes[at + 6]!,
    bytes[at + 7]!,
  );
}

export function readBytes(bytes: Uint8Array, at: number, length: number): string {
  const buffer = over(bytes);
  if (buffer !== undefined) return buffer.toString("latin1", at, at + length);
  // A decoder refuses shared memory, and knows no encoding that is one byte to one character but ASCII's.
  if (length >= AT_ONCE && isAscii(bytes, at, length)) return utf8.decode(bytes.slice(at, at + length));
  return inParts(bytes.subarray(at, at + length));
}

export function readUnits(bytes: Uint8Array, at: number, length: number): string {
  const buffer = over(bytes);
  if (buffer !== undefined) return buffer.toString("utf16le", at, at + length * 2);
  return inParts(new Uint16Array(bytes.buffer, at, length));
}

function isAscii(bytes: Uint8Array, at: number, length: number): boolean {
  let all = 0;
  for (let i = 0; i < length; i++) all |= bytes[at + i]!;
  return all < beyondAscii;
}

function inParts(codes: Uint8Array | Uint16Array): string {
  let text = "";
  for (let i = 0; i < codes.length; i += AT_ONCE) {
    text += Reflect.apply(fromCodes, null, codes.subarray(i, i + AT_ONCE));
  }
  return text;
}

const NAMES = 4096;
const names = new Array<string>(NAMES).fill("");

/** A property's name: most have been read before. The strings kept are the engine's own, so that they are found by address. */
export function readName(bytes: Uint8Array, at: number, length: number): string {
  let hash = length;
  for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + bytes[at + i]!) | 0;
  const index = (hash ^ (hash >>> 12)) & (NAMES - 1);
  const known = names[index]!;
  if (known.length === length) {
    let i = 0;
    while (i < length && known.charCodeAt(i) === bytes[at + i]) i++;
    if (i === length) return known;
  }
  const name = Object.keys({ [readBytes(bytes, at, length)]: 0 })[0]!;
  names[index] = name;
  return name;
}

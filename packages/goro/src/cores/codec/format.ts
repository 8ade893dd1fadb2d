// How a value stands in words of 32 bits, for the writer and the reader.
//
// A value begins with a word: its tag in the low byte, above it a number of 24 bits, whose meaning is the tag's. Where the
// number may be larger, ESCAPE stands there and the number follows in a word of its own. Containers come before their members,
// objects are numbered in the order in which they come, and who comes again is mentioned by that number.
//
// Containers below MOST_LEVELS are created empty where they stand; their members follow behind the values, in the same
// order. So neither side ever nests its calls deeply, however deep a value is.
//
//   I1  what can be written can be read: the reader throws for nothing but want of memory;
//   I2  both sides number an object before its members.

export const Tag = {
  // Values that are a word.
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  /** The number: an integer of 24 bits, signed. */
  integer: 4,
  /** The number: which object. */
  again: 5,
  /** The number: which of the references. */
  reference: 6,
  /** The number: which of the things kept for the reader to fetch. */
  foreign: 7,
  /** The number: which of the functions that all cores know. */
  fn: 8,
  wellKnown: 9,
  /** No value: where a list has none. */
  hole: 10,
  /** No value: ends members. */
  end: 11,

  // Strings and numbers.
  /** Characters of one byte, up to three, in the word itself. */
  string0: 16,
  string1: 17,
  string2: 18,
  string3: 19,
  /** The number: how many characters, of one byte each. */
  bytes: 20,
  /** The same with two bytes. */
  units: 21,
  /** The same two, with the characters in the tail. */
  tailBytes: 22,
  tailUnits: 23,
  /** Two words. */
  float: 24,
  /** Two words. */
  bigint64: 25,
  /** A string in base 16, with its sign in the number: 1 for less than 0. */
  bigint: 26,

  // Objects without members.
  date: 32,
  regExp: 33,
  /** An object around the value that follows. */
  boxed: 34,
  /** The number: the length in bytes, which follow. */
  buffer: 35,
  /** The length and the greatest length follow, as values. The bytes are in the tail. */
  tailBuffer: 36,
  /** The number: which class, plus VIEW_TRACKS. Buffer, offset and length follow, as values. */
  view: 37,

  // Containers. The number of members, or of pairs; with `end` where it is not known before.
  object: 48,
  /** The number: which shape. The values follow. */
  shaped: 55,
  list: 49,
  /** A list with properties behind its elements. */
  listAndMore: 50,
  /** A list with few elements: its length, then pairs up to `end`. */
  sparseList: 51,
  map: 52,
  set: 53,
  /** The number: which class. Message, stack and name follow, then the members. */
  error: 54,
  /** The same kinds, created empty: the members come later. */
  objectLater: 56,
  listLater: 57,
  mapLater: 58,
  setLater: 59,
  errorLater: 60,
} as const;

/** The number is not this one: it follows. */
export const ESCAPE = 0xffffff;
export const VIEW_TRACKS = 0x100;
/** How deep the calls nest on either side. */
export const MOST_LEVELS = 100;
/** Strings and buffers of more bytes are written where they will stay at once. */
export const TAIL_FROM = 4096;
/** Longer strings are left to the platform. */
export const SHORT_STRING = 32;

/** A float and the words it consists of. */
export const floatCell = new Float64Array(1);
export const bigintCell = new BigInt64Array(floatCell.buffer);
export const wordCells = new Int32Array(floatCell.buffer);

export const wordsFor = (byteLength: number): number => Math.ceil(byteLength / 4);

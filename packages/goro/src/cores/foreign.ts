// What cannot be written into the arena: it travels through message ports, and the values that mention it carry its number.

/** Set by processors.ts, which has the ports. */
export interface Foreign {
  /** The number of a SharedArrayBuffer of the user, known on every core. */
  bufferNumber(buffer: SharedArrayBuffer): number;
  bufferOf(number: number): SharedArrayBuffer;
  /**
   * Keeps a value that only a structured clone can carry, or that is transferred, until the one core that reads the value
   * fetches it. The value is already this side's own: cloned, or transferred to itself. Returns its number.
   */
  keep(value: unknown, transfer: object[]): number;
  /** Fetches what processor `owner` keeps under a number. Once. */
  fetch(owner: number, number: number): unknown;
  /** It will not be fetched. */
  forget(owner: number, number: number): void;
}

export const foreign: { ports: Foreign | null } = { ports: null };

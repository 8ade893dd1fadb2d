// The error for an argument of a wrong type: what it must be, and what it is.

/** "chan: capacity must be a number, got string". */
export function typeError(what: string, must: string, got: unknown): TypeError {
  return new TypeError(`${what} must be ${must}, got ${got === null ? "null" : typeof got}`);
}

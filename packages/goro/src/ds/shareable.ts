// What goes to another core by reference instead of as a copy: channels, sync primitives, atomics, contexts. Their classes
// say so themselves, by extending or by carrying this.

export const shareable: unique symbol = Symbol("goro.shareable");

export function isShareable(value: object): boolean {
  return shareable in value;
}

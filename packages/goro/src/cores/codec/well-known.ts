// Objects that there is one of on every core, and that arrive as the one there.

const numbers = new Map<object, number>();
const objects: object[] = [];

/**
 * Registers an object, on every core in the same order: while a module loads that every core loads. No list, no object that is
 * only `{}`: those are written without being looked up.
 */
export function wellKnown(value: object): void {
  numbers.set(value, objects.length);
  objects.push(value);
}

export function wellKnownNumber(value: object): number | undefined {
  return numbers.get(value);
}

export function wellKnownObject(number: number): object {
  return objects[number]!;
}

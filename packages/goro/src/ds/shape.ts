// Keeps the hidden classes of hot objects alive.
//
// V8 collects a hidden class when the last object of it dies, and throws away the optimized code that was made for it. A
// program that drops its last channel and makes another would begin in the interpreter again: measured at five times the
// cost per value for the next 100,000. One object of each class, kept for good, prevents that.

const kept: object[] = [];

export function keepShape(...objects: object[]): void {
  kept.push(...objects);
}

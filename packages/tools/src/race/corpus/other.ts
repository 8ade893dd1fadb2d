// What variables.ts imports.

export let shared = 0;

export function bump(): void {
  shared = 1; // race imports
}

export const sharedObject = { n: 0 };

// Modules that only Node has. Apart from host.ts: the core does without.

import { nodeProcess } from "./host.js";

/** A built-in module of Node, where there is one. Synchronous, and nothing a bundler would follow. */
export function builtin<T>(name: string): T | undefined {
  try {
    return nodeProcess?.getBuiltinModule?.(name) as T | undefined;
  } catch {
    return undefined;
  }
}

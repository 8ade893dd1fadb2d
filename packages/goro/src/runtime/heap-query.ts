// All goroutines, asked of the heap: the runtime keeps no table of them. Node's in-process inspector finds every object
// with a given prototype, after a full collection. Elsewhere the registry answers, or where it is not kept, the scheduler: with
// the youngest.

import { Goroutine } from "./goroutine.js";
import { builtin } from "./builtin.js";
import { hasInspector, registered } from "./registry.js";
import { knownGoroutines } from "./scheduler.js";

interface Session {
  connect(): void;
  disconnect(): void;
  post(method: string, params: object, then?: (error: Error | null, result: Reply) => void): void;
}
interface Reply {
  readonly result?: { readonly objectId?: string };
  readonly objects?: { readonly objectId?: string };
}

const KEY = "goro: heap query";

function askInspector(): Goroutine[] {
  const inspector = builtin<{ Session: new () => Session }>("node:inspector");
  if (inspector === undefined) return [];
  const found: Goroutine[] = [];
  const take = (all: Goroutine[]): void => {
    for (const g of all) found.push(g);
  };
  const desk = globalThis as unknown as Record<string, unknown>;
  const session = new inspector.Session();
  // Every reply comes before its post returns: the session is with this very thread.
  const ask = (method: string, params: object): Reply => {
    let reply: Reply = {};
    session.post(method, params, (_error, result) => (reply = result ?? {}));
    return reply;
  };
  try {
    session.connect();
    desk[KEY] = { prototype: Goroutine.prototype, take };
    const prototypeObjectId = ask("Runtime.evaluate", { expression: `globalThis["${KEY}"].prototype` }).result
      ?.objectId;
    const objectId = ask("Runtime.queryObjects", { prototypeObjectId }).objects?.objectId;
    ask("Runtime.callFunctionOn", { objectId, functionDeclaration: `function () { globalThis["${KEY}"].take(this) }` });
  } catch {
    // No inspector in this build or by policy: nothing can be listed.
  } finally {
    delete desk[KEY];
    session.disconnect();
  }
  return found;
}

/** Every goroutine that has not ended and is still reachable, by id. Slow: it collects garbage first. */
export function allGoroutines(): Goroutine[] {
  const asked = hasInspector ? askInspector() : (registered() ?? []);
  // Nobody was found: not even the one that asks, or the queues. An inspector that looks elsewhere, as in a vm context.
  const found = asked.length > 0 ? asked : knownGoroutines();
  return found.filter((g) => g.id > 0 && !g.hasEnded).sort((a, b) => a.id - b.id);
}

// What a destructuring pattern reads, as data for the helper that announces it.
//
// Properties with computed keys are left out: their keys are not known before the pattern is at work.
import type { Pattern } from "acorn";
import { nameOf } from "./scope.js";
import type { AnyNode } from "acorn";

/** What is read of an object: some properties, the elements of an array or iterable, or all there is. */
export type Shape =
  | { readonly keys: readonly (readonly [key: string, inner: Shape | 0])[]; readonly rest: boolean }
  | { readonly items: readonly (Shape | 0)[]; readonly rest: boolean };

/** undefined: nothing is read that could be announced. */
export function describe(pattern: Pattern | AnyNode): Shape | undefined {
  if (pattern.type === "ObjectPattern") {
    const keys: [string, Shape | 0][] = [];
    let rest = false;
    for (const each of pattern.properties) {
      if (each.type === "RestElement") rest = true;
      else if (!each.computed) keys.push([nameOf(each.key), inside(each.value)]);
    }
    return keys.length > 0 || rest ? { keys, rest } : undefined;
  }
  if (pattern.type === "ArrayPattern") {
    const last = pattern.elements.at(-1);
    const rest = last?.type === "RestElement";
    const items = (rest ? pattern.elements.slice(0, -1) : pattern.elements).map((each) => (each ? inside(each) : 0));
    return { items, rest };
  }
  return undefined;
}

function inside(pattern: Pattern): Shape | 0 {
  return describe(pattern.type === "AssignmentPattern" ? pattern.left : pattern) ?? 0;
}

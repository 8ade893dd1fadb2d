// Map, Set, WeakMap, WeakSet: each key is a place, the size and the order of the entries are another.
import { both, inTurn, use } from "./kit.js";

const ab = () =>
  new Map([
    ["a", 1],
    ["b", 2],
  ]);

export function* oneKey() {
  const m = ab();
  yield* both(
    () => m.set("a", 5), // race 1
    () => m.get("a"), // race 1
  );
}

export function* twoKeys() {
  const m = ab();
  yield* both(
    () => m.set("a", 5),
    () => m.get("b"),
  );
}

export function* insertionsOfTwoKeys() {
  const m = ab();
  yield* both(
    () => m.set("c", 5),
    () => m.set("d", 6),
  );
}

export function* insertionsOfOneKey() {
  const m = ab();
  yield* both(
    () => m.set("c", 5), // race 1
    () => m.set("c", 6), // race 1
  );
}

export function* insertionAndSize() {
  const m = ab();
  yield* both(
    () => m.set("c", 5), // race 1
    () => use(m.size), // race 1
  );
}

export function* changeAndSize() {
  const m = ab();
  yield* both(
    () => m.set("a", 5),
    () => use(m.size),
  );
}

export function* insertionAndIteration() {
  const m = ab();
  yield* both(
    () => m.set("c", 5), // race 1
    () => {
      for (const [key] of m) use(key); // race 1
    },
  );
}

export function* changeAndIteration() {
  const m = ab();
  yield* both(
    () => m.set("a", 5), // race 1
    () => {
      for (const [, value] of m) use(value); // race 1
    },
  );
}

export function* changeAndKeys() {
  const m = ab();
  yield* both(
    () => m.set("a", 5),
    () => [...m.keys()],
  );
}

export function* insertionAndKeys() {
  const m = ab();
  yield* both(
    () => m.set("c", 5), // race 1
    () => [...m.keys()], // race 1
  );
}

export function* changeAndForEach() {
  const m = ab();
  yield* both(
    () => m.set("a", 5), // race 1
    () => m.forEach((value) => use(value)), // race 1
  );
}

export function* changeAndSpread() {
  const m = ab();
  yield* both(
    () => m.set("a", 5), // race 1
    () => [...m], // race 1
  );
}

export function* deletionAndLookup() {
  const m = ab();
  yield* both(
    () => m.delete("a"), // race 1
    () => m.has("a"), // race 1
  );
}

export function* deletionAndLookupOfAnother() {
  const m = ab();
  yield* both(
    () => m.delete("a"),
    () => m.has("b"),
  );
}

export function* deletionAndSize() {
  const m = ab();
  yield* both(
    () => m.delete("a"), // race 1
    () => use(m.size), // race 1
  );
}

export function* clearAndLookup() {
  const m = ab();
  yield* both(
    () => m.clear(), // race 1
    () => m.get("a"), // race 1
  );
}

export function* checkThenSet() {
  const m = new Map<string, number>();
  const load = () => {
    if (!m.has("a")) m.set("a", 1); // race 1
  };
  yield* both(load, load);
}

export function* lookupsOnly() {
  const m = ab();
  yield* both(
    () => [m.get("a"), m.size, ...m],
    () => [m.get("a"), m.has("c"), ...m.values()],
  );
}

export function* numbersAndStringsAreTwoKeys() {
  const m = new Map<unknown, number>([
    [1, 1],
    ["1", 2],
  ]);
  yield* both(
    () => m.set(1, 5),
    () => m.set("1", 6),
  );
}

export function* objectsAsKeys() {
  const key = {};
  const m = new Map([[key, 1]]);
  yield* both(
    () => m.set(key, 5), // race 1
    () => m.get(key), // race 1
  );
}

export function* nanAsKey() {
  const m = new Map([[NaN, 1]]);
  yield* both(
    () => m.set(NaN, 5), // race 1
    () => m.get(NaN), // race 1
  );
}

export function* valuesAreObjects() {
  const m = new Map([["a", { n: 1 }]]);
  yield* both(
    () => m.get("a")!.n++, // race 1
    () => m.get("a")!.n++, // race 1
  );
}

export function* setOfOneMember() {
  const s = new Set([1, 2]);
  yield* both(
    () => s.delete(1), // race 1
    () => s.has(1), // race 1
  );
}

export function* additionsToASet() {
  const s = new Set<number>();
  yield* both(
    () => s.add(1),
    () => s.add(2),
  );
}

export function* additionAndIterationOfASet() {
  const s = new Set([1]);
  yield* both(
    () => s.add(2), // race 1
    () => {
      for (const member of s) use(member); // race 1
    },
  );
}

export function* additionAndSizeOfASet() {
  const s = new Set([1]);
  yield* both(
    () => s.add(2), // race 1
    () => use(s.size), // race 1
  );
}

export function* weakMaps() {
  const key = {};
  const m = new WeakMap<object, number>();
  yield* both(
    () => m.set(key, 1), // race 1
    () => m.get(key), // race 1
  );
}

export function* weakMapsOfTwoKeys() {
  const one = {};
  const two = {};
  const m = new WeakMap<object, number>();
  yield* both(
    () => m.set(one, 1),
    () => m.set(two, 2),
  );
}

export function* weakSets() {
  const member = {};
  const s = new WeakSet();
  yield* both(
    () => s.add(member), // race 1
    () => s.has(member), // race 1
  );
}

export function* mapFromAMap() {
  const m = ab();
  yield* both(
    () => new Map(m), // race 1
    () => m.set("a", 5), // race 1
  );
}

export function* inTurns() {
  const m = ab();
  yield* inTurn(
    () => m.set("c", 1),
    () => m.delete("a"),
    () => m.size,
    () => [...m],
    () => m.clear(),
  );
}

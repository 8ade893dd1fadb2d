// Properties of objects: each is a place of its own, and the set of keys is another.
import { go } from "goro";
import { gosched } from "goro/runtime";
import { both, inTurn, use } from "./kit.js";

interface Point {
  x: number;
  y: number;
  z?: number;
}

const point = (): Point => ({ x: 1, y: 2 });

export function* oneProperty() {
  const p = point();
  yield* both(
    () => (p.x = 3), // race 1
    () => use(p.x), // race 1
  );
}

export function* twoProperties() {
  const p = point();
  yield* both(
    () => (p.x = 3),
    () => (p.y = 4),
  );
}

export function* byTwoNames() {
  const p = point();
  const q = p;
  yield* both(
    () => (p.x = 3), // race 1
    () => (q.x = 4), // race 1
  );
}

export function* ofTwoObjects() {
  const p = point();
  const q = point();
  yield* both(
    () => (p.x = 3),
    () => (q.x = 4),
  );
}

export function* computedKeys() {
  const p: Record<string, number> = { x: 1 };
  const key = "x";
  yield* both(
    () => (p[key] = 3), // race 1
    () => use(p["x"]), // race 1
  );
}

export function* otherComputedKeys() {
  const p: Record<string, number> = { x: 1, y: 2 };
  const keys = ["x", "y"];
  yield* both(
    () => (p[keys[0]!] = 3),
    () => use(p[keys[1]!]),
  );
}

export function* numbersAndStringsAreOneKey() {
  const p: Record<string | number, number> = { 1: 1 };
  yield* both(
    () => (p[1] = 3), // race 1
    () => use(p["1"]), // race 1
  );
}

export function* symbolKeys() {
  const key = Symbol("key");
  const p = { [key]: 1 };
  yield* both(
    () => (p[key] = 3), // race 1
    () => use(p[key]), // race 1
  );
}

export function* nestedObjects() {
  const p = { inner: { n: 1 } };
  yield* both(
    () => (p.inner.n = 2), // race 1
    () => use(p.inner.n), // race 1
  );
}

export function* replacedObjects() {
  const p = { inner: { n: 1 } };
  yield* both(
    () => (p.inner = { n: 2 }), // race 1
    () => use(p.inner.n), // race 1
  );
}

export function* incrementOfAProperty() {
  const p = point();
  yield* both(
    () => p.x++, // race 1
    () => p.x++, // race 1
  );
}

export function* compoundAssignmentOfAProperty() {
  const p = point();
  yield* both(
    () => (p.x += 2), // race 1
    () => use(p.x), // race 1
  );
}

export function* logicalAssignmentOfAProperty() {
  const p = point();
  yield* both(
    () => (p.z ??= 2), // race 1
    () => use(p.z), // race 1
  );
}

export function* optionalChaining() {
  const p = point() as Point | undefined;
  yield* both(
    () => use(p?.x), // race 1
    () => (p!.x = 3), // race 1
  );
}

export function* destructuringAnObject() {
  const p = point();
  yield* both(
    () => {
      const { x } = p; // race 1
      use(x);
    },
    () => (p.x = 3), // race 1
  );
}

export function* destructuringOtherKeys() {
  const p = point();
  yield* both(
    () => {
      const { y } = p;
      use(y);
    },
    () => (p.x = 3),
  );
}

export function* destructuringIntoAProperty() {
  const p = point();
  yield* both(
    () => ({ x: p.x } = { x: 5 }), // race 1
    () => use(p.x), // race 1
  );
}

export function* restOfAnObject() {
  const p = point();
  yield* both(
    () => {
      const { y, ...rest } = p; // race 1
      use(y, rest);
    },
    () => (p.x = 3), // race 1
  );
}

export function* spreadOfAnObject() {
  const p = point();
  yield* both(
    () => ({ ...p }), // race 1
    () => (p.x = 3), // race 1
  );
}

export function* objectAssignReads() {
  const p = point();
  yield* both(
    () => Object.assign({}, p), // race 1
    () => (p.x = 3), // race 1
  );
}

export function* objectAssignWrites() {
  const p = point();
  yield* both(
    () => Object.assign(p, { x: 5 }), // race 1
    () => use(p.x), // race 1
  );
}

export function* jsonReads() {
  const p = point();
  yield* both(
    () => JSON.stringify(p), // race 1
    () => (p.x = 3), // race 1
  );
}

export function* jsonReadsDeeply() {
  const p = { inner: point() };
  yield* both(
    () => JSON.stringify([p]), // race 1
    () => (p.inner.x = 3), // race 1
  );
}

export function* structuredCloneReads() {
  const p = { inner: point() };
  yield* both(
    () => structuredClone(p), // race 1
    () => (p.inner.x = 3), // race 1
  );
}

export function* entriesReads() {
  const p = point();
  yield* both(
    () => Object.entries(p), // race 1
    () => (p.x = 3), // race 1
  );
}

export function* valuesReads() {
  const p = point();
  yield* both(
    () => Object.values(p), // race 1
    () => (p.x = 3), // race 1
  );
}

export function* keysReadNoValues() {
  const p = point();
  yield* both(
    () => Object.keys(p),
    () => (p.x = 3),
  );
}

export function* keysReadTheSetOfKeys() {
  const p = point();
  yield* both(
    () => Object.keys(p), // race 1
    () => (p.z = 3), // race 1
  );
}

export function* forInReadsTheSetOfKeys() {
  const p = point();
  yield* both(
    () => {
      for (const key in p) use(key); // race 1
    },
    () => (p.z = 3), // race 1
  );
}

export function* twoInsertions() {
  const p: Record<string, number> = {};
  yield* both(
    () => (p["a"] = 1),
    () => (p["b"] = 2),
  );
}

export function* twoInsertionsOfOneKey() {
  const p: Record<string, number> = {};
  yield* both(
    () => (p["a"] = 1), // race 1
    () => (p["a"] = 2), // race 1
  );
}

export function* deletionAndReading() {
  const p = point();
  p.z = 1;
  yield* both(
    () => delete p.z, // race 1
    () => use(p.z), // race 1
  );
}

export function* deletionAndListing() {
  const p = point();
  p.z = 1;
  yield* both(
    () => delete p.z, // race 1
    () => Object.keys(p), // race 1
  );
}

export function* deletionOfAnother() {
  const p = point();
  p.z = 1;
  yield* both(
    () => delete p.z,
    () => use(p.x),
  );
}

export function* askingWithIn() {
  const p = point();
  yield* both(
    () => "z" in p, // race 1
    () => (p.z = 1), // race 1
  );
}

export function* askingWithHasOwn() {
  const p = point();
  yield* both(
    () => Object.hasOwn(p, "z"), // race 1
    () => (p.z = 1), // race 1
  );
}

export function* aPropertyThatIsNotThere() {
  const p = point();
  yield* both(
    () => use(p.z), // race 1
    () => (p.z = 1), // race 1
  );
}

export function* accessorsAreCode() {
  let calls = 0;
  const p = {
    get x() {
      return 1;
    },
    set x(_value: number) {},
  };
  yield* both(
    () => (p.x = 3),
    () => use(p.x),
  );
  calls++;
}

export function* whatAccessorsTouch() {
  let n = 0;
  const p = {
    get x() {
      return n; // race 1
    },
    set x(value: number) {
      n = value; // race 1
    },
  };
  yield* both(
    () => (p.x = 3),
    () => use(p.x),
  );
}

export function* methodsAreRead() {
  const p = { run: () => 1 };
  yield* both(
    () => p.run(), // race 1
    () => (p.run = () => 2), // race 1
  );
}

export function* frozenObjects() {
  const p = Object.freeze(point());
  yield* both(
    () => use(p.x),
    () => use(p.x, p.y),
  );
}

export function* inheritedProperties() {
  const base = point();
  const p = Object.create(base) as Point;
  yield* both(
    () => use(p.x, p.y),
    () => use(p.x),
  );
}

export function* handedOverByJoin() {
  const g = go(function* () {
    const p = point();
    yield* gosched();
    p.x = 5;
    return p;
  });
  const p = yield* g.join();
  p.x++;
}

export function* inTurnsIsNoRace() {
  const p = point();
  yield* inTurn(
    () => p.x++,
    () => p.x++,
    () => delete p.z,
    () => JSON.stringify(p),
  );
}

export function* updateOfAPropertyAcrossAYield() {
  const account = { balance: 0 };
  function* deposit() {
    const { balance } = account; // race 1
    yield* gosched();
    account.balance = balance + 1; // race 1 2
  }
  yield* both(deposit, deposit);
}

export function* definePropertyWrites() {
  const p = point();
  yield* both(
    () => Object.defineProperty(p, "x", { value: 5 }), // race 1
    () => use(p.x), // race 1
  );
}

export function* reflectGetAndSet() {
  const p = point();
  yield* both(
    () => Reflect.set(p, "x", 5), // race 1
    () => Reflect.get(p, "x"), // race 1
  );
}

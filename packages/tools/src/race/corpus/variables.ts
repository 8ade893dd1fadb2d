// Variables: those that functions capture, and those of modules.
import { go, sleep } from "goro";
import { gosched } from "goro/runtime";
import { both, inTurn, use } from "./kit.js";
import { bump, shared, sharedObject } from "./other.js";

export function* twoWriters() {
  let n = 0;
  yield* both(
    () => (n = 1), // race 1
    () => (n = 2), // race 1
  );
  use(n);
}

export function* writerAndReader() {
  let n = 0;
  yield* both(
    () => (n = 1), // race 1
    () => use(n), // race 1
  );
}

export function* readerAndWriter() {
  let n = 0;
  yield* both(
    () => use(n), // race 1
    () => (n = 1), // race 1
  );
}

export function* twoReaders() {
  const n = 1;
  let m = 2;
  yield* both(
    () => use(n, m),
    () => use(n, m),
  );
  m = 3;
}

export function* oneAfterTheOther() {
  let n = 0;
  yield* inTurn(
    () => (n = 1),
    () => (n = 2),
  );
  use(n);
}

export function* beforeGoAndAfterJoin() {
  let n = 1;
  const g = go(() => (n += 1));
  yield* g.join();
  n += 1;
}

export function* afterGo() {
  let n = 0;
  const g = go(() => (n = 1)); // race 1
  n = 2; // race 1
  yield* g.join();
}

export function* afterGoBeforeItRuns() {
  let n = 0;
  const g = go(function* () {
    yield* sleep(1);
    use(n); // race 1
  });
  n = 2; // race 1
  yield* g.join();
}

export function* sleepingIsNoOrder() {
  let n = 0;
  const g = go(() => (n = 1)); // race 1
  yield* sleep(2);
  use(n); // race 1
  yield* g.join();
}

export function* yieldingIsNoOrder() {
  let n = 0;
  const g = go(() => (n = 1)); // race 1
  yield* gosched();
  yield* gosched();
  use(n); // race 1
  yield* g.join();
}

export function* increments() {
  let n = 0;
  yield* both(
    () => n++, // race 1
    () => n++, // race 1
  );
  use(n);
}

export function* compoundAssignments() {
  let n = 0;
  yield* both(
    () => (n += 1), // race 1
    () => (n *= 2), // race 1
  );
  use(n);
}

export function* logicalAssignments() {
  let n: number | undefined;
  yield* both(
    () => (n ??= 1), // race 1
    () => (n ??= 2), // race 1
  );
  use(n);
}

export function* logicalAssignmentThatReadsOnly() {
  let n = 1;
  yield* both(
    () => (n ||= 5),
    () => (n ||= 6),
  );
  n = 2;
}

export function* anUpdateAcrossAYield() {
  let n = 0;
  function* add() {
    const before = n; // race 1
    yield* gosched();
    n = before + 1; // race 1 2
  }
  yield* both(add, add);
  use(n);
}

export function* ownVariables() {
  function* work() {
    let n = 0;
    const add = () => n++;
    add();
    yield* gosched();
    add();
    use(n);
  }
  yield* both(work, work);
}

export function* destructuring() {
  let a = 0;
  let b = 0;
  yield* both(
    () => ([a, b] = [1, 2]), // race 1 2
    () => use(a), // race 1
    () => use(b), // race 2
  );
}

export function* destructuringOfObjects() {
  let a = 0;
  yield* both(
    () => ({ a } = { a: 1 }), // race 1
    () => use(a), // race 1
  );
}

export function* defaultParameters() {
  let n = 0;
  const read = (m = n) => m; // race 1
  yield* both(
    () => read(),
    () => (n = 1), // race 1
  );
}

export function* defaultParametersThatAreGiven() {
  let n = 0;
  const read = (m = n) => m;
  yield* both(
    () => read(5),
    () => (n = 1),
  );
  use(n);
}

export function* templates() {
  let n = 0;
  yield* both(
    () => `it is ${n}`, // race 1
    () => (n = 1), // race 1
  );
}

export function* taggedTemplates() {
  let n = 0;
  yield* both(
    () => String.raw`it is ${n}`, // race 1
    () => (n = 1), // race 1
  );
}

export function* typeofReads() {
  let n: unknown = 0;
  yield* both(
    () => typeof n, // race 1
    () => (n = "one"), // race 1
  );
}

export function* shorthandProperties() {
  let n = 0;
  yield* both(
    () => ({ n }), // race 1
    () => (n = 1), // race 1
  );
}

export function* callsOfAVariable() {
  let f = () => 1;
  yield* both(
    () => f(), // race 1
    () => (f = () => 2), // race 1
  );
}

export function* conditions() {
  let isReady = false;
  yield* both(
    () => (isReady ? 1 : 2), // race 1
    () => (isReady = true), // race 1
  );
}

export function* shortCircuit() {
  let n = 0;
  const no = false;
  yield* both(
    () => no && n,
    () => (n = 1),
  );
  use(n);
}

export function* shortCircuitThatGoesOn() {
  let n = 0;
  const yes = true as boolean;
  yield* both(
    () => yes && n, // race 1
    () => (n = 1), // race 1
  );
}

export function* varOfALoop() {
  const bodies: (() => number)[] = [];
  for (var i = 0; i < 3; i++) bodies.push(() => i);
  yield* both(...bodies);
}

export function* varThatGoesOn() {
  var n = 0;
  const g = go(() => use(n)); // race 1
  n = 1; // race 1
  yield* g.join();
}

export function* letOfALoop() {
  const started = [];
  for (let i = 0; i < 3; i++) started.push(go(() => use(i)));
  for (const g of started) yield* g.join();
}

export function* letOfALoopThatIsChanged() {
  const started = [];
  for (let i = 0; i < 2; i++) {
    started.push(
      go(() => i++), // race 1
    );
    i = i + 0; // race 1
  }
  for (const g of started) yield* g.join();
}

export function* forInOverAVariable() {
  let key = "";
  yield* both(
    function* () {
      for (key in { a: 1 }) yield* gosched(); // race 1
    },
    () => use(key), // race 1
  );
}

export function* forOfOverAVariable() {
  let value = 0;
  yield* both(
    function* () {
      for (value of [1]) yield* gosched(); // race 1
    },
    () => use(value), // race 1
  );
}

export function* catchVariables() {
  const started = [];
  for (let i = 0; i < 2; i++) {
    try {
      throw new Error("one");
    } catch (error) {
      started.push(go(() => use(error)));
    }
  }
  for (const g of started) yield* g.join();
}

export function* functionDeclarations() {
  function f() {
    return 1;
  }
  yield* both(
    () => use(f),
    () => use(f()),
  );
}

export function* argumentsAreVariables() {
  function* run(n: number) {
    yield* both(
      () => (n = 2), // race 1
      () => use(n), // race 1
    );
  }
  yield* run(1);
}

let ofModule = 0;

export function* variablesOfModules() {
  yield* both(
    () => (ofModule = 1), // race 1
    () => use(ofModule), // race 1
  );
}

const constant = 5;

export function* constantsOfModules() {
  yield* both(
    () => use(constant),
    () => use(constant),
  );
}

export function* importsThatChange() {
  yield* both(
    () => bump(),
    () => use(shared), // race imports
  );
}

export function* importsThatChangeInOneGoroutine() {
  yield* inTurn(
    () => bump(),
    () => use(shared),
  );
}

export function* propertiesOfImports() {
  yield* both(
    () => (sharedObject.n = 1), // race 1
    () => (sharedObject.n = 2), // race 1
  );
}

export function* manyReadersThenAWriter() {
  let n = 0;
  yield* both(
    () => use(n), // race 1
    () => use(n), // race 2
    () => use(n), // race 3
    () => (n = 1), // race 1 2 3
  );
}

export function* readersJoinedThenAWriter() {
  let n = 0;
  yield* both(
    () => use(n),
    () => use(n),
    () => use(n),
  );
  n = 1;
}

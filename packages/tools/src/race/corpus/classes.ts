// Classes: fields, private fields, static fields, accessors, methods.
import { gosched } from "goro/runtime";
import { Mutex } from "goro/sync";
import { both, inTurn, use } from "./kit.js";

class Account {
  balance = 0;
  #secret = 0;
  static opened = 0;
  static #closed = 0;

  deposit() {
    this.balance++; // race deposit
  }
  *depositSlowly() {
    const { balance } = this; // race slow
    yield* gosched();
    this.balance = balance + 1; // race slow slower
  }
  change() {
    this.#secret++; // race secret
  }
  look() {
    return this.#secret;
  }
  static open() {
    Account.opened++; // race opened
  }
  static close() {
    Account.#closed++; // race closed
  }
  get state() {
    return this.balance; // race state
  }
  set state(balance: number) {
    this.balance = balance; // race state
  }
}

export function* fields() {
  const account = new Account();
  yield* both(
    () => account.deposit(),
    () => account.deposit(),
  );
}

export function* fieldsOfTwo() {
  yield* both(
    () => new Account().deposit(),
    () => new Account().deposit(),
  );
}

export function* fieldsAcrossAYield() {
  const account = new Account();
  yield* both(
    () => account.depositSlowly(),
    () => account.depositSlowly(),
  );
}

export function* privateFields() {
  const account = new Account();
  yield* both(
    () => account.change(),
    () => account.change(),
  );
}

export function* privateFieldsRead() {
  const account = new Account();
  yield* both(
    () => account.look(),
    () => account.look(),
  );
}

export function* staticFields() {
  yield* both(
    () => Account.open(),
    () => Account.open(),
  );
}

export function* privateStaticFields() {
  yield* both(
    () => Account.close(),
    () => Account.close(),
  );
}

export function* accessors() {
  const account = new Account();
  yield* both(
    () => (account.state = 5),
    () => use(account.state),
  );
}

export function* methodsAreShared() {
  const account = new Account();
  const other = new Account();
  yield* both(
    () => use(account.look),
    () => use(other.look),
  );
}

export function* constructorsWriteWhatIsNew() {
  class Point {
    readonly x: number;
    readonly y: number;
    constructor(x: number) {
      this.x = x;
      this.y = x;
    }
  }
  yield* both(
    () => new Point(1),
    () => new Point(2),
  );
}

export function* constructorsThatCount() {
  let made = 0;
  class Thing {
    readonly id = made++; // race 1
  }
  yield* both(
    () => new Thing(),
    () => new Thing(),
  );
}

export function* inheritedFields() {
  class Base {
    n = 0;
    add() {
      this.n++; // race 1
    }
  }
  class Derived extends Base {
    override add() {
      super.add();
    }
  }
  const one = new Derived();
  yield* both(
    () => one.add(),
    () => one.add(),
  );
}

export function* superProperties() {
  class Base {
    get two() {
      return 2;
    }
  }
  class Derived extends Base {
    override get two() {
      return super.two + 1;
    }
  }
  const one = new Derived();
  yield* both(
    () => one.two,
    () => one.two,
  );
}

export function* lockedObjects() {
  class Counter {
    readonly #mu = new Mutex();
    #n = 0;
    *add() {
      yield* this.#mu.lock();
      this.#n++;
      yield* gosched();
      this.#n++;
      this.#mu.unlock();
    }
  }
  const counter = new Counter();
  yield* both(
    () => counter.add(),
    () => counter.add(),
  );
}

export function* staticBlocks() {
  class Registry {
    static readonly names: string[] = [];
    static {
      Registry.names.push("first");
    }
  }
  yield* both(
    () => use(Registry.names.length),
    () => use(Registry.names[0]),
  );
}

export function* iterableClasses() {
  class Bag {
    readonly #items = [1, 2];
    *[Symbol.iterator]() {
      yield* this.#items;
    }
    add(n: number) {
      this.#items.push(n); // race 1
    }
    count() {
      return this.#items.length; // race 1
    }
  }
  const bag = new Bag();
  yield* both(
    () => [...bag],
    () => [...bag],
  );
  yield* both(
    () => bag.add(3),
    () => bag.count(),
  );
}

export function* inTurns() {
  const account = new Account();
  yield* inTurn(
    () => account.depositSlowly(),
    () => account.depositSlowly(),
    () => account.change(),
    () => use(account.look()),
  );
}

export function* fieldsOfErrors() {
  class Failure extends Error {
    attempts = 0;
  }
  const failure = new Failure("no");
  yield* both(
    () => failure.attempts++, // race 1
    () => use(failure.attempts), // race 1
  );
}

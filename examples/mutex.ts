// A hundred goroutines pay into one account; each reads the balance, is interrupted, and writes it back.
// The mutex keeps the others out in between, so that not a cent is lost.
import { main, type Routine } from "goro";
import { gosched } from "goro/runtime";
import { Mutex, WaitGroup } from "goro/sync";

class Account {
  readonly #mu = new Mutex();
  #balance = 0;

  *deposit(amount: number): Routine {
    using _ = yield* this.#mu.guard(); // unlocks when the block ends, however it ends
    const balance = this.#balance;
    yield* gosched(); // others run here: think of a database that answers
    this.#balance = balance + amount;
  }

  *balance(): Routine<number> {
    using _ = yield* this.#mu.guard();
    return this.#balance;
  }
}

main(function* () {
  const account = new Account();
  const wg = new WaitGroup();
  for (let i = 0; i < 100; i++) {
    wg.go(function* () {
      for (let n = 0; n < 10; n++) yield* account.deposit(5);
    });
  }
  yield* wg.wait();
  console.log(`balance after 100 x 10 deposits of 5: ${yield* account.balance()}`);
});

// A hundred orders that take 100 ms each, one goroutine per order: all are done after about 100 ms.
// Beside it the sequential figure, measured on ten orders (a second is enough to make the point).
import { main, sleep } from "goro";
import { WaitGroup } from "goro/sync";
import { Int32 } from "goro/sync/atomic";

const delivered = new Int32();

function* fulfil() {
  yield* sleep(100); // a payment, a warehouse, a courier
  delivered.add(1);
}

main(function* () {
  let t0 = performance.now();
  const wg = new WaitGroup();
  for (let order = 1; order <= 100; order++) wg.go(fulfil);
  yield* wg.wait();
  const concurrent = performance.now() - t0;
  console.log(`${delivered.load()} orders, a goroutine each:  ${concurrent.toFixed(0)} ms`);

  t0 = performance.now();
  for (let order = 1; order <= 10; order++) yield* fulfil();
  const sequential = performance.now() - t0;
  console.log(
    ` 10 orders, one after another: ${sequential.toFixed(0)} ms, so ${(sequential * 10).toFixed(0)} ms for 100`,
  );
  console.log(`${((sequential * 10) / concurrent).toFixed(0)} times as fast`);
});

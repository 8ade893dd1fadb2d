// What the runtime knows of itself: processors, goroutines, memory, and a collection that is asked for.
// The names are those of Go's package runtime, lowered; sizes are bytes there and megabytes here.
import { chan, go, main } from "goro";
import { gc, gomaxprocs, gosched, numCPU, numGoroutine, readMemStats } from "goro/runtime";

function show(title: string) {
  const m = readMemStats();
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
  console.log(`${title}: heapAlloc ${mb(m.heapAlloc)} MB, heapSys ${mb(m.heapSys)} MB, sys ${mb(m.sys)} MB`);
}

function makeGarbage() {
  const objects = Array.from({ length: 1_000_000 }, (_, i) => ({ i }));
  show(`with ${objects.length.toLocaleString("en")} objects`);
}

main(function* () {
  console.log(`numCPU: ${numCPU()}`);
  console.log(`gomaxprocs: ${gomaxprocs()}`);

  console.log(`numGoroutine: ${numGoroutine()}`);
  const gate = chan<never>();
  for (let i = 0; i < 10; i++) {
    go(function* () {
      yield* gate.recv();
    });
  }
  console.log(`numGoroutine, ten parked: ${numGoroutine()}`);
  gate.close();
  yield* gosched(); // they run now, and end
  console.log(`numGoroutine, ten gone: ${numGoroutine()}`);

  gc();
  const collections = readMemStats().numGC;
  show("at rest");
  makeGarbage();
  gc();
  show("after gc()");
  console.log(`collections since: ${readMemStats().numGC - collections}`);
});

// A cache whose entries live for 400 ms: readers and writers at the same time, one load however many ask, a janitor goroutine.
// What nobody reads is swept; what is read is loaded anew once its time is over.
import { main, sleep, type Routine } from "goro";
import { Cache } from "goro/cache";
import { background, withCancel } from "goro/context";
import { WaitGroup } from "goro/sync";

const TTL = 400;

let queries = 0;

/** A database that takes its time. */
function* query(city: string): Routine<number> {
  queries++;
  yield* sleep(20);
  return city.length;
}

main(function* () {
  const [ctx, cancel] = withCancel(background());
  using _ = cancel; // ends the janitor
  const gone: string[] = [];
  const cache = new Cache<string, number>(ctx, {
    ttl: TTL,
    sweepEvery: 30,
    onEvict: (city, _value, why) => gone.push(`${city} ${why}`),
  });

  const wg = new WaitGroup();
  const cities = ["Oslo", "Lima", "Turin"];
  for (let reader = 0; reader < 10; reader++) {
    wg.go(function* () {
      for (const city of cities) yield* cache.getOrLoad(city, query);
    });
  }
  wg.go(function* () {
    for (let version = 1; version <= 3; version++) {
      cache.set("version", version);
      yield* sleep(5);
    }
  });
  yield* wg.wait();
  console.log(`10 readers of ${cities.length} cities: ${queries} queries`);
  console.log(`version ${cache.get("version")}, replaced ${gone.filter((g) => g === "version replaced").length} times`);
  console.log(`entries: ${cache.size}`);

  yield* sleep(TTL / 2);
  yield* cache.getOrLoad("Oslo", query);
  console.log(`half a life later: still ${queries} queries`);

  yield* sleep(TTL);
  console.log(`a life later: Oslo is ${cache.get("Oslo") ?? "gone"}`);
  yield* cache.getOrLoad("Oslo", query);
  console.log(`asked for again: ${queries} queries`);

  yield* sleep(TTL + 100);
  const swept = new Set(gone.filter((g) => g.endsWith("expired")).map((g) => g.split(" ")[0]));
  console.log(`swept by the janitor or found expired: ${[...swept].sort().join(", ")}`);
  const { hits, misses, evictions } = cache.stats();
  console.log(`hits ${hits}, misses ${misses}, evictions ${evictions}, entries ${cache.size}`);
});

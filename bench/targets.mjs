// What goro is to reach on one core, by workload and metric (see lib/workloads.mjs). All are upper bounds.
//
// `timesGo` is relative to Go with GOMAXPROCS=1, on the same machine in the same run: a factor means the same on every
// machine, nanoseconds do not. Memory is absolute, because it hardly depends on the machine: bytes per goroutine, and
// MB of peak resident memory of the whole process. The figures were set on two cores with Node 24 and Go 1.23.
export const TARGETS = {
  spawn_exit_1k: { value: timesGo(0.3) },
  spawn_exit_1M: { value: timesGo(0.4) },
  parked_bytes: { value: atMost(360, "bytes"), rss: atMost(420, "bytes") },
  chan_unbuf: { value: timesGo(0.5) },
  chan_buf100: { value: timesGo(1.0) },
  select2: { value: timesGo(0.7) },
  mutex_uncontended: { value: timesGo(1.3) },
  mutex_100: { value: timesGo(0.35) },
  sieve: { value: timesGo(0.8) },
  ring: { value: timesGo(0.45) },
  sleepers: { value: timesGo(0.35), peakRssMB: atMost(140, "MB") },
  workerpool: { value: timesGo(1.2) },
};

/** `bound(go)` is the greatest figure that meets the target, given Go's; undefined where Go's is needed and missing. */
function timesGo(factor) {
  return { text: `${factor.toFixed(2)} x Go`, bound: (go) => (go === undefined ? undefined : factor * go) };
}

function atMost(figure, unit) {
  return { text: `${figure} ${unit}`, bound: () => figure };
}

// What goro is to reach, by workload and metric (see lib/workloads.mjs).
//
// `timesGo` is relative to Go with as many cores, on the same machine in the same run, and `timesByHand` to the best that
// is written by hand: a factor means the same on every machine, nanoseconds do not. Memory is absolute, because it hardly
// depends on the machine: bytes per goroutine, and MB of peak resident memory of the whole process. Absolute are also most
// of those for two cores, as Go may keep on one what is here sent to the other: they hold for a machine like that on which
// the figures were set, with two cores, Node 24 and Go 1.23. The latencies have no target: they are there to compare.
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
  par_empty: { value: atMost(700, "ns") },
  par_rtt: { value: atMost(4, "us") },
  par_rtt_idle: { value: timesByHand(1.15) },
  par_cpu: { value: atLeast(1.9, "times") },
  xchan_num: { value: atMost(220, "ns") },
  xchan_obj: { value: atMost(650, "ns") },
  xmutex: { value: atMost(140, "ns") },
  start_ms: { value: atMost(75, "ms") },
};

/** `bound(figures)` is the figure that just meets the target, given Go's and the one by hand; undefined where that is missing. */
function timesGo(factor) {
  return { text: `${factor.toFixed(2)} x Go`, bound: ({ go }) => times(factor, go) };
}

function timesByHand(factor) {
  return { text: `${factor.toFixed(2)} x by hand`, bound: ({ byHand }) => times(factor, byHand) };
}

const times = (factor, figure) => (figure === undefined ? undefined : factor * figure);

function atMost(figure, unit) {
  return { text: `${figure} ${unit}`, bound: () => figure };
}

function atLeast(figure, unit) {
  return { text: `at least ${figure.toFixed(2)} ${unit}`, bound: () => figure };
}

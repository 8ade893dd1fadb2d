// The list of workloads. What one operation is stands in README.md.
//   kind "op"       run(n) does n operations and returns the elapsed ms without set-up; n grows until one repetition takes
//                   long enough, to at most `n`. Result: ns per operation
//   kind "fixed"    the same with n as given. Result: ns per operation
//   kind "total"    the same with n as given. Result: ms for all of it
//   kind "parked", "sleepers"   one measurement per process, see child.mjs
// `cores` is Go's GOMAXPROCS in the twin that the workload is compared with. `metrics` names what the table shows of a
// result, by its key there; where it is missing, that is `value` alone.
export const WORKLOADS = [
  {
    ...{ no: 1, id: "spawn_exit_1k", cores: 1, kind: "op", n: 1_000_000, unit: "ns/goroutine" },
    title: "start and finish a goroutine, 1,000 live at a time",
  },
  {
    ...{ no: 2, id: "spawn_exit_1M", cores: 1, kind: "fixed", n: 1_000_000, warm: 20_000, unit: "ns/goroutine" },
    title: "start, park and finish a goroutine, 1,000,000 live at once",
  },
  {
    ...{ no: 3, id: "parked_bytes", cores: 1, kind: "parked", n: 1_000_000, unit: "bytes/goroutine" },
    title: "memory per goroutine parked on a channel receive",
    metrics: [
      { key: "value", label: "heap", unit: "bytes" },
      { key: "rss", label: "resident", unit: "bytes" },
    ],
  },
  {
    ...{ no: 4, id: "chan_unbuf", cores: 1, kind: "op", n: 1_000_000, unit: "ns/value" },
    title: "producer to consumer, unbuffered channel",
  },
  {
    ...{ no: 5, id: "chan_buf100", cores: 1, kind: "op", n: 1_000_000, unit: "ns/value" },
    title: "producer to consumer, buffer of 100",
  },
  {
    ...{ no: 6, id: "select2", cores: 1, kind: "op", n: 1_000_000, unit: "ns/value" },
    title: "select over two unbuffered channels fed by two producers",
  },
  {
    ...{ no: 7, id: "mutex_uncontended", cores: 1, kind: "op", n: 1_000_000, unit: "ns/lock+unlock" },
    title: "lock and unlock, no contention",
  },
  {
    ...{ no: 8, id: "mutex_100", cores: 1, kind: "op", n: 1_000_000, unit: "ns/critical section" },
    title: "100 goroutines on one mutex, held over a yield",
  },
  {
    ...{ no: 9, id: "sieve", cores: 1, kind: "total", n: 1000, warm: 200, unit: "ms" },
    title: "concurrent prime sieve, first 1,000 primes",
  },
  {
    ...{ no: 10, id: "ring", cores: 1, kind: "op", n: 1_000_000, unit: "ns/hop" },
    title: "token around a ring of 1,000 goroutines",
  },
  {
    ...{ no: 11, id: "sleepers", cores: 1, kind: "sleepers", n: 100_000, unit: "ms over 500" },
    title: "100,000 goroutines sleep 0 to 500 ms",
    metrics: [
      { key: "value", label: "over 500 ms", unit: "ms" },
      { key: "peakRssMB", label: "peak memory", unit: "MB" },
    ],
  },
  {
    ...{ no: 12, id: "workerpool", cores: 1, kind: "fixed", n: 100_000, warm: 20_000, unit: "ns/job" },
    title: "4 workers drain a channel of 100,000 jobs into a results channel",
  },
];

export const workloadById = (id) => WORKLOADS.find((w) => w.id === id);

/** The figures a workload gives: most give one. `unit` is short here, as the title says what it is per. */
export const metricsOf = (w) => w.metrics ?? [{ key: "value", label: "", unit: w.unit.split("/")[0] }];

// The list of workloads. What one operation is stands in README.md.
//   kind "op"       run(n) does n operations and returns the elapsed ms without set-up; n grows until one repetition takes
//                   long enough, to at most `n`. Result: ns per operation
//   kind "fixed"    the same with n as given. Result: ns per operation
//   kind "total"    the same with n as given. Result: ms for all of it
//   kind "parked", "sleepers"   one measurement per process, see child.mjs
//   kind "speedup"  run("one") and run("all") do the same work on one core and on all, and return the elapsed ms.
//                   Result: how many times sooner
//   kind "latency"  run(n) makes n calls, one at a time, and returns how many ms each took. Result: quantiles in us
//   kind "start"    run() does as little as it can. Result: ms from the start of the process to its end
// `cores` is Go's GOMAXPROCS in the twin that the workload is compared with; those with more than one are for peers with
// threads. `scale` turns the ns of a kind into the unit. `metrics` names what the table shows of a result, by its key
// there; where it is missing, that is `value` alone. `details` stands only in the report of all figures.
const QUANTILES = [
  { key: "value", label: "p50", unit: "us" },
  { key: "p99", label: "p99", unit: "us" },
  { key: "p999", label: "p99.9", unit: "us" },
];

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
  {
    ...{ no: 13, id: "pipeline", cores: 1, kind: "fixed", n: 100_000, warm: 20_000, unit: "ns/value" },
    title: "100,000 values through a step that waits once, 8 at a time, into a sum",
  },
  {
    ...{ no: 20, id: "par_empty", cores: 2, kind: "fixed", n: 50_000, warm: 5_000, unit: "ns/task" },
    title: "50,000 empty tasks handed to 2 threads together",
  },
  {
    ...{ no: 21, id: "par_rtt", cores: 2, kind: "op", n: 20_000, unit: "us/task", scale: 1e-3 },
    title: "an empty task and its result, one at a time",
  },
  {
    ...{ no: 22, id: "par_rtt_idle", cores: 2, kind: "latency", n: 300, warm: 20, unit: "us/task" },
    title: "the same after 5 ms in which all threads have gone to sleep",
    metrics: [{ key: "value", label: "", unit: "us" }],
    details: QUANTILES.slice(1),
  },
  {
    ...{ no: 23, id: "par_cpu", cores: 2, kind: "speedup", unit: "times" },
    title: "primes below 2,000,000 in 64 tasks: 2 threads against 1",
    metrics: [{ key: "value", label: "speed-up", unit: "times", more: true }],
    details: [
      { key: "oneMs", label: "1 thread", unit: "ms" },
      { key: "allMs", label: "2 threads", unit: "ms" },
    ],
  },
  {
    ...{ no: 24, id: "xchan_num", cores: 2, kind: "op", n: 1_000_000, unit: "ns/value" },
    title: "numbers from one thread to another",
  },
  {
    ...{ no: 25, id: "xchan_obj", cores: 2, kind: "op", n: 200_000, unit: "ns/object" },
    title: "small objects from one thread to another",
  },
  {
    ...{ no: 26, id: "xmutex", cores: 2, kind: "op", n: 200_000, unit: "ns/increment" },
    title: "2 threads increment one number under one mutex",
  },
  {
    ...{ no: 27, id: "start_ms", cores: 2, kind: "start", unit: "ms" },
    title: "from the start of the process to the first result of another thread",
  },
  {
    ...{ no: 28, id: "latency_hot", cores: 2, kind: "latency", n: 20_000, warm: 2_000, unit: "us/call" },
    title: "one empty task at a time while the other core computes",
    metrics: QUANTILES,
  },
  {
    ...{ no: 29, id: "latency_cold", cores: 2, kind: "latency", n: 1_000, warm: 20, unit: "us/call" },
    title: "the same with 2 ms of rest before each",
    metrics: QUANTILES,
  },
];

export const workloadById = (id) => WORKLOADS.find((w) => w.id === id);

/** The figures a workload gives: most give one. `unit` is short here, as the title says what it is per. */
export const metricsOf = (w) => w.metrics ?? [{ key: "value", label: "", unit: w.unit.split("/")[0] }];

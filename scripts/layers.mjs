// Which room of packages/goro/src may look into which: each only into those it names. Read by layers.test.mjs.
//
//   types, ds → runtime → chan → time → context → x        runtime → sync → x
//               runtime → main                             arena, runtime … x → cores → parallel
//               chan, sync, time, context, x → pipeline, cache, signal, scope        pipeline → stream
//
// sync parks through the runtime, not through channels: cheaper, and a bug in chan stays in chan. time stands above chan
// because timers hand out channels; the heap of timers itself lives in runtime. arena is memory that all cores share, and knows
// nothing of goroutines; cores says for each kind of thing how it is shared, so that a program of one core carries none of
// that. index is the front door.
export const layers = {
  types: [],
  ds: ["types"],
  arena: [],
  runtime: ["types", "ds"],
  main: ["types", "ds", "runtime"],
  chan: ["types", "ds", "runtime"],
  sync: ["types", "ds", "runtime"],
  time: ["types", "ds", "runtime", "chan"],
  context: ["types", "ds", "runtime", "chan", "time"],
  x: ["types", "ds", "runtime", "chan", "sync", "time", "context"],
  cores: ["types", "ds", "arena", "runtime", "chan", "sync", "time", "context", "x"],
  parallel: ["types", "ds", "runtime", "cores"],
  http: ["types", "ds", "runtime", "chan", "context", "cores", "parallel"],
  pipeline: ["types", "ds", "runtime", "chan", "sync", "time", "context", "parallel"],
  cache: ["types", "ds", "runtime", "chan", "context", "x"],
  signal: ["types", "ds", "runtime", "main", "context"],
  scope: ["types", "ds", "runtime", "chan", "sync", "context"],
  stream: ["types", "ds", "runtime", "chan", "context", "pipeline"],
  index: ["types", "runtime", "main", "chan", "parallel"],
};

// Which room of packages/goro/src may look into which: each only into those it names. Read by layers.test.mjs.
//
//   types, ds → runtime → chan → time → context → x        runtime → sync → x
//               runtime → main                             runtime, chan, sync → parallel
//
// sync parks through the runtime, not through channels: cheaper, and a bug in chan stays in chan. time stands above chan
// because timers hand out channels; the heap of timers itself lives in runtime. index is the front door.
export const layers = {
  types: [],
  ds: ["types"],
  runtime: ["types", "ds"],
  main: ["types", "ds", "runtime"],
  chan: ["types", "ds", "runtime"],
  sync: ["types", "ds", "runtime"],
  time: ["types", "ds", "runtime", "chan"],
  context: ["types", "ds", "runtime", "chan", "time"],
  parallel: ["types", "ds", "runtime", "chan", "sync"],
  x: ["types", "ds", "runtime", "chan", "sync", "time", "context", "index"],
  index: ["types", "runtime", "main", "chan", "parallel"],
};

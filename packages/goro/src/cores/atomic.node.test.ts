import { scenarios } from "./testkit.sync.js";

scenarios("cores-sync-atomic.mjs", {
  counts: "atomic integers and Bool between cores: no operation is lost, and they wrap around like the machine's",
  stay: "a Pool, an atomic.Value and the channel of a timer cannot be sent, and say so",
});

import { scenarios } from "./testkit.sync.js";

scenarios("cores-sync-rw-mutex.mjs", {
  exclusion: "RWMutex between cores: readers, or one writer",
  writerHoldsBackReaders: "RWMutex between cores: a writer that waits holds back readers that come",
  movesWaiters: "RWMutex: who holds it and who waits stay so when it is sent, in their order",
  withdrawn: "RWMutex between cores: a writer that gives up holds nobody back any more",
  misuse: "RWMutex between cores: unlocks of what is not locked are Go's panics, there and here",
  lostHolder: "RWMutex: where the writer's worker is lost, who comes is told; unlock frees it",
  lostReaders: "RWMutex: who read on a worker that is lost reads no more: a writer comes",
  lostWaiter: "RWMutex: nobody waits behind a writer whose worker is lost",
});

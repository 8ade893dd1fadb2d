import { scenarios } from "./testkit.sync.js";

scenarios("cores-sync-mutex.mjs", {
  exclusion: "Mutex between cores: one goroutine at a time holds it, however it was locked",
  order: "Mutex between cores: all who wait are served, on every core",
  movesWaiters: "Mutex: who holds it and who waits stay so when it is sent, in their order",
  starvation: "Mutex between cores: who locks it all the time does not starve others",
  misuse: "Mutex between cores: unlock of an unlocked one is Go's panic, there and here",
  lostHolder: "Mutex: where the holder's worker is lost, who waits or comes is told; unlock frees it",
  lostWaiter: "Mutex: where the worker of who was woken is lost, the next is woken",
});

import { scenarios } from "./testkit.sync.js";

scenarios("cores-sync-wait-group.mjs", {
  rounds: "WaitGroup between cores: who waits is woken at zero, on every core, again and again",
  go: "WaitGroup.go counts goroutines on other cores until they end",
  movesWaiters: "WaitGroup: its count and who waits stay when it is sent",
  misuse: "WaitGroup between cores: a count below zero is Go's panic",
});

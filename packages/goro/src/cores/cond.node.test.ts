import { scenarios } from "./testkit.sync.js";

scenarios("cores-sync-cond.mjs", {
  queue: "Cond between cores: producers and consumers, with every locker",
  turns: "Cond between cores: no signal is lost, in a select neither",
  broadcast: "Cond between cores: broadcast wakes all, with an rLocker for their lock",
  movesWaiters: "Cond: its locker and who waits go along, in their order",
  locker: "Cond: one with a locker of the user's own cannot be sent",
});

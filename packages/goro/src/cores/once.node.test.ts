import { scenarios } from "./testkit.sync.js";

scenarios("cores-sync-once.mjs", {
  once: "Once between cores: one runs fn, and nobody returns before it has",
  throws: "Once between cores: only who ran fn sees what it throws",
  movesWaiters: "Once: one that runs when it is sent runs on, and all wait for it",
  lostRunner: "Once: where the worker that runs fn is lost, who waits or comes is told",
});

import { scenarios } from "./testkit.sync.js";

scenarios("cores-sync-semaphore.mjs", {
  exclusion: "semaphore between cores: never more is held than there is",
  order: "semaphore between cores: a large request is not starved by small ones",
  movesWaiters: "semaphore: what is held and who waits stay when it is sent; a context ends a wait elsewhere",
  misuse: "semaphore between cores: more released than held is Go's panic; more than its size waits for the context",
  lostHolder: "semaphore: what was held on a worker that is lost is given back",
  lostWaiter: "semaphore: nobody waits behind a request whose worker is lost",
});

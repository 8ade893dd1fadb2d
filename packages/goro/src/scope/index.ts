// "goro/scope": structured concurrency: goroutines that end with the block that started them, and Ops made of several.

export { all, any, race, timeout } from "./ops.js";
export { others, scope, type Scope } from "./scope.js";

// "goro/testing": for tests, with any test runner. After go.uber.org/goleak

export { leakCheck, verifyNone, type LeakOptions } from "./leak-check.js";
export { LeakError } from "./leak-error.js";
export { verifyEach, type TestHooks } from "./verify-each.js";

// Makes this process run TypeScript: `goro run` imports it, and so does `node --import @goro/tools/register file.ts`.
import * as module from "node:module";

// A chain of yield* is a chain of frames, two for each call: Node's limit of ten would show the innermost five.
Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 100);
process.setSourceMapsEnabled(true);

if (typeof module.registerHooks === "function") module.registerHooks(await import("./hooks.js"));
else module.register("./hooks.js", import.meta.url); // Node before 22.15

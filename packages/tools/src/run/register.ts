// Makes this process run TypeScript: `goro run` imports it, and so does `node --import @goro/tools/register file.ts`.
import * as module from "node:module";

// Deep yield* chains are ordinary here: ten frames would show only the innermost.
Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 50);
process.setSourceMapsEnabled(true);

if (typeof module.registerHooks === "function") module.registerHooks(await import("./hooks.js"));
else module.register("./hooks.js", import.meta.url); // Node before 22.15

// npm start: gets the clone ready and runs the tour.
import { join } from "node:path";
import { root, setUp } from "./setup.mjs";

setUp();
const { goro } = await import("../packages/tools/dist/cli/goro.js");
await goro(["run", join(root, "examples/tour.ts"), ...process.argv.slice(2)]);

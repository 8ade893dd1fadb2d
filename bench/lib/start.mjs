// start_ms: as little around the peer as can be. Usage: node lib/start.mjs PEER
import { emit } from "./result-line.mjs";

const { workloads } = await import(`../peers/${process.argv[2]}.mjs`);
await workloads.start_ms();
emit({ at: performance.timeOrigin + performance.now() });
process.exit(0);

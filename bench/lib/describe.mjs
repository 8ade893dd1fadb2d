// Prints what a peer is, the workloads it has and the installed version of its package. Usage: node lib/describe.mjs PEER
import fs from "node:fs";
import { emit } from "./result-line.mjs";

const { meta, workloads } = await import(`../peers/${process.argv[2]}.mjs`);
emit({ ...meta, version: meta.pkg ? installedVersion(meta.pkg) : null, has: Object.keys(workloads) });
process.exit(0);

/** Of the package in bench/node_modules or, for goro itself, in the repository's. */
function installedVersion(name) {
  for (const folder of ["../node_modules", "../../node_modules"]) {
    const file = new URL(`${folder}/${name}/package.json`, import.meta.url);
    if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, "utf8")).version;
  }
  return null;
}

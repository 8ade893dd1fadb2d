// As exercise, in a process of its own, which most peers with threads would not let end. Usage: node test/exercise-alone.mjs PEER
import { exercise } from "./exercise.mjs";

console.log(JSON.stringify(await exercise(process.argv[2])));
process.exit(0);

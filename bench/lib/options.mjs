// The command line of run.mjs and growth.mjs.
import { parseArgs } from "node:util";

const HELP = `Usage: npm run bench [-- OPTIONS]           goro, Go and the npm peers, side by side
       npm run bench -- growth [OPTIONS]     goro alone, from 1,000 to 1,000,000 of everything

  --only=W1,W2      only these workloads
  --peers=P1,P2     only these peers, by the names of the files in bench/peers
  --no-go           leave Go out
  --quick           shorter repetitions, noisier figures
  --rounds=N        median of N fresh processes for each figure (default 1)
  --wait-idle=S     before each measurement wait up to S seconds until others leave the machine alone
  --retry=N         measure again, up to N times, where others disturbed
  --node=WHICH      the Node.js to measure with: a path, or a version such as 24, which is then installed from npm
  --go=PATH         the Go to compare with (default: the one on the PATH)
  --out=DIR         where the reports go (default: bench/results for a whole run, else bench/.cache/results)
  --merge           keep the workloads of the run in DIR that this one does not measure
  --no-setup        take what is installed and built as it is
  --help            this text
`;

/** Parses the arguments; prints the help and ends, or one line about the mistake and ends with code 2. */
export function readOptions(argv) {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        only: { type: "string" },
        peers: { type: "string" },
        "no-go": { type: "boolean", default: false },
        quick: { type: "boolean", default: false },
        rounds: { type: "string", default: "1" },
        "wait-idle": { type: "string", default: "0" },
        retry: { type: "string", default: "0" },
        node: { type: "string", default: process.execPath },
        go: { type: "string" },
        out: { type: "string" },
        merge: { type: "boolean", default: false },
        "no-setup": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    misuse(error.message);
  }
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  return {
    only: values.only?.split(","),
    peers: values.peers?.split(","),
    noGo: values["no-go"],
    quick: values.quick,
    rounds: count(values, "rounds"),
    waitIdleSeconds: count(values, "wait-idle"),
    retries: count(values, "retry"),
    node: values.node,
    go: values.go,
    out: values.out,
    merge: values.merge,
    noSetup: values["no-setup"],
  };
}

/** The names asked for must be among those that exist; otherwise a typing error would measure nothing, silently. */
export function checkNames(option, asked, known) {
  for (const name of asked ?? []) {
    if (!known.includes(name)) misuse(`--${option}: there is no "${name}"; there are ${known.join(", ")}`);
  }
}

function count(values, name) {
  const n = Number(values[name]);
  if (!Number.isInteger(n) || n < 0) misuse(`--${name}: "${values[name]}" is no whole number`);
  return n;
}

/** One line about the mistake in the command line, and the end. */
export function misuse(message) {
  process.stderr.write(`bench: ${message}\nTry --help.\n`);
  process.exit(2);
}

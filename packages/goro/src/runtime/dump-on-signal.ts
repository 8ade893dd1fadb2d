// SIGQUIT (Ctrl-\) prints every goroutine and ends the program with code 2, as in Go. Go: runtime/signal_unix.go
//
// A program that listens for the signal itself gets it, and nothing is printed.

import { nodeProcess } from "./host.js";
import { processor } from "./processor.js";
import { dumpAndExit } from "./report.js";

const SIGNAL = "SIGQUIT";
let isListening = false;

function dump(): void {
  if (processor.stopped || nodeProcess!.listenerCount(SIGNAL) > 1) return;
  processor.stopped = true;
  dumpAndExit();
}

export function dumpOnSignal(): void {
  if (isListening || nodeProcess === undefined) return;
  isListening = true;
  try {
    nodeProcess.on(SIGNAL, dump);
  } catch {
    // Windows has no such signal, and not every runtime lets a program listen for it.
  }
}

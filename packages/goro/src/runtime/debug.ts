// GORODEBUG: settings for looking inside, name=value pairs separated by commas, as Go's GODEBUG.

import { nodeProcess } from "./host.js";

function isOn(name: string): boolean {
  try {
    return (nodeProcess?.env["GORODEBUG"] ?? "").split(",").some((pair) => pair.trim() === `${name}=1`);
  } catch {
    return false; // Deno without permission to read the environment
  }
}

/** Record where each goroutine was started. */
export const recordCreated: boolean = isOn("created");

// GORODEBUG: settings for looking inside, name=value pairs separated by commas, as Go's GODEBUG.

import { nodeProcess } from "./host.js";

function parse(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const pair of text.split(",")) {
    const [name, value] = pair.split("=", 2);
    if (name !== undefined && name.trim() !== "") settings.set(name.trim(), (value ?? "1").trim());
  }
  return settings;
}

function read(): string {
  try {
    return nodeProcess?.env["GORODEBUG"] ?? "";
  } catch {
    return ""; // Deno without permission to read the environment
  }
}

const settings = parse(read());

/** Record where each goroutine was started. */
export const recordCreated: boolean = settings.get("created") === "1";

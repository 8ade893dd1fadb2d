// GORODEBUG: settings for looking inside, name=value pairs separated by commas, as Go's GODEBUG. From the environment; in a
// page from the global of that name, or from localStorage. Read once: what is off is never asked about again.

import { nodeProcess } from "./host.js";

interface Page {
  readonly GORODEBUG?: string;
  readonly localStorage?: { getItem(key: string): string | null };
}

/** As they are given by the environment, or by the globals of a page. */
export function readSettings(page: Page): string {
  try {
    return (
      page.GORODEBUG ?? (nodeProcess ? nodeProcess.env["GORODEBUG"] : page.localStorage?.getItem("GORODEBUG")) ?? ""
    );
  } catch {
    return ""; // Deno without permission to read the environment, a page without permission to keep anything
  }
}

export const settings: string = readSettings(globalThis);

/** 0 where it is not given, or is no number. */
export function setting(name: string, given = settings): number {
  const pair = given.split(",").find((pair) => pair.trim().startsWith(`${name}=`));
  return Number(pair?.trim().slice(name.length + 1) ?? 0) || 0;
}

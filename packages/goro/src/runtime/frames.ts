// Stack frames for people: their own source lines, none of the library's between them.

import { captureStack } from "./stack.js";

/** The package's own folder, as it stands in stack frames. Empty in a bundle, where it cannot be told. */
function packageFolder(): string {
  const match = /^(.*\/)(?:dist|src)\/runtime\/frames\.[jt]s/.exec(import.meta.url);
  return match?.[1] ?? "";
}

const folderUrl = packageFolder();
const folderPath = decodeURI(folderUrl.replace(/^file:\/\//, ""));
/** Where the runtime resumes a goroutine: below these frames a stack is no longer the goroutine's. */
const bottom = /at (?:runGoroutines|first|probeFrames) \(.*\/runtime\/(?:scheduler|where)\.[jt]s:/;
const testFile = /\.test\.[jt]s|\/testkit\.[jt]s/;

function isOurs(frame: string): boolean {
  if (folderUrl === "") return false;
  const inPackage = [folderUrl, folderPath].some((f) => frame.includes(`${f}dist/`) || frame.includes(`${f}src/`));
  return inPackage && !testFile.test(frame);
}

// What an engine shows between two generators of one yield* chain and of its own functions, and the platform's own insides.
const plumbing = /\(<anonymous>\)$|\(?(?:node:internal|ext:|native|unknown)\b|\(native:/;

/** The frames of a stack that are the user's, each beginning with four spaces and "at ". */
export function userFrames(stack: string): string[] {
  const frames: string[] = [];
  for (const line of stack.split("\n")) {
    const frame = line.trim();
    const ours = isOurs(frame);
    if (ours && bottom.test(frame)) break;
    if (frame.startsWith("at ") && !ours && !plumbing.test(frame)) frames.push(`    ${frame}`);
  }
  return frames;
}

export function callerFrames(): string[] {
  return userFrames(captureStack());
}

/** file:line:column of a frame. */
export function placeOf(frame: string | undefined): string | undefined {
  if (frame === undefined) return undefined;
  const place = /\(([^()]+:\d+:\d+)\)$/.exec(frame)?.[1] ?? /at (?:async )?(\S+:\d+:\d+)$/.exec(frame)?.[1];
  if (place === undefined || !place.startsWith("file://")) return place;
  return decodeURI(place.replace(/^file:\/\/(?:\/(?=[A-Za-z]:))?/, ""));
}

/** The function of a frame: "worker" of "    at worker (file:1:2)". */
export function functionOf(frame: string | undefined): string | undefined {
  const name = /^ *at (?:async )?(.*) \(.*\)$/.exec(frame ?? "")?.[1];
  return name?.replace(/^(?:Object|Generator|Function)\./, "");
}

/**
 * Adds the goroutine's own frames to an error that came out of a promise, whose stack ends where the event loop began.
 * Once per error, however many goroutines it reaches.
 */
export function addFrames(error: unknown): void {
  if (!(error instanceof Error) || typeof error.stack !== "string") return;
  const frames = callerFrames();
  const innermost = frames[0];
  if (innermost === undefined || error.stack.includes(innermost.trim())) return;
  try {
    error.stack = `${error.stack}\n${frames.join("\n")}`;
  } catch {
    // A frozen error keeps the stack it has.
  }
}

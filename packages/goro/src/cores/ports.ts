// Messages through ports, between any two processors: for what shared memory cannot carry. The main thread passes on what
// others send to each other. Slow, and rare: a thing goes this way once, and is known by its number from then on.

import { me, mem } from "../arena/arena.js";

export interface PortMessage {
  readonly to: number;
  readonly from: number;
  readonly kind: string;
  readonly number: number;
  readonly value?: unknown;
  /** Somebody may be waiting for it with the thread: see waitForPort. */
  readonly awaited?: boolean;
}

/** How this processor reaches others. Set by workers.ts and arrive.ts. */
export interface Ports {
  send(message: PortMessage, transfer: readonly object[]): void;
  /** Takes what has come, without the event loop. False where that cannot be done, as in a browser. */
  receive(): boolean;
}

/** A word of the arena that nobody writes. */
const NEVER = 0;

type Handler = (message: PortMessage) => void;
const handlers = new Map<string, Handler>();
let ports: Ports | null = null;

export function usePorts(p: Ports): void {
  ports = p;
}

export function onPort(kind: string, handler: Handler): void {
  handlers.set(kind, handler);
}

export function sendByPort(to: number, kind: string, number: number, value?: unknown): void {
  ports!.send({ to, from: me, kind, number, value }, []);
}

/** The same for what the other side may wait for with its thread. */
export function sendAwaited(
  to: number,
  kind: string,
  number: number,
  value: unknown,
  transfer: readonly object[] = [],
): void {
  ports!.send({ to, from: me, kind, number, value, awaited: true }, transfer);
}

export function receivedByPort(message: PortMessage): void {
  handlers.get(message.kind)!(message);
}

/** Takes what comes, with the thread, until `over` says so. False at once where that cannot be done. */
export function receivePorts(over: () => boolean): boolean {
  while (!over()) {
    if (!ports!.receive()) return false;
    if (!over()) Atomics.wait(mem, NEVER, 0, 0.1);
  }
  return true;
}

/** Waits, with the thread, until `arrived` says so. Only for what was sent by sendAwaited, or will be. */
export function waitForPort(arrived: () => boolean): void {
  if (!receivePorts(arrived)) throw new Error("goro: in a browser this can be sent as an argument of go only");
}

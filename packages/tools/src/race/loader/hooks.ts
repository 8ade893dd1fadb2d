// The module hooks of the race detector. On a thread of their own (Node before 22.15) they are told of the options first.
import type { LoadFnOutput, LoadHookContext } from "node:module";
import { load as loadPlain } from "../../run/hooks.js";
import { Instrumenter } from "./instrument.js";
import type { LoaderOptions } from "./options.js";

export { resolve } from "../../run/hooks.js";

let instrumenter: Instrumenter | undefined;

export function initialize(options: LoaderOptions): void {
  instrumenter = new Instrumenter(options, 0);
}

export function load<R>(
  url: string,
  context: LoadHookContext,
  next: (url: string, context: LoadHookContext) => R,
): R | LoadFnOutput {
  const source = instrumenter?.module(url, context.format);
  return source === undefined ? loadPlain(url, context, next) : { format: "module", source, shortCircuit: true };
}

// The loader, as module hooks. The same functions serve both ways of Node: on the program's thread, where `next` returns
// what it has found (registerHooks), and on a thread of their own, where it returns a promise (register).
import type { LoadFnOutput, LoadHookContext, ResolveHookContext } from "node:module";
import { fileURLToPath } from "node:url";
import { compile } from "./compile.js";
import { findFile, planFor, read } from "./plan.js";

export function resolve<R>(
  specifier: string,
  context: ResolveHookContext,
  next: (specifier: string, context: ResolveHookContext) => R,
): R {
  const url = findFile(specifier, context.parentURL);
  // require() passes here too (registerHooks), and wants a path.
  const isRequire = context.conditions?.includes("require") === true;
  return next(url === undefined ? specifier : isRequire ? fileURLToPath(url) : url, context);
}

export function load<R>(
  url: string,
  context: LoadHookContext,
  next: (url: string, context: LoadHookContext) => R,
): R | LoadFnOutput {
  const plan = planFor(url, context.format);
  if (plan === undefined) return next(url, context);
  return { format: "module", source: plan.compile ? compile(plan.path) : read(plan.path), shortCircuit: true };
}

// Exported variables that change, seen from other modules.
//
// An import is a variable of the module that exports it, possibly through others that pass it on. Both sides know it by the
// pair (namespace object of a module, name): who exports says which cell that is, who passes on says of which pair it is
// another name. In a cycle of imports the importer may ask before the exporter has run; the cell is then made for the asker
// and the exporter takes it.
import { accesses, type Cell } from "../accesses.js";

interface Names {
  readonly cells: Map<PropertyKey, Cell>;
  /** name → the pair it stands for */
  readonly aliases: Map<PropertyKey, readonly [namespace: object, name: PropertyKey]>;
  /** modules of which all is passed on */
  readonly all: object[];
}

const modules = new WeakMap<object, Names>();

function namesOf(namespace: object): Names {
  let names = modules.get(namespace);
  if (names === undefined) modules.set(namespace, (names = { cells: new Map(), aliases: new Map(), all: [] }));
  return names;
}

/** The cell of the variable that the module exports as `name`; `variable` is how its own code calls it. */
export function exported(namespace: object, name: string, variable: string): Cell {
  const { cells } = namesOf(namespace);
  let cell = cells.get(name);
  if (cell === undefined) cells.set(name, (cell = accesses.variable(variable)));
  return cell;
}

/** `export { from as name } from "other"`, or the same by an import and an export. */
export function passedOn(namespace: object, name: string, other: object, from: string): void {
  namesOf(namespace).aliases.set(name, [other, from]);
}

/** `export * from "other"`. */
export function allPassedOn(namespace: object, other: object): void {
  namesOf(namespace).all.push(other);
}

/** The cell of what `name` of the namespace stands for, or undefined for what never changes. */
export function exportedCell(namespace: object, name: PropertyKey): Cell | undefined {
  return find(namespace, name, new Set());
}

function find(namespace: object, name: PropertyKey, seen: Set<object>): Cell | undefined {
  const names = modules.get(namespace);
  if (names === undefined || seen.has(namespace)) return undefined;
  seen.add(namespace);
  const cell = names.cells.get(name);
  if (cell !== undefined) return cell;
  const alias = names.aliases.get(name);
  if (alias !== undefined) return find(alias[0], alias[1], new Set());
  if (name === "default") return undefined;
  for (const other of names.all) {
    const found = find(other, name, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The cell of an import as its module begins: null if it never changes, undefined if the exporter has not run yet, which
 * happens in a cycle.
 */
export function importedCell(namespace: object, name: string): Cell | null | undefined {
  const cell = exportedCell(namespace, name);
  if (cell !== undefined) return cell;
  try {
    return (namespace as Record<string, unknown>)[name] === undefined ? undefined : null;
  } catch {
    return undefined; // not initialized
  }
}

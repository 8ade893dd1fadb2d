// Which types are goro's: told by their shape, so that aliases, subclasses and re-exports are all recognised.
//
//   Op<T>        an iterable whose iterator yields Suspend, and that has `then`
//   Routine<T>   an iterable whose iterator yields Suspend, without `then`: the generator that a call made
import ts from "typescript";

export type Kind = "op" | "routine";

export interface GoroTypes {
  /** What any part of the type may be: of `Op<void> | undefined`, "op". */
  possible(type: ts.Type): Kind | undefined;
  /** What the type is in every case: of `Op<void> | undefined`, nothing, as testing it makes sense. */
  certain(type: ts.Type): Kind | undefined;
  /** The kind that a function of this type returns for certain. */
  returned(type: ts.Type): Kind | undefined;
}

export function goroTypes(checker: ts.TypeChecker): GoroTypes {
  const known = new WeakMap<ts.Type, Kind | "other">();

  function possible(type: ts.Type): Kind | undefined {
    const kinds = parts(type).map(kindOfPart);
    return kinds.find((kind) => kind !== undefined);
  }

  function certain(type: ts.Type): Kind | undefined {
    const kinds = parts(type).map(kindOfPart);
    return kinds.every((kind) => kind !== undefined) ? kinds[0] : undefined;
  }

  function returned(type: ts.Type): Kind | undefined {
    const signatures = checker.getSignaturesOfType(type, ts.SignatureKind.Call);
    const kinds = signatures.map((signature) => certain(signature.getReturnType()));
    return kinds.every((kind) => kind !== undefined) ? kinds[0] : undefined;
  }

  function parts(type: ts.Type): readonly ts.Type[] {
    const bound = type.isTypeParameter() ? (checker.getBaseConstraintOfType(type) ?? type) : type;
    return bound.isUnion() ? bound.types : [bound];
  }

  function kindOfPart(type: ts.Type): Kind | undefined {
    let kind = known.get(type);
    if (kind === undefined) known.set(type, (kind = iteratesOverSuspend(type) ? opOrRoutine(type) : "other"));
    return kind === "other" ? undefined : kind;
  }

  const opOrRoutine = (type: ts.Type): Kind => (checker.getPropertyOfType(type, "then") ? "op" : "routine");

  function iteratesOverSuspend(type: ts.Type): boolean {
    if ((type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0) return false;
    const iterator = results(wellKnown(type, "iterator"));
    const step = iterator.flatMap((each) => results(checker.getPropertyOfType(each, "next")));
    return step.flatMap(parts).some((result) => {
      const value = checker.getPropertyOfType(result, "value");
      return value !== undefined && parts(checker.getTypeOfSymbol(value)).some(isSuspend);
    });
  }

  function isSuspend(type: ts.Type): boolean {
    return type.symbol?.name === "Suspend" && wellKnown(type, "suspended") !== undefined;
  }

  /** The property named by a unique symbol, which the compiler stores as "__@name@id". */
  function wellKnown(type: ts.Type, name: string): ts.Symbol | undefined {
    return checker.getPropertiesOfType(type).find((property) => String(property.escapedName).startsWith(`__@${name}@`));
  }

  function results(method: ts.Symbol | undefined): ts.Type[] {
    if (method === undefined) return [];
    return checker
      .getTypeOfSymbol(method)
      .getCallSignatures()
      .map((signature) => signature.getReturnType());
  }

  return { possible, certain, returned };
}

// Members of objects: reading, writing and deleting them, and chains of `?.`.
import type {
  AnyNode,
  AssignmentExpression,
  CallExpression,
  ChainExpression,
  Expression,
  Identifier,
  MemberExpression,
  Node,
  Super,
  UpdateExpression,
} from "acorn";
import { isStandardNamespace } from "./globals.js";
import { render } from "./render.js";
import { assigns, isPrimitive, mayCall, unwrap } from "./tree.js";
import { Variables } from "./variables.js";
/** How one member of an object is named in the output: first evaluated, then named again as often as needed. */
interface Place {
  /** evaluates the object; to be written exactly once, first */
  readonly base: () => void;
  /** the object once more */
  readonly again: string;
  /** evaluates the key, once, after the object: ".b" or "[t = k(key)]" */
  readonly member: () => void;
  /** the member once more: ".b" or "[t]" */
  readonly memberAgain: string;
  /** evaluates the key where it is an argument, instead of `member` */
  readonly key: () => void;
  /** the key, as an argument, once more */
  readonly keyAgain: string;
  readonly computed: boolean;
}

export abstract class Members extends Variables {
  /** Whether what is read of it is nothing to announce: Math.floor, arguments[0], import.meta.url. */
  protected isPlain(object: Expression | Super): boolean {
    const inner = unwrap(object as AnyNode);
    if (inner.type === "Super" || inner.type === "MetaProperty") return true;
    if (inner.type !== "Identifier") return inner.type === "Literal";
    const binding = this.out.analysis.references.get(inner);
    return binding === undefined ? true : binding === null && isStandardNamespace(inner.name);
  }

  /** Whether the object can be evaluated again after `between`, to the same effect: none. */
  protected isStable(object: Expression | Super, between: AnyNode | undefined): boolean {
    if (this.evaluated.has(object) || object.type === "ThisExpression") return true;
    if (object.type !== "Identifier") return false;
    const binding = this.out.analysis.references.get(object);
    if (!binding) return false;
    if (binding.constant || between === undefined) return true;
    return !assigns(between) && !(binding.captured && mayCall(between)) && !binding.evil;
  }

  protected again(object: Expression | Super): string {
    return this.evaluated.get(object) ?? (object.type === "ThisExpression" ? "this" : (object as Identifier).name);
  }

  /** Whether a private name is a field, and the variable that holds its key. */
  protected privateOf(name: string): { key: string; field: boolean } {
    for (const names of this.classes.toReversed()) {
      const found = names.get(name);
      if (found !== undefined) return found;
    }
    return { key: "", field: false };
  }

  protected placeOf(node: MemberExpression, temporary: () => string, once = false): Place | undefined {
    const { writer } = this.out;
    const { object, property, computed } = node;
    if (this.isPlain(object)) return undefined;
    let key: () => void;
    let keyAgain: string;
    let member: () => void;
    let memberAgain: string;
    if (!computed) {
      if (property.type === "PrivateIdentifier") {
        const found = this.privateOf(property.name);
        if (!found.field) return undefined;
        keyAgain = found.key;
        memberAgain = `.#${property.name}`;
      } else {
        const { name } = property as Identifier;
        keyAgain = JSON.stringify(name);
        memberAgain = `.${name}`;
      }
      key = () => writer.put(keyAgain);
      member = () => {
        writer.put(".", property.start);
        writer.copy(property.start, property.end);
      };
    } else {
      const simple = this.simpleKey(property as Expression);
      if (simple !== undefined) {
        keyAgain = simple;
        key = () => this.visit(property);
      } else {
        const name = temporary();
        const primitive = isPrimitive(property);
        keyAgain = name;
        key = () => {
          writer.put(primitive ? `${name} = ` : `${name} = ${this.out.helper("k")}(`);
          if (primitive) writer.put("(");
          this.visit(property);
          writer.put(")");
        };
      }
      memberAgain = `[${keyAgain}]`;
      member = () => {
        writer.put("[");
        key();
        writer.put("]");
      };
    }
    if (once || this.isStable(object, computed ? property : undefined)) {
      const again = once ? "" : this.again(object);
      return { base: () => this.visit(object), again, member, memberAgain, key, keyAgain, computed };
    }
    const again = temporary();
    const base = () => {
      writer.put(`(${again} = `);
      this.visitUnnamed(object);
      writer.put(")");
    };
    return { base, again, member, memberAgain, key, keyAgain, computed };
  }

  /** The text of a key that can be evaluated twice and is no object; else undefined. */
  protected simpleKey(key: Expression): string | undefined {
    if (key.type === "Literal" && !key.regex) return this.out.writer.source.slice(key.start, key.end);
    if (key.type !== "Identifier") return undefined;
    const binding = this.out.analysis.references.get(key);
    return binding?.primitive && !binding.evil ? key.name : undefined;
  }

  protected memberSite(node: MemberExpression): number {
    const { writer } = this.out;
    const from = writer.original(node.start);
    const to = writer.original(node.property.start);
    const far = to !== undefined && from?.line !== to.line;
    return this.out.site(node, undefined, far ? node.property.start : node.start);
  }

  protected member(node: MemberExpression): void {
    const { writer } = this.out;
    this.out.lend((temporary) => {
      const receiver = this.receivers.get(node);
      const place = this.placeOf(node, temporary, true);
      if (place === undefined) {
        this.plainMember(node, receiver);
        return;
      }
      writer.put(`${this.readHelper(node)}(`, node.start);
      if (receiver !== undefined) writer.put(`${receiver} = `);
      this.visitUnnamed(node.object);
      writer.put(", ");
      place.key();
      writer.put(`, ${this.memberSite(node)})`);
      writer.put(place.memberAgain, node.property.start);
    });
  }

  /** A member whose reading is not announced. */
  protected plainMember(node: MemberExpression, receiver: string | undefined): void {
    const { writer } = this.out;
    if (receiver !== undefined) writer.put(`(${receiver} = `);
    if (node.object.type === "Super") writer.copy(node.object.start, node.object.end);
    else this.visitUnnamed(node.object);
    if (receiver !== undefined) writer.put(")");
    else if (node.object.type === "Literal" && typeof node.object.value === "number") writer.put(" "); // 1 .a
    if (node.computed) {
      writer.put("[");
      this.visit(node.property);
      writer.put("]");
    } else {
      writer.put(".", node.property.start);
      writer.copy(node.property.start, node.property.end);
    }
  }

  protected assignMember(node: AssignmentExpression, target: MemberExpression): void {
    const { writer } = this.out;
    const { right, operator } = node;
    this.out.lend((temporary) => {
      if (target.object.type === "Super" && operator === "=" && !target.computed) {
        this.plainMember(target, undefined);
        writer.put(` = ${this.out.helper("w")}(this, ${JSON.stringify((target.property as Identifier).name)}, `);
        this.visit(right);
        writer.put(`, ${this.memberSite(target)})`);
        return;
      }
      const place = this.placeOf(target, temporary);
      if (place === undefined) {
        this.plainMember(target, undefined);
        writer.put(` ${operator} `);
        this.visit(right);
        return;
      }
      const site = this.memberSite(target);
      const { again, memberAgain, keyAgain } = place;
      const logical = /^(\|\||&&|\?\?)=$/.exec(operator)?.[1];
      if (logical !== undefined) {
        writer.put(`(${this.readHelper(target)}(`, node.start);
        place.base();
        writer.put(", ");
        place.key();
        writer.put(`, ${site})${memberAgain} ${logical} (${again}${memberAgain} = `);
        writer.put(`${this.writeHelper(target)}(${again}, ${keyAgain}, `);
        this.visit(right);
        writer.put(`, ${site})))`);
        return;
      }
      place.base();
      place.member();
      writer.put(` = ${this.writeHelper(target)}(${again}, ${keyAgain}, `, target.property.start);
      if (operator === "=") {
        this.hint = render(target);
        this.visit(right);
      } else {
        writer.put(
          `${this.readHelper(target)}(${again}, ${keyAgain}, ${site})${memberAgain} ${operator.slice(0, -1)} (`,
        );
        this.visit(right);
        writer.put(")");
      }
      writer.put(`, ${site})`);
    });
  }

  protected readHelper({ computed, property }: MemberExpression): string {
    if (computed && property.type === "Literal") return this.out.helper(property.value === "size" ? "z" : "o");
    if (computed) return this.out.helper("ok");
    return this.out.helper(property.type === "Identifier" && property.name === "size" ? "z" : "o");
  }

  protected writeHelper({ computed, property }: MemberExpression): string {
    if (computed) return this.out.helper("wk");
    return this.out.helper(property.type === "Identifier" && property.name === "length" ? "wl" : "w");
  }

  protected updateMember(node: UpdateExpression, target: MemberExpression, discard: boolean): void {
    const { writer } = this.out;
    this.out.lend((temporary) => {
      const place = this.placeOf(target, temporary);
      if (place === undefined) {
        if (node.prefix) writer.put(node.operator);
        this.plainMember(target, undefined);
        if (!node.prefix) writer.put(node.operator);
        return;
      }
      const site = this.memberSite(target);
      const value = temporary();
      const old = node.prefix || discard ? undefined : temporary();
      const { again, memberAgain, keyAgain } = place;
      writer.put("(", node.start);
      place.base();
      place.member();
      writer.put(` = ${this.writeHelper(target)}(${again}, ${keyAgain}, `, target.property.start);
      writer.put(`(${value} = ${this.readHelper(target)}(${again}, ${keyAgain}, ${site})${memberAgain}, `);
      if (old === undefined) writer.put(`${node.operator}${value})`);
      else writer.put(`${old} = ${value}${node.operator}, ${value})`);
      writer.put(`, ${site})`);
      writer.put(old === undefined ? ")" : `, ${old})`);
    });
  }

  protected delete(member: MemberExpression, node: Node): void {
    const { writer } = this.out;
    this.out.lend((temporary) => {
      writer.put("delete ", node.start);
      const place = this.placeOf(member, temporary, true);
      if (place === undefined) {
        this.plainMember(member, undefined);
        return;
      }
      writer.put(`${this.out.helper("d")}(`);
      this.visit(member.object);
      writer.put(", ");
      place.key();
      writer.put(`, ${this.memberSite(member)})${place.memberAgain}`);
    });
  }

  /** `a?.b.c`: evaluates up to the last `?.`, which is `otherwise` where that is nothing, then `write` writes the rest. */
  protected chain(
    chain: ChainExpression | null,
    write: () => void,
    otherwise: string,
    top: AnyNode = chain!.expression,
  ): void {
    const { writer } = this.out;
    const last = lastOptional(top);
    if (last === undefined) {
      write();
      return;
    }
    this.out.lend((temporary) => {
      const value = temporary();
      const inner: AnyNode = last.type === "CallExpression" ? last.callee : last.object;
      const callee = unwrap(inner);
      writer.put(`((${value} = `, top.start);
      if (last.type === "CallExpression" && callee.type === "MemberExpression") {
        const receiver = callee.object.type === "Super" ? "this" : temporary();
        if (receiver !== "this") this.receivers.set(callee, receiver);
        this.chain(null, () => this.member(callee), "void 0", callee);
        this.receivers.set(callee, receiver);
      } else if (
        last.type === "CallExpression" &&
        callee.type === "ChainExpression" &&
        callee.expression.type === "MemberExpression"
      ) {
        const receiver = temporary();
        this.receivers.set(callee.expression, receiver);
        this.visit(inner);
        this.receivers.delete(callee.expression);
        this.receivers.set(callee, receiver);
      } else this.chain(null, () => this.visitUnnamed(inner), "void 0", inner);
      writer.put(`) === null || ${value} === void 0 ? ${otherwise} : `);
      this.evaluated.set(inner, value);
      this.evaluated.set(callee, value);
      const { optional } = last;
      last.optional = false;
      write();
      last.optional = optional;
      this.evaluated.delete(inner);
      this.evaluated.delete(callee);
      this.receivers.delete(callee);
      writer.put(")");
    });
  }
}

function lastOptional(top: AnyNode): MemberExpression | CallExpression | undefined {
  let node = top;
  for (;;) {
    if (node.type !== "MemberExpression" && node.type !== "CallExpression") return undefined;
    if (node.optional) return node;
    node = node.type === "MemberExpression" ? node.object : node.callee;
  }
}

// Calls, and what else hands over control: new, tags, yield, spreading.
import type {
  AnyNode,
  CallExpression,
  Identifier,
  MemberExpression,
  NewExpression,
  SpreadElement,
  TaggedTemplateExpression,
  YieldExpression,
} from "acorn";
import { Members } from "./members.js";
import { render } from "./render.js";
import { mayCall, unwrap } from "./tree.js";

export abstract class Calls extends Members {
  protected call(node: CallExpression): void {
    const { writer } = this.out;
    const callee = unwrap(node.callee as AnyNode);
    const name = render(node.callee);
    if (callee.type === "Super") {
      writer.put("super", node.start);
      this.arguments(node, undefined, "(");
      return;
    }
    const evaluated = this.evaluated.get(callee);
    if (evaluated !== undefined) {
      const receiver = this.receivers.get(callee);
      const site = this.out.site(node, name);
      writer.put(`${this.out.helper("F")}(${evaluated}, ${site})`, node.start);
      if (receiver === undefined) this.arguments(node, site, "(");
      else this.arguments(node, site, `.call(${receiver}`);
      return;
    }
    if (callee.type === "Identifier") {
      const binding = this.out.analysis.references.get(callee);
      if (binding === undefined || (binding === null && callee.name === "eval")) {
        writer.copy(node.callee.start, node.callee.end);
        this.arguments(node, undefined, "(");
        return;
      }
      const site = this.out.site(node, name);
      const known = binding?.kind === "function" && binding.constant;
      writer.put(`${this.out.helper(known ? "c" : "f")}(`, node.start);
      this.visit(callee);
      writer.put(`, ${site})`);
      this.arguments(node, site, "(");
      return;
    }
    if (callee.type === "MemberExpression") {
      this.callMember(node, callee, name);
      return;
    }
    if (callee.type === "ChainExpression" && callee.expression.type === "MemberExpression") {
      // (a?.b)(): the parentheses end the chain but not the reference.
      const member = callee.expression;
      this.out.lend((temporary) => {
        const receiver = temporary();
        const site = this.out.site(node, name);
        this.receivers.set(member, receiver);
        writer.put(`${this.out.helper("F")}(`, node.start);
        this.chain(callee, () => this.member(member), "void 0");
        this.receivers.delete(member);
        writer.put(`, ${site})`);
        this.arguments(node, site, `.call(${receiver}`);
      });
      return;
    }
    const site = this.out.site(node, name);
    writer.put(`${this.out.helper("f")}(`, node.start);
    this.visit(callee);
    writer.put(`, ${site})`);
    this.arguments(node, site, "(");
  }

  protected callMember(node: CallExpression, callee: MemberExpression, name: string): void {
    const { writer } = this.out;
    this.out.lend((temporary) => {
      const object = unwrap(callee.object as AnyNode);
      if (object.type === "Identifier" && object.name === "Math" && this.isPlain(callee.object)) {
        this.plainMember(callee, undefined);
        this.arguments(node, undefined, "(");
        return;
      }
      const site = this.callSite(node, callee, name);
      if (object.type === "Super") {
        writer.put(`${this.out.helper("F")}(`, node.start);
        this.plainMember(callee, undefined);
        writer.put(`, ${site})`);
        this.arguments(node, site, ".call(this");
        return;
      }
      const place = this.placeOf(callee, temporary);
      if (place === undefined) {
        const named = callee.object.type === "Identifier" && !callee.computed;
        const receiver = named ? (callee.object as Identifier).name : temporary();
        writer.put(`${this.out.helper("F")}(`, node.start);
        this.plainMember(callee, named ? undefined : receiver);
        writer.put(`, ${site})`);
        this.arguments(node, site, `.call(${receiver}`, callee.property.start);
        return;
      }
      writer.put(`${this.out.helper(callee.computed ? "mk" : "m")}(`, node.start);
      place.base();
      writer.put(`, ${place.again}`);
      place.member();
      writer.put(`, ${place.keyAgain}, ${site})`);
      this.arguments(node, site, `.call(${place.again}`, callee.property.start);
    });
  }

  protected callSite(node: CallExpression, callee: MemberExpression, name: string): number {
    const { writer } = this.out;
    const far = writer.original(node.start)?.line !== writer.original(callee.property.start)?.line;
    return this.out.site(node, name, far ? callee.property.start : node.start);
  }

  /** The arguments; where they call something themselves, the last of them brings the place of the call back to mind. */
  protected arguments(
    node: CallExpression | NewExpression,
    site: number | undefined,
    open: string,
    at = node.start,
  ): void {
    const { writer } = this.out;
    writer.put(open, at);
    const again = site !== undefined && node.arguments.some(mayCall);
    node.arguments.forEach((each, index) => {
      if (index > 0 || open !== "(") writer.put(", ");
      const wrap = again && index === node.arguments.length - 1;
      if (each.type === "SpreadElement") {
        writer.put(wrap ? `...${this.out.helper("c")}(` : "...");
        this.spreadValue(each, "sc");
      } else {
        if (wrap) writer.put(`${this.out.helper("c")}(`);
        this.visit(each);
      }
      if (wrap) writer.put(`, ${site})`);
    });
    writer.put(")");
  }

  protected new(node: NewExpression): void {
    const { writer } = this.out;
    const site = this.out.site(node, render(node.callee));
    writer.put(`new (${this.out.helper("n")}(`, node.start);
    this.visit(node.callee);
    writer.put(`, ${site}))`);
    this.arguments(node, site, "(");
  }

  protected tagged(node: TaggedTemplateExpression): void {
    const { writer } = this.out;
    const tag = unwrap(node.tag);
    if (tag.type === "MemberExpression" && tag.object.type !== "Super" && !this.isPlain(tag.object)) this.member(tag);
    else if (tag.type === "MemberExpression") this.plainMember(tag, undefined);
    else if (tag.type === "ChainExpression") writer.copy(node.tag.start, node.tag.end);
    else {
      const binding = tag.type === "Identifier" ? this.out.analysis.references.get(tag) : null;
      if (binding === undefined) writer.copy(tag.start, tag.end);
      else {
        const site = this.out.site(node, render(node.tag));
        writer.put(`${this.out.helper("f")}(`);
        this.visit(tag);
        writer.put(`, ${site})`);
      }
    }
    this.visit(node.quasi);
  }

  protected spread(node: SpreadElement, helper: string): void {
    this.out.writer.put("...", node.start);
    this.spreadValue(node, helper);
  }

  protected spreadValue(node: SpreadElement, helper: string): void {
    const { writer } = this.out;
    writer.put(`${this.out.helper(helper)}(`, node.argument.start);
    this.visit(node.argument);
    writer.put(`, ${this.out.site(node.argument, render(node.argument))})`);
  }

  protected yield(node: YieldExpression): void {
    const { writer, own, context } = this.out;
    context.active = true;
    if (context.async && !node.delegate) {
      this.await(() => (node.argument ? this.visit(node.argument) : writer.put("void 0")), "yield ", node);
      return;
    }
    writer.put(`${this.out.helper("b")}(${own}, `, node.start);
    if (node.delegate) {
      writer.put(`yield* ${this.out.helper("yi")}(`);
      this.visit(node.argument!);
      writer.put(`, ${this.out.site(node.argument!, render(node.argument!))})`);
    } else {
      // Whoever takes the value goes on in a frame of its own.
      writer.put(`yield ${this.out.helper("x")}(${own}`);
      if (node.argument) {
        writer.put(", ");
        this.visit(node.argument);
      }
      writer.put(")");
    }
    writer.put(")");
  }
}

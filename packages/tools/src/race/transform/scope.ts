// Which variable each name of a program means, and what becomes of each variable: captured, written, exported.
//
// First the tree is walked once, declaring names and noting references; then references are resolved, as a declaration
// counts in all of its scope, before its place too. Names that cannot be resolved by reading alone, those inside a `with`,
// are left out: an Identifier that is not in `references` is not to be touched.
import type {
  AnyNode,
  Class,
  Expression,
  Function as FunctionNode,
  Identifier,
  Node,
  Pattern,
  Program,
  VariableDeclaration,
} from "acorn";
import { children, isPrimitive, unwrap } from "./tree.js";

export type Kind = "var" | "let" | "const" | "function" | "class" | "param" | "catch" | "import" | "self";

export class Binding {
  readonly name: string;
  readonly kind: Kind;
  readonly scope: Scope;
  /** where its declaration has done its work, for which closures written before it may be too early */
  initialized: number;
  /** writes other than the one that initializes it */
  writes = 0;
  initializers = 0;
  captured = false;
  /** a function expression before the declaration's end refers to it */
  early = false;
  /** a hoisted function refers to it */
  hoisted = false;
  /** never holds an object */
  primitive: boolean;
  /** names it is exported by */
  readonly exports: string[] = [];
  /** where it is imported from */
  from: { readonly source: string; readonly name: string } | undefined;
  /** an eval sees it */
  evil = false;

  constructor(name: string, kind: Kind, scope: Scope, initialized: number) {
    this.name = name;
    this.kind = kind;
    this.scope = scope;
    this.initialized = initialized;
    this.primitive = kind === "var" || kind === "let" || kind === "const";
  }

  /** Whether two goroutines could disagree about it: its accesses are announced. */
  get shared(): boolean {
    if (this.kind === "import" || this.kind === "self") return false;
    const changes = this.writes > 0;
    return (
      (this.captured && (changes || (this.early && this.kind !== "function"))) || (this.exports.length > 0 && changes)
    );
  }

  /** Whether its value is the same wherever it can be read. */
  get constant(): boolean {
    return this.writes === 0 && !this.evil && this.kind !== "import";
  }
}

export type ScopeKind =
  "program" | "function" | "body" | "block" | "for" | "switch" | "catch" | "class" | "with" | "self";

export class Scope {
  readonly kind: ScopeKind;
  readonly parent: Scope | undefined;
  readonly node: Node;
  /** the function, initializer or program that this is part of */
  readonly owner: Scope;
  /** where a `var` in here belongs */
  readonly vars: Scope;
  readonly names = new Map<string, Binding>();
  strict: boolean;
  usesArguments = false;
  evil = false;
  loops = 0;

  constructor(kind: ScopeKind, node: Node, parent: Scope | undefined) {
    this.kind = kind;
    this.node = node;
    this.parent = parent;
    const opens = kind === "program" || kind === "function";
    this.owner = opens ? this : parent!.owner;
    this.vars = opens || kind === "body" ? this : parent!.vars;
    this.strict = parent?.strict ?? false;
  }

  declare(name: string, kind: Kind, initialized: number): Binding {
    const known = this.names.get(name);
    if (known !== undefined) {
      if (kind === "function") known.writes++;
      return known;
    }
    const binding = new Binding(name, kind, this, initialized);
    this.names.set(name, binding);
    return binding;
  }
}

interface Reference {
  readonly id: Identifier;
  readonly scope: Scope;
  readonly writes: boolean;
  /** what it writes may be an object */
  readonly object: boolean;
  /** in the list of parameters of this function */
  readonly params: Scope | undefined;
}

export interface Analysis {
  readonly scopes: ReadonlyMap<Node, Scope>;
  /** null: a name that nothing here declares, a global */
  readonly references: ReadonlyMap<Identifier, Binding | null>;
  /** those among them that are written where the parameters of the function that declares them are */
  readonly inParameters: ReadonlySet<Identifier>;
  readonly program: Scope;
}

export function analyze(program: Program, sourceType: "module" | "script" | "commonjs"): Analysis {
  const walk = new Walk(program, sourceType);
  return walk.resolve();
}

class Walk {
  readonly #scopes = new Map<Node, Scope>();
  readonly #found: Reference[] = [];
  readonly #program: Scope;
  readonly #exports: [name: string, as: string][] = [];
  #params: Scope | undefined;

  constructor(program: Program, sourceType: "module" | "script" | "commonjs") {
    this.#program = this.#open("program", program, undefined);
    this.#program.strict = sourceType === "module" || isStrict(program.body);
    if (sourceType === "commonjs") {
      for (const name of ["exports", "require", "module", "__filename", "__dirname"])
        this.#program.declare(name, "param", 0);
    }
    for (const statement of program.body) this.#walk(statement, this.#program);
  }

  resolve(): Analysis {
    for (const [name, as] of this.#exports) this.#program.names.get(name)?.exports.push(as);
    const references = new Map<Identifier, Binding | null>();
    const inParameters = new Set<Identifier>();
    for (const { id, scope, writes, object, params } of this.#found) {
      const binding = lookUp(id.name, scope);
      if (binding === undefined) continue;
      references.set(id, binding);
      if (binding === null) continue;
      if (writes) binding.writes++;
      if (object) binding.primitive = false;
      if (params === binding.scope) inParameters.add(id);
      let inner: Scope | undefined;
      for (let at = scope.owner; at !== binding.scope.owner; at = at.parent!.owner) inner = at;
      if (inner === undefined) continue;
      binding.captured = true;
      if (inner.node.type === "FunctionDeclaration") binding.hoisted = true;
      else if (inner.node.start < binding.initialized) binding.early = true;
    }
    for (const scope of this.#scopes.values())
      if (scope.evil) for (const binding of scope.names.values()) binding.evil = true;
    return { scopes: this.#scopes, references, inParameters, program: this.#program };
  }

  #open(kind: ScopeKind, node: Node, parent: Scope | undefined): Scope {
    const scope = new Scope(kind, node, parent);
    this.#scopes.set(node, scope);
    return scope;
  }

  #refer(id: Identifier, scope: Scope, writes: boolean, object = false): void {
    this.#found.push({ id, scope, writes, object, params: this.#params });
  }

  #walk(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case "Identifier":
        this.#refer(node, scope, false);
        return;
      case "FunctionDeclaration":
        if (node.id) {
          const { name } = node.id;
          scope.declare(name, "function", 0);
          if (scope.vars !== scope && !scope.strict) scope.vars.declare(name, "var", 0).writes++;
        }
        this.#function(node, scope);
        return;
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.#function(node, scope);
        return;
      case "ClassDeclaration":
        if (node.id) scope.declare(node.id.name, "class", node.end);
        this.#class(node, scope);
        return;
      case "ClassExpression":
        this.#class(node, scope);
        return;
      case "VariableDeclaration":
        this.#variables(node, scope, false);
        return;
      case "BlockStatement":
        this.#all(node.body, this.#open("block", node, scope));
        return;
      case "ForStatement": {
        const inner = this.#open("for", node, scope);
        if (node.init?.type === "VariableDeclaration") this.#variables(node.init, inner, false);
        else if (node.init) this.#walk(node.init, inner);
        inner.owner.loops++;
        for (const part of [node.test, node.update, node.body]) if (part) this.#walk(part, inner);
        inner.owner.loops--;
        return;
      }
      case "ForInStatement":
      case "ForOfStatement": {
        const inner = this.#open("for", node, scope);
        inner.owner.loops++;
        if (node.left.type === "VariableDeclaration")
          this.#variables(node.left, inner, true, node.type === "ForInStatement");
        else this.#target(node.left, inner);
        this.#walk(node.right, scope);
        this.#walk(node.body, inner);
        inner.owner.loops--;
        return;
      }
      case "WhileStatement":
      case "DoWhileStatement":
        scope.owner.loops++;
        this.#walk(node.test, scope);
        this.#walk(node.body, scope);
        scope.owner.loops--;
        return;
      case "SwitchStatement": {
        this.#walk(node.discriminant, scope);
        const inner = this.#open("switch", node, scope);
        for (const each of node.cases) {
          if (each.test) this.#walk(each.test, inner);
          this.#all(each.consequent, inner);
        }
        return;
      }
      case "CatchClause": {
        const inner = this.#open("catch", node, scope);
        if (node.param) this.#declare(node.param, inner, "catch", node.param.end);
        this.#walk(node.body, inner);
        return;
      }
      case "WithStatement":
        this.#walk(node.object, scope);
        this.#walk(node.body, this.#open("with", node, scope));
        return;
      case "LabeledStatement":
        this.#walk(node.body, scope);
        return;
      case "BreakStatement":
      case "ContinueStatement":
      case "MetaProperty":
      case "PrivateIdentifier":
      case "ExportAllDeclaration":
        return;
      case "MemberExpression":
        this.#walk(node.object, scope);
        if (node.computed) this.#walk(node.property, scope);
        return;
      case "Property":
        if (node.computed) this.#walk(node.key, scope);
        this.#walk(node.value, scope);
        return;
      case "AssignmentExpression":
        this.#target(node.left, scope, node);
        this.#walk(node.right, scope);
        return;
      case "UpdateExpression":
        this.#target(node.argument, scope, node);
        return;
      case "CallExpression":
        if (node.callee.type === "Identifier" && node.callee.name === "eval")
          for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) at.evil = true;
        break;
      case "ImportDeclaration":
        for (const each of node.specifiers) {
          const binding = scope.declare(each.local.name, "import", 0);
          if (each.type === "ImportNamespaceSpecifier") continue;
          const name = each.type === "ImportDefaultSpecifier" ? "default" : nameOf(each.imported);
          binding.from = { source: String(node.source.value), name };
        }
        return;
      case "ExportNamedDeclaration":
        if (node.declaration) {
          this.#walk(node.declaration, scope);
          for (const name of declared(node.declaration)) this.#exports.push([name, name]);
        } else if (!node.source) {
          for (const each of node.specifiers) {
            this.#refer(each.local as Identifier, scope, false);
            this.#exports.push([nameOf(each.local), nameOf(each.exported)]);
          }
        }
        return;
      case "ExportDefaultDeclaration": {
        const it = node.declaration;
        this.#walk(it, scope);
        if ((it.type === "FunctionDeclaration" || it.type === "ClassDeclaration") && it.id)
          this.#exports.push([it.id.name, "default"]);
        return;
      }
      default:
    }
    for (const child of children(node)) this.#walk(child, scope);
  }

  #all(nodes: readonly AnyNode[], scope: Scope): void {
    for (const node of nodes) this.#walk(node, scope);
  }

  #function(node: FunctionNode & AnyNode, scope: Scope): void {
    let outer = scope;
    if (node.type === "FunctionExpression" && node.id) {
      outer = new Scope("self", node.id, scope);
      outer.declare(node.id.name, "self", 0);
    }
    const own = this.#open("function", node, outer);
    if (node.body.type === "BlockStatement" && isStrict(node.body.body)) own.strict = true;
    const before = this.#params;
    this.#params = own;
    for (const param of node.params) this.#declare(param, own, "param", 0);
    this.#params = before;
    if (node.body.type !== "BlockStatement") {
      this.#walk(node.body, own);
      return;
    }
    const simple = node.params.every((param) => param.type === "Identifier");
    const body = simple ? own : this.#open("body", node.body, own);
    this.#scopes.set(node.body, body);
    this.#all(node.body.body, body);
  }

  #class(node: Class & AnyNode, scope: Scope): void {
    const inner = this.#open("class", node, scope);
    inner.strict = true;
    if (node.id) inner.declare(node.id.name, "self", 0);
    if (node.superClass) this.#walk(node.superClass, inner);
    for (const member of node.body.body) {
      if (member.type === "StaticBlock") {
        this.#all(member.body, this.#open("function", member, inner));
        continue;
      }
      if (member.computed) this.#walk(member.key, inner);
      if (!member.value) continue;
      if (member.type === "MethodDefinition") this.#walk(member.value, inner);
      else this.#walk(member.value, this.#open("function", member, inner));
    }
  }

  #variables(node: VariableDeclaration, scope: Scope, loop: boolean, keys = false): void {
    const kind = node.kind === "var" || node.kind === "let" ? node.kind : "const";
    const home = kind === "var" ? scope.vars : scope;
    for (const { id, init, end } of node.declarations) {
      const initialized = init || loop || kind !== "var";
      const bindings = this.#declare(id, home, kind, initialized ? end : 0, scope);
      for (const binding of bindings) {
        if (init ? id.type !== "Identifier" || !isPrimitive(init) : loop && !keys) binding.primitive = false;
        if (kind !== "var" || (!init && !loop)) continue;
        if (binding.initializers++ > 0 || home.owner.loops > 0) binding.writes++;
        if (binding.kind === "var") binding.initialized = end;
      }
      if (init) this.#walk(init, scope);
    }
  }

  /** The names in a declaration or list of parameters; `scope` is where its default values are evaluated. */
  #declare(node: Pattern, home: Scope, kind: Kind, initialized: number, scope = home): Binding[] {
    switch (node.type) {
      case "Identifier": {
        const binding = home.declare(node.name, kind, initialized);
        this.#refer(node, scope, false);
        return [binding];
      }
      case "ObjectPattern":
        return node.properties.flatMap((property) => {
          if (property.type === "RestElement") return this.#declare(property.argument, home, kind, initialized, scope);
          if (property.computed) this.#walk(property.key, scope);
          return this.#declare(property.value, home, kind, initialized, scope);
        });
      case "ArrayPattern":
        return node.elements.flatMap((each) => (each ? this.#declare(each, home, kind, initialized, scope) : []));
      case "RestElement":
        return this.#declare(node.argument, home, kind, initialized, scope);
      case "AssignmentPattern": {
        const bindings = this.#declare(node.left, home, kind, initialized, scope);
        this.#walk(node.right, scope);
        return bindings;
      }
      default:
        return [];
    }
  }

  /** What an assignment assigns to; the result of `value` is what it then holds. */
  #target(node: Pattern | Expression, scope: Scope, value?: AnyNode): void {
    const inner = unwrap(node as AnyNode);
    switch (inner.type) {
      case "Identifier":
        this.#refer(inner, scope, true, value === undefined || !isPrimitive(value));
        return;
      case "ObjectPattern":
        for (const property of inner.properties) {
          if (property.type === "RestElement") this.#target(property.argument, scope);
          else {
            if (property.computed) this.#walk(property.key, scope);
            this.#target(property.value, scope);
          }
        }
        return;
      case "ArrayPattern":
        for (const each of inner.elements) if (each) this.#target(each, scope);
        return;
      case "RestElement":
        this.#target(inner.argument, scope);
        return;
      case "AssignmentPattern":
        this.#target(inner.left, scope);
        this.#walk(inner.right, scope);
        return;
      default:
        this.#walk(inner, scope);
    }
  }
}

/** undefined: not to be known, or `arguments`. */
function lookUp(name: string, from: Scope): Binding | null | undefined {
  for (let scope: Scope | undefined = from; scope !== undefined; scope = scope.parent) {
    if (scope.kind === "with") return undefined;
    const binding = scope.names.get(name);
    if (binding !== undefined) return binding;
    if (name === "arguments" && scope.kind === "function" && scope.node.type !== "ArrowFunctionExpression") {
      scope.usesArguments = true;
      return undefined;
    }
  }
  return null;
}

function isStrict(body: Program["body"]): boolean {
  for (const statement of body) {
    if (statement.type !== "ExpressionStatement" || statement.directive === undefined) return false;
    if (statement.directive === "use strict") return true;
  }
  return false;
}

export function nameOf(node: AnyNode): string {
  return node.type === "Identifier" ? node.name : node.type === "Literal" ? String(node.value) : "";
}

/** The names that a declaration declares. */
export function declared(node: AnyNode): string[] {
  switch (node.type) {
    case "VariableDeclaration":
      return node.declarations.flatMap(({ id }) => declared(id));
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return node.id ? [node.id.name] : [];
    case "Identifier":
      return [node.name];
    case "ObjectPattern":
      return node.properties.flatMap((each) => declared(each.type === "RestElement" ? each.argument : each.value));
    case "ArrayPattern":
      return node.elements.flatMap((each) => (each ? declared(each) : []));
    case "RestElement":
      return declared(node.argument);
    case "AssignmentPattern":
      return declared(node.left);
    default:
      return [];
  }
}

import { quote } from '../format/quote.ts';
import type { BranchNode, JumpNode, ListNode, StatementNode, TemplateNode, Tree } from './node.ts';
import { isEmpty } from './node.ts';
import { OperandParser } from './operand-parser.ts';
import type { Token } from './token.ts';
import type { TokenStream } from './token-stream.ts';
import { unquote } from './unquote.ts';
import { VariableNames } from './variable-names.ts';

export interface ParserOptions {
  readonly name: string;
  readonly text: string;
  readonly isFunction: (name: string) => boolean;
  readonly maxNesting: number;
}

/** What ends a list: `{{end}}`, or `{{else}}` with what may follow it. */
type ListEnd = { readonly kind: 'end'; readonly at: number } | { readonly kind: 'else'; readonly at: number };

type Control = BranchNode['kind'];

/** What a template that is being read knows of its surroundings: each definition in it starts anew. */
interface Scope {
  readonly variables: VariableNames;
  ranges: number;
}

/** Reads statements: text, control structures and definitions. */
export class Parser {
  readonly #tokens: TokenStream;
  readonly #options: ParserOptions;
  readonly #operands: OperandParser;
  readonly #trees = new Map<string, Tree>();
  #scope: Scope = { variables: new VariableNames(), ranges: 0 };

  constructor(tokens: TokenStream, options: ParserOptions) {
    this.#tokens = tokens;
    this.#options = options;
    this.#operands = new OperandParser(tokens, { ...options, variables: () => this.#scope.variables });
  }

  run(): ReadonlyMap<string, Tree> {
    const nodes: StatementNode[] = [];
    const { at } = this.#tokens.peek();
    while (this.#tokens.peek().kind !== 'eof') {
      if (this.#definition()) continue;
      const node = this.#statement();
      if (node.kind === 'end' || node.kind === 'else') this.#tokens.fail(`unexpected {{${node.kind}}}`);
      else nodes.push(node);
    }
    this.#add(this.#options.name, { kind: 'list', at, nodes });
    return this.#trees;
  }

  /** `{{define "name"}}…{{end}}`, which only stands outside of all else. */
  #definition(): boolean {
    const tokens = this.#tokens;
    const { place } = tokens;
    if (tokens.next().kind !== 'leftDelim' || tokens.nextNonSpace().kind !== 'define') {
      tokens.backTo(place);
      return false;
    }
    const name = this.#name(tokens.expect(['string', 'rawString'], 'define clause'));
    tokens.expect(['rightDelim'], 'define clause');
    const [root, end] = this.#body();
    if (end.kind !== 'end') tokens.fail('unexpected {{else}} in define clause');
    this.#add(name, root);
    return true;
  }

  /** The body of a definition, which knows nothing of what is around it. */
  #body(): readonly [ListNode, ListEnd] {
    const outer = this.#scope;
    const line = this.#tokens.actionLine;
    this.#scope = { variables: new VariableNames(), ranges: 0 };
    this.#tokens.actionLine = 0;
    const body = this.#list();
    this.#scope = outer;
    this.#tokens.actionLine = line;
    return body;
  }

  #add(name: string, root: ListNode): void {
    const known = this.#trees.get(name);
    if (known === undefined || isEmpty(known.root)) {
      this.#trees.set(name, { name, parseName: this.#options.name, text: this.#options.text, root });
    } else if (!isEmpty(root)) this.#tokens.fail(`template: multiple definition of template ${quote(name)}`);
  }

  #list(): readonly [ListNode, ListEnd] {
    const { at } = this.#tokens.peekNonSpace();
    const nodes: StatementNode[] = [];
    while (this.#tokens.peekNonSpace().kind !== 'eof') {
      const node = this.#statement();
      if (node.kind === 'end' || node.kind === 'else') return [{ kind: 'list', at, nodes }, node];
      nodes.push(node);
    }
    return this.#tokens.fail('unexpected EOF');
  }

  #statement(): StatementNode | ListEnd {
    const token = this.#tokens.nextNonSpace();
    if (token.kind === 'text') return { kind: 'text', at: token.at, text: token.text };
    if (token.kind !== 'leftDelim') return this.#tokens.unexpected(token, 'input');
    this.#tokens.actionLine = token.line;
    const node = this.#action();
    this.#tokens.actionLine = 0;
    return node;
  }

  #action(): StatementNode | ListEnd {
    const tokens = this.#tokens;
    const { place } = tokens;
    const token = tokens.nextNonSpace();
    switch (token.kind) {
      case 'if':
      case 'with':
      case 'range':
        return this.#branch(token.kind);
      case 'break':
      case 'continue':
        return this.#jump({ kind: token.kind, at: token.at });
      case 'else':
        return this.#else();
      case 'end':
        return { kind: 'end', at: tokens.expect(['rightDelim'], 'end').at };
      case 'template':
        return this.#template();
      case 'block':
        return this.#block();
      default: {
        tokens.backTo(place);
        const { at } = tokens.peekNonSpace();
        return { kind: 'action', at, pipe: this.#operands.pipeline('command', 'rightDelim') };
      }
    }
  }

  #branch(kind: Control): BranchNode {
    const { variables } = this.#scope;
    const { mark } = variables;
    const pipe = this.#operands.pipeline(kind, 'rightDelim');
    const leave = this.#operands.enter();
    if (kind === 'range') this.#scope.ranges += 1;
    const [list, end] = this.#list();
    if (kind === 'range') this.#scope.ranges -= 1;
    const elseList = end.kind === 'else' ? this.#elseList(kind, end) : undefined;
    leave();
    variables.forget(mark);
    return { kind, at: pipe.at, pipe, list, elseList };
  }

  #elseList(kind: Control, { at }: ListEnd): ListNode {
    const tokens = this.#tokens;
    // `else if` and `else with` end together with what they belong to.
    if ((kind === 'if' || kind === 'with') && tokens.peek().kind === kind) {
      tokens.next();
      return { kind: 'list', at, nodes: [this.#branch(kind)] };
    }
    const [list, end] = this.#list();
    if (end.kind !== 'end') tokens.fail('expected end; found {{else}}');
    return list;
  }

  #else(): ListEnd {
    const token = this.#tokens.peekNonSpace();
    if (token.kind === 'if' || token.kind === 'with') return { kind: 'else', at: token.at };
    return { kind: 'else', at: this.#tokens.expect(['rightDelim'], 'else').at };
  }

  #jump(node: JumpNode): JumpNode {
    const token = this.#tokens.nextNonSpace();
    if (token.kind !== 'rightDelim') this.#tokens.unexpected(token, `{{${node.kind}}}`);
    if (this.#scope.ranges === 0) this.#tokens.fail(`{{${node.kind}}} outside {{range}}`);
    return node;
  }

  #template(): TemplateNode {
    const tokens = this.#tokens;
    const token = tokens.nextNonSpace();
    const name = this.#templateName(token, 'template clause');
    const { place } = tokens;
    if (tokens.nextNonSpace().kind === 'rightDelim') return { kind: 'template', at: token.at, name, pipe: undefined };
    tokens.backTo(place);
    return { kind: 'template', at: token.at, name, pipe: this.#operands.pipeline('template clause', 'rightDelim') };
  }

  #block(): TemplateNode {
    const token = this.#tokens.nextNonSpace();
    const name = this.#templateName(token, 'block clause');
    const pipe = this.#operands.pipeline('block clause', 'rightDelim');
    const leave = this.#operands.enter();
    // In Go, who reads the block does not see how far its body went.
    const { line } = this.#tokens;
    const [root, end] = this.#body();
    if (end.kind !== 'end') this.#tokens.fail('unexpected {{else}} in block clause', { line });
    leave();
    this.#add(name, root);
    return { kind: 'template', at: token.at, name, pipe };
  }

  #templateName(token: Token, context: string): string {
    return token.kind === 'string' || token.kind === 'rawString' ? this.#name(token) : this.#tokens.unexpected(token, context);
  }

  #name(token: Token): string {
    return unquote(token.text) ?? this.#tokens.fail('invalid syntax');
  }
}

import { quote } from '../format/quote.ts';
import type { CommandNode, NumberNode, OperandNode, PipeNode, VariableNode } from './node.ts';
import { characterConstant, numberConstant } from './number.ts';
import { show } from './show-node.ts';
import type { Token, TokenKind } from './token.ts';
import type { TokenStream } from './token-stream.ts';
import { unquote } from './unquote.ts';
import type { VariableNames } from './variable-names.ts';

interface OperandOptions {
  readonly isFunction: (name: string) => boolean;
  readonly maxNesting: number;
  /** The variables that are visible where the stream is; declarations are added. */
  readonly variables: () => VariableNames;
}

const OPERANDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'bool',
  'charConstant',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
]);

const CONSTANTS: ReadonlySet<OperandNode['kind']> = new Set(['bool', 'dot', 'nil', 'number', 'string'] as const);

/** Reads what stands within an action: pipelines, commands and operands. */
export class OperandParser {
  readonly #tokens: TokenStream;
  readonly #options: OperandOptions;
  #nesting = 0;

  constructor(tokens: TokenStream, options: OperandOptions) {
    this.#tokens = tokens;
    this.#options = options;
  }

  /** Goes one level deeper; what it returns comes back. */
  enter(): () => void {
    if (this.#nesting >= this.#options.maxNesting) this.#tokens.fail('max expression depth exceeded', { kind: 'limit' });
    this.#nesting += 1;
    return () => {
      this.#nesting -= 1;
    };
  }

  pipeline(context: string, end: TokenKind): PipeNode {
    const tokens = this.#tokens;
    const { at } = tokens.peekNonSpace();
    const { declared, assigns } = this.#declarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const { place } = tokens;
      const token = tokens.nextNonSpace();
      if (token.kind === end) break;
      if (!OPERANDS.has(token.kind)) tokens.unexpected(token, context);
      tokens.backTo(place);
      commands.push(this.#command());
    }
    if (commands.length === 0) tokens.fail(`missing value for ${context}`);
    const constant = commands.findIndex(({ operands }, stage) => stage > 0 && CONSTANTS.has(operands[0].kind));
    if (constant > 0) tokens.fail(`non executable command in pipeline stage ${constant + 1}`);
    return { kind: 'pipe', at, assigns, declared, commands };
  }

  /** `$x :=`, `$x =`, and in a range also `$i, $x :=`. */
  #declarations(context: string): { readonly declared: readonly VariableNode[]; readonly assigns: boolean } {
    const tokens = this.#tokens;
    const declared: VariableNode[] = [];
    for (;;) {
      const { place } = tokens;
      const variable = tokens.nextNonSpace();
      const sign = variable.kind === 'variable' ? tokens.peekNonSpace() : variable;
      const isComma = sign.kind === 'char' && sign.text === ',';
      if (variable.kind !== 'variable' || !(sign.kind === 'assign' || sign.kind === 'declare' || isComma)) {
        tokens.backTo(place);
        return { declared, assigns: false };
      }
      tokens.nextNonSpace();
      declared.push(variableNode(variable.text, variable.at));
      this.#options.variables().declare(variable.text);
      if (!isComma) return { declared, assigns: sign.kind === 'assign' };
      if (context !== 'range' || declared.length >= 2) tokens.fail(`too many declarations in ${context}`);
      const next = tokens.peekNonSpace().kind;
      if (next !== 'variable' && next !== 'rightDelim' && next !== 'rightParen') tokens.fail('range can only initialize variables');
    }
  }

  /** Operands up to a pipe, which it passes over, or up to the end. */
  #command(): CommandNode {
    const tokens = this.#tokens;
    const { at } = tokens.peekNonSpace();
    const operands: OperandNode[] = [];
    for (;;) {
      tokens.peekNonSpace();
      const operand = this.#operand();
      if (operand !== undefined) operands.push(operand);
      const { place } = tokens;
      const token = tokens.next();
      if (token.kind === 'space') continue;
      if (token.kind === 'rightDelim' || token.kind === 'rightParen') tokens.backTo(place);
      else if (token.kind !== 'pipe') tokens.unexpected(token, 'operand');
      break;
    }
    const [first, ...others] = operands;
    return first === undefined ? tokens.fail('empty command') : { kind: 'command', at, operands: [first, ...others] };
  }

  /** A term and the fields behind it. */
  #operand(): OperandNode | undefined {
    const tokens = this.#tokens;
    const term = this.#term();
    const { kind, at } = tokens.peek();
    if (term === undefined || kind !== 'field') return term;
    const fields: string[] = [];
    while (tokens.peek().kind === 'field') fields.push(tokens.next().text.slice(1));
    switch (term.kind) {
      case 'field':
      case 'variable':
        return { ...term, at, fields: [...term.fields, ...fields] };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return tokens.fail(`unexpected . after term ${quote(show(term))}`);
      default:
        return { kind: 'chain', at, of: term, fields };
    }
  }

  #term(): OperandNode | undefined {
    const tokens = this.#tokens;
    const token = tokens.nextNonSpace();
    const { at, text } = token;
    switch (token.kind) {
      case 'identifier':
        if (!this.#options.isFunction(text)) tokens.fail(`function ${quote(text)} not defined`);
        return { kind: 'identifier', at, name: text };
      case 'dot':
      case 'nil':
        return { kind: token.kind, at };
      case 'variable':
        if (!this.#options.variables().has(text)) tokens.fail(`undefined variable ${quote(text)}`);
        return variableNode(text, at);
      case 'field':
        return { kind: 'field', at, fields: [text.slice(1)] };
      case 'bool':
        return { kind: 'bool', at, value: text === 'true' };
      case 'charConstant':
      case 'complex':
      case 'number':
        return this.#number(token);
      case 'leftParen': {
        const leave = this.enter();
        const pipe = this.pipeline('parenthesized pipeline', 'rightParen');
        leave();
        return pipe;
      }
      case 'string':
      case 'rawString':
        return { kind: 'string', at, quoted: text, text: unquote(text) ?? tokens.fail('invalid syntax') };
      default:
        // Back by one token, not to before the spaces: what follows has to see that there is no operand.
        tokens.backTo(tokens.place - 1);
        return undefined;
    }
  }

  #number({ kind, at, text }: Token): NumberNode {
    const constant = kind === 'charConstant' ? characterConstant(text) : numberConstant(text);
    return typeof constant === 'string' ? this.#tokens.fail(constant) : { kind: 'number', at, text, ...constant };
  }
}

function variableNode(name: string, at: number): VariableNode {
  return { kind: 'variable', name, at, fields: [] };
}

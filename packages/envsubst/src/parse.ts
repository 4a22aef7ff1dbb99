import { EnvsubstError } from './envsubst-error.ts';
import type { CaseChange, Expression, Operation, Part, Place } from './expression.ts';
import { Reader, type TextEnd } from './reader.ts';

const PLAIN: TextEnd = { stops: ['}'], escapes: false };
const OFFSET: TextEnd = { stops: [':', '}'], escapes: false };
const OLD: TextEnd = { stops: ['/'], escapes: true };
const NEW: TextEnd = { stops: ['}'], escapes: true };

const CASES: Readonly<Record<string, CaseChange>> = { '^': 'first-upper', '^^': 'upper', ',': 'first-lower', ',,': 'lower' };

/** Throws `EnvsubstError`. */
export function parse(text: string, { maxDepth }: { readonly maxDepth: number }): readonly Part[] {
  return new Parser(new Reader(text), maxDepth).parts();
}

class Parser {
  readonly #reader: Reader;
  readonly #maxDepth: number;
  /** Of the expressions that are open, the variables as far as they are known. */
  readonly #open: { readonly at: number; variable?: string }[] = [];

  constructor(reader: Reader, maxDepth: number) {
    this.#reader = reader;
    this.#maxDepth = maxDepth;
  }

  parts(): readonly Part[] {
    const parts: Part[] = [];
    while (!this.#reader.atEnd) parts.push(this.#reader.opensExpression ? this.#expression() : this.#reader.outerText());
    return parts;
  }

  #expression(): Expression {
    const { at } = this.#reader;
    const open: { readonly at: number; variable?: string } = { at };
    this.#open.push(open);
    if (this.#open.length > this.#maxDepth) throw this.#failure(`expressions within each other more than ${this.#maxDepth} times`, 'limit');
    this.#reader.take('${');
    const isLength = this.#reader.take('#');
    const variable = this.#reader.name();
    if (variable === '') throw this.#failure(isLength ? 'bad substitution' : 'unable to parse variable name');
    open.variable = variable;
    const operation = isLength ? this.#closed<Operation>({ kind: 'length' }) : this.#operation();
    this.#open.pop();
    return { ...operation, variable, at };
  }

  #operation(): Operation {
    switch (this.#reader.peek()) {
      case '}':
        return this.#closed({ kind: 'value' });
      case '=':
        return this.#default(1);
      case ':':
        return /[=?+-]/.test(this.#reader.peek(1)) ? this.#default(2) : this.#slice();
      case '^':
      case ',':
        return this.#case();
      case '#':
      case '%':
        return this.#trim();
      case '/':
        return this.#replace();
      default:
        // Also what a shell has and Flux has not: `${name-default}`.
        throw this.#failure('missing closing brace');
    }
  }

  #default(signs: number): Operation {
    for (let sign = 0; sign < signs; sign += 1) this.#reader.take(this.#reader.peek());
    const parts: Part[] = [];
    while (this.#reader.peek() !== '}') parts.push(this.#operand(PLAIN));
    return this.#closed({ kind: 'default', parts });
  }

  #slice(): Operation {
    this.#reader.take(':');
    // What follows the colon has to be there, and in ASCII: it is no number otherwise.
    if (this.#reader.atEnd || this.#reader.peek() > '\u007f') throw this.#failure('bad substitution');
    const offset = this.#operand(OFFSET);
    if (this.#reader.takeAll(':') === 0) return this.#closed({ kind: 'slice', offset });
    return this.#closed({ kind: 'slice', offset, length: this.#operand(PLAIN) });
  }

  #case(): Operation {
    let signs = '';
    while (signs.length < 2 && /[,^]/.test(this.#reader.peek())) {
      signs += this.#reader.peek();
      this.#reader.take(this.#reader.peek());
    }
    return this.#closed({ kind: 'case', change: CASES[signs] ?? 'keep' });
  }

  #trim(): Operation {
    const sign = this.#reader.peek();
    const longest = this.#reader.takeAll(sign, 2) === 2;
    return this.#closed({ kind: 'trim', end: sign === '#' ? 'start' : 'end', longest, pattern: this.#operand(PLAIN) });
  }

  #replace(): Operation {
    this.#reader.take('/');
    const where: Place = this.#reader.take('/') ? 'all' : this.#reader.take('#') ? 'start' : this.#reader.take('%') ? 'end' : 'first';
    const old = this.#operand(OLD);
    if (this.#reader.takeAll('/') === 0) throw this.#failure('bad substitution');
    if (this.#reader.peek() === '}') return this.#closed({ kind: 'replace', where, old });
    return this.#closed({ kind: 'replace', where, old, by: this.#operand(NEW) });
  }

  /** Text, or one expression: both together are none where a shell would take them. */
  #operand(end: TextEnd): Part {
    if (this.#reader.opensExpression) return this.#expression();
    const text = this.#reader.text(end);
    if (text === '') throw this.#failure('unable to parse substitution within function');
    return text;
  }

  #closed<T extends Operation>(operation: T): T {
    if (!this.#reader.take('}')) throw this.#failure('bad substitution');
    return operation;
  }

  #failure(what: string, kind: 'syntax' | 'limit' = 'syntax'): EnvsubstError {
    const { at, variable } = this.#open.at(-1) ?? { at: this.#reader.at };
    return new EnvsubstError(variable === undefined ? what : `${what} in the expression of variable "${variable}"`, { kind, at, variable });
  }
}

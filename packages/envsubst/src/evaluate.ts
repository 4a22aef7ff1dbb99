import { EnvsubstError, type EnvsubstFailure } from './envsubst-error.ts';
import type { Expression, Part } from './expression.ts';
import { changeCase } from './functions/change-case.ts';
import { countOf, replaced } from './functions/replace.ts';
import { byteLength, slice } from './functions/slice.ts';
import { trimmed } from './functions/trim.ts';

/** The value of a variable; undefined if it has none. What it throws is thrown on. */
export type Lookup = (variable: string) => string | undefined;

export interface EvaluationOptions {
  readonly lookup: Lookup;
  readonly strict: boolean;
  readonly maxLength: number;
  readonly maxComparisons: number;
}

/** One expansion of a text, and what is left of its limits. */
export class Evaluation {
  readonly #options: EvaluationOptions;
  #length: number;
  readonly #comparisons: { left: number };

  constructor(options: EvaluationOptions) {
    this.#options = options;
    this.#length = options.maxLength;
    this.#comparisons = { left: options.maxComparisons };
  }

  /** Throws `EnvsubstError`. */
  part(part: Part): string {
    if (typeof part !== 'string') return this.#expression(part);
    this.#spend(part.length, undefined);
    return part;
  }

  #expression(expression: Expression): string {
    switch (expression.kind) {
      case 'value':
        return this.#value(expression);
      case 'length':
        return String(byteLength(this.#value(expression)));
      case 'default': {
        const fallback = expression.parts.map((part) => this.part(part)).join('');
        return this.#value(expression) || fallback;
      }
      case 'case':
        return changeCase(this.#value(expression), expression.change);
      case 'slice':
        return this.#slice(expression);
      case 'trim': {
        const { end, longest } = expression;
        const pattern = this.part(expression.pattern);
        const result = trimmed(this.#value(expression), pattern, { end, longest, comparisons: this.#comparisons });
        if (this.#comparisons.left < 0) throw failure(expression, 'limit', 'too many comparisons with the pattern');
        return result;
      }
      case 'replace':
        return this.#replace(expression);
    }
  }

  #slice(expression: Expression & { readonly kind: 'slice' }): string {
    const offset = this.part(expression.offset);
    const length = expression.length === undefined ? undefined : this.part(expression.length);
    const result = slice(this.#value(expression), offset, length);
    if (result === undefined) throw failure(expression, 'split', 'a slice ends within a character');
    return result;
  }

  #replace(expression: Expression & { readonly kind: 'replace' }): string {
    const { where } = expression;
    const old = this.part(expression.old);
    const by = expression.by === undefined ? undefined : this.part(expression.by);
    const value = this.#value(expression);
    // A short expression can make a text whose length is the product of two others.
    if (where === 'all' && by !== undefined) this.#spend(by.length * countOf(value, old), expression);
    return replaced(value, { where, old, by });
  }

  #value(expression: Expression): string {
    const { variable, kind } = expression;
    const value = this.#options.lookup(variable);
    if (value === undefined && this.#options.strict && kind !== 'default')
      throw failure(expression, 'unset', 'variable not set (strict mode)');
    this.#spend(value?.length ?? 0, expression);
    return value ?? '';
  }

  #spend(length: number, expression: Expression | undefined): void {
    this.#length -= length;
    if (this.#length >= 0) return;
    const message = `longer than ${this.#options.maxLength} characters`;
    throw expression === undefined ? new EnvsubstError(message, { kind: 'limit', at: 0 }) : failure(expression, 'limit', message);
  }
}

const failure = ({ variable, at }: Expression, kind: EnvsubstFailure, what: string): EnvsubstError =>
  new EnvsubstError(`${what}: "${variable}"`, { kind, at, variable });

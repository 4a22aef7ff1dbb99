import { Evaluation, type Lookup } from './evaluate.ts';
import { variablesOf } from './expression.ts';
import { parse } from './parse.ts';

export interface TemplateLimits {
  /** How deeply expressions may be nested; 100. */
  readonly maxDepth?: number;
  /** How long all that is made on the way to a result may be together, in UTF-16 units; 32 Mi. */
  readonly maxLength?: number;
  /** How often a character may be compared with a pattern, for one result; 64 Mi. */
  readonly maxComparisons?: number;
}

/** A stretch of a result, and the variables of the expression that it comes from, the outermost first; none for text that was there. */
export interface Piece {
  readonly text: string;
  readonly variables: readonly string[];
}

/** A text with expressions, to be expanded any number of times. */
export interface Template {
  /** Strict: a variable without a value is an error wherever no default is given, else it is empty. Throws `EnvsubstError`. */
  expand(lookup: Lookup, options?: { readonly strict?: boolean }): string;
  /** The same in pieces, which in a row are the result. */
  pieces(lookup: Lookup, options?: { readonly strict?: boolean }): readonly Piece[];
}

/**
 * Reads a text with expressions as github.com/fluxcd/pkg/envsubst does, quirks included (docs/substitution.md): lengths and offsets count bytes of UTF-8; operands are evaluated
 * whether they are needed or not. Takes time in proportion to the text. Throws `EnvsubstError`.
 */
export function parseTemplate(text: string, limits: TemplateLimits = {}): Template {
  const { maxDepth = 100, maxLength = 32 * 1024 * 1024, maxComparisons = 64 * 1024 * 1024 } = limits;
  const parts = parse(text, { maxDepth });
  const variables = parts.map(variablesOf);
  const pieces: Template['pieces'] = (lookup, { strict = false } = {}) => {
    const evaluation = new Evaluation({ lookup, strict, maxLength, maxComparisons });
    return parts.map((part, index) => ({ text: evaluation.part(part), variables: variables[index] ?? [] }));
  };
  return {
    pieces,
    expand: (lookup, options) =>
      pieces(lookup, options)
        .map((piece) => piece.text)
        .join(''),
  };
}

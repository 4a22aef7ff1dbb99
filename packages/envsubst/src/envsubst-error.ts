/**
 * Why a text has no result:
 * - `syntax`: an expression is none of those that there are.
 * - `unset`: a variable has no value, and the expression no default.
 * - `split`: a slice ends within a character, as its places count bytes.
 * - `limit`: it is nested too deeply, the result would be too long, or a pattern takes too many comparisons.
 */
export type EnvsubstFailure = 'syntax' | 'unset' | 'split' | 'limit';

/** A text that cannot be expanded. Its message names the variable, once it is known, and shows nothing else of the text and nothing of any value. */
export class EnvsubstError extends Error {
  override readonly name = 'EnvsubstError';
  readonly kind: EnvsubstFailure;
  /** Where the expression begins in the text, in UTF-16 units. */
  readonly at: number;
  readonly variable: string | undefined;

  constructor(
    message: string,
    { kind, at, variable }: { readonly kind: EnvsubstFailure; readonly at: number; readonly variable?: string | undefined },
  ) {
    super(message);
    this.kind = kind;
    this.at = at;
    this.variable = variable;
  }
}

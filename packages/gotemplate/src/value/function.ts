import type { GoFunction, GoType } from './model.ts';

/** What a function says when it cannot do what it was asked: the error that a Go function returns. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
}

interface Signature<P extends readonly GoType[]> {
  readonly params: P;
  readonly result: GoType;
}

/** A function with a fixed number of arguments. */
export function define({ params, result }: Signature<readonly GoType[]>, call: GoFunction['call']): GoFunction {
  return { params, variadic: false, result, call };
}

/** A function whose last parameter may come any number of times, also never. */
export function defineVariadic({ params, result }: Signature<readonly [GoType, ...GoType[]]>, call: GoFunction['call']): GoFunction {
  return { params, variadic: true, result, call };
}

/** The type of a function as Go prints it: `func(string, ...interface {}) string`. */
export function nameOfFunction({ params, variadic, result }: GoFunction): string {
  const names = params.map(({ name }, index) => (variadic && index === params.length - 1 ? `...${name}` : name));
  return `func(${names.join(', ')}) ${result.name}`;
}

/**
 * Go's `text/template`, and the part of `fmt` that it prints with: the same text and the same errors, byte for byte.
 *
 * ```ts
 * const set = new TemplateSet({ functions, missingKey: 'zero' });
 * set.parse('greeting.tpl', 'Hello {{ .name | printf "%-8s" }}|');
 * set.execute('greeting.tpl', fromPlain({ name: 'Ann' }));   // Hello Ann     |
 * ```
 *
 * - **Values** have Go's types, as equality, printing, arguments and errors depend on them: see `GoValue`. A `bigint` is an `int`, a `number` a `float64`, a `Map` a
 *   `map[string]interface {}`, an array a `[]interface {}`; a `Typed` is all else. No property of a JavaScript object is ever looked up by a name from a template.
 * - **Functions** say what they take and give (`define`, `defineVariadic`): arguments are checked and converted as Go does. One that makes much, or takes long, asks its
 *   `CallContext` first.
 * - **Parsed once, executed often**: what `parse` returns can be added to any number of sets.
 * - **Strangers' templates end**: nesting, steps, length and depth are limited (`ExecutionLimits`), and whatever goes wrong is a `TemplateError`. How deeply
 *   templates can call each other is a matter of the thread's stack: a worker with a larger one takes more; where it ends, that too is a `TemplateError`.
 *
 * What differs from Go 1.26:
 * - imaginary constants are refused, and there are no complex numbers, channels or arrays;
 * - a list has no capacity beyond its length for `slice` to reach into;
 * - addresses, which Go prints for functions and for pointers within values, are always the same;
 * - a function that may fail has the type of one that may not, where its type is printed;
 * - control structures count as nesting, of which there are at most 500 levels, where Go allows 10,000 parentheses and any number of others;
 * - which characters are printable is what this runtime's Unicode tables say.
 */

export { Budget, type ExecutionLimits } from './budget.ts';
export { equalsAny, isLess } from './builtin/comparison.ts';
export { BUILTINS } from './builtin/functions.ts';
export { argumentAs, indexInto, length } from './builtin/index-slice.ts';
export { printable } from './builtin/printable-value.ts';
export type { MissingKey } from './execute/state.ts';
export { type FloatVerb, floatText } from './format/format-float.ts';
export { sprint, sprintln } from './format/print.ts';
export { sprintf } from './format/printf.ts';
export { quote } from './format/quote.ts';
export type { Delimiters } from './parse/lexer.ts';
export { type ParsedTemplate, type ParseOptions, parseTemplate } from './parse/parse.ts';
export * from './template-error.ts';
export * from './template-set.ts';
export * from './value/bytes.ts';
export * from './value/entries.ts';
export * from './value/from-plain.ts';
export * from './value/function.ts';
export * from './value/model.ts';
export * from './value/truth.ts';
export * from './value/type.ts';
export * from './value/value.ts';

/** What to ask a function: calls of it, or whole templates, by its name. */
export type SprigCases = Readonly<Record<string, readonly string[]>>;

/** Shows what a call gives, together with its type. */
export const templateOf = (call: string): string => (call.includes('{{') ? call : `{{ $r := ${call} }}{{ printf "%T %#v" $r $r }}`);

/** A call for each list of arguments. */
export const calls = (name: string, args: readonly string[]): readonly string[] => args.map((each) => `${name} ${each}`.trim());

/** The same calls for each function. */
export const shared = (args: readonly string[], ...names: readonly string[]): SprigCases =>
  Object.fromEntries(names.map((name) => [name, calls(name, args)]));

/** The same calls for a function and its form with `must`. */
export const both = (name: string, args: readonly string[]): SprigCases =>
  shared(args, name, `must${name.charAt(0).toUpperCase()}${name.slice(1)}`);

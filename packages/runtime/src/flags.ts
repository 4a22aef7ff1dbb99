import { parseDuration } from '@gotk/apimachinery';

/** One flag: how its text becomes a value, what it is when absent, and what `--help` says. */
export interface Flag<T> {
  readonly parse: (text: string) => T;
  readonly fallback: T;
  readonly help: string;
  /** Given without a value it means this one (booleans). */
  readonly bare?: T;
}

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;
export type FlagValues<Table extends FlagTable> = { readonly [Name in keyof Table]: Table[Name] extends Flag<infer T> ? T : never };

/** What the user typed cannot be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const text = (fallback: string, help: string): Flag<string> => ({ parse: (value) => value, fallback, help });

export const flag = (fallback: boolean, help: string): Flag<boolean> => ({ parse: parseBoolean, fallback, bare: true, help });

/** A Go duration, in milliseconds. */
export const duration = (fallback: string, help: string): Flag<number> => ({
  parse: parseDuration,
  fallback: parseDuration(fallback),
  help,
});

export const integer = (fallback: number, help: string): Flag<number> => ({
  parse: (value) => {
    if (!/^\d+$/.test(value)) throw new UsageError(`'${value}' is not a whole number`);
    return Number(value);
  },
  fallback,
  help,
});

export function oneOf<const T extends readonly string[]>(choices: T, fallback: T[number], help: string): Flag<T[number]> {
  return {
    parse: (value) => {
      const found = choices.find((choice) => choice === value);
      if (found === undefined) throw new UsageError(`'${value}' is not one of ${choices.join(', ')}`);
      return found;
    },
    fallback,
    help: `${help} (${choices.join(', ')})`,
  };
}

/** `Name=true,Other=false`; a name that no gate has is an error. */
export function featureGates<const T extends Readonly<Record<string, boolean>>>(known: T): Flag<{ readonly [Name in keyof T]: boolean }> {
  return {
    parse: (value) => {
      const gates: Record<string, boolean> = { ...known };
      for (const pair of value.split(',').filter((part) => part !== '')) {
        const [name = '', setting = ''] = pair.split('=');
        if (!Object.hasOwn(known, name)) throw new UsageError(`there is no feature gate '${name}'`);
        gates[name] = parseBoolean(setting);
      }
      return gates as { readonly [Name in keyof T]: boolean };
    },
    fallback: known,
    help: `feature gates as Name=true,…: ${Object.keys(known).join(', ')}`,
  };
}

export interface ParsedFlags<Table extends FlagTable> {
  readonly values: FlagValues<Table>;
  /** Flags that were given, are known to upstream, and mean nothing here. */
  readonly ignored: readonly string[];
}

/** Parses `--name=value`, `--name value`, `--name` and the same with one dash. Throws `UsageError` naming the flag. */
export function parseFlags<Table extends FlagTable>(
  args: readonly string[],
  table: Table,
  ignorable: ReadonlySet<string> = new Set(),
): ParsedFlags<Table> {
  const values: Record<string, unknown> = Object.fromEntries(Object.entries(table).map(([name, { fallback }]) => [name, fallback]));
  const ignored: string[] = [];
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const match = /^--?([a-zA-Z][\w-]*)(?:=(.*))?$/s.exec(argument);
    if (match === null) throw new UsageError(`'${argument}' is not a flag`);
    const [, name = '', inline] = match;
    const known = Object.hasOwn(table, name) ? table[name] : undefined;
    if (known === undefined) {
      if (!ignorable.has(name)) throw new UsageError(`unknown flag --${name}`);
      ignored.push(name);
      continue;
    }
    values[name] = inline === undefined && known.bare !== undefined ? known.bare : parsed(name, known, inline ?? rest.shift());
  }
  return { values: values as FlagValues<Table>, ignored };
}

function parsed(name: string, known: Flag<unknown>, value: string | undefined): unknown {
  if (value === undefined) throw new UsageError(`flag --${name} needs a value`);
  try {
    return known.parse(value);
  } catch (error) {
    throw new UsageError(`invalid value for --${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseBoolean(value: string): boolean {
  if (value === 'true' || value === '1' || value === 't') return true;
  if (value === 'false' || value === '0' || value === 'f') return false;
  throw new UsageError(`'${value}' is neither true nor false`);
}

/** The text of `--help`. */
export function renderHelp(program: string, table: FlagTable): string {
  const lines = Object.entries(table).map(([name, { fallback, help }]) => {
    const shown =
      typeof fallback === 'string' && fallback !== ''
        ? ` (default ${fallback})`
        : typeof fallback === 'number' || fallback === true
          ? ` (default ${fallback})`
          : '';
    return `  --${name}\n        ${help}${shown}`;
  });
  return `${program} reconciles until it is stopped.\n\nFlags:\n${lines.join('\n')}\n`;
}

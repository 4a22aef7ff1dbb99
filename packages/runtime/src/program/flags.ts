import { formatDuration, parseDuration, parseLabelSelector } from '@gotk/apimachinery';
import { parseAddress } from './address.ts';

/** One flag: how its text becomes a value, what it is when absent, and what `--help` says. */
export interface Flag<T> {
  /** `before` is what the flag has meant so far: the fallback, or an earlier occurrence. */
  readonly parse: (text: string, before: T) => T;
  readonly fallback: T;
  readonly help: string;
  /** Given without a value it means this one (booleans). */
  readonly bare?: T;
  /** How `--help` writes a value; default: as a string. */
  readonly render?: (value: T) => string;
}

// biome-ignore lint/suspicious/noExplicitAny: a table holds flags of every type, and FlagValues gives each its own back.
export type FlagTable = Readonly<Record<string, Flag<any>>>;
export type FlagValues<Table extends FlagTable> = { readonly [Name in keyof Table]: Table[Name] extends Flag<infer T> ? T : never };

/** What the user typed cannot be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const text = (fallback: string, help: string): Flag<string> => ({ parse: (value) => value, fallback, help });

/** A flag of upstream's that must not be ignored, because somebody relies on what it does, and that this release cannot honour: only its being empty is accepted. */
export const notYet = (help: string): Flag<string> => ({
  parse: (value) => {
    if (value !== '') throw new UsageError('this release does not support it, and to ignore it would not be safe');
    return value;
  },
  fallback: '',
  help,
});

/** A URL of a server, or nothing. */
export const httpUrl = (help: string): Flag<string> => ({
  parse: (value) => {
    if (value !== '' && !/^https?:$/.test(URL.parse(value)?.protocol ?? '')) throw new UsageError(`'${value}' is not an http or https URL`);
    return value;
  },
  fallback: '',
  help,
});

/** A label selector in the form of `kubectl -l`; empty: everything. */
export const selector = (fallback: string, help: string): Flag<string> => ({
  parse: (value) => {
    parseLabelSelector(value);
    return value;
  },
  fallback,
  help,
});

/** Where to listen, as in `:8080`; empty or `0`: nowhere. */
export const address = (fallback: string, help: string): Flag<string> => ({
  parse: (value) => {
    if (value !== '' && value !== '0') parseAddress(value);
    return value;
  },
  fallback,
  help,
});

export const flag = (fallback: boolean, help: string): Flag<boolean> => ({ parse: parseBoolean, fallback, bare: true, help });

/** A Go duration that is not negative, in milliseconds. */
export const duration = (fallback: string, help: string): Flag<number> => ({
  parse: (value) => {
    const ms = parseDuration(value);
    if (ms < 0) throw new UsageError(`'${value}' is negative`);
    return ms;
  },
  fallback: parseDuration(fallback),
  render: formatDuration,
  help,
});

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

export const integer = (fallback: number, help: string, { min = 0, max = Number.MAX_SAFE_INTEGER }: Bounds = {}): Flag<number> => ({
  parse: (value) => {
    const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max)) throw new UsageError(`'${value}' is not a whole number from ${min} to ${max}`);
    return number;
  },
  fallback,
  help,
});

/** A number, whole or not; which ones make sense is for the reader of several flags to say. */
export const decimal = (fallback: number, help: string): Flag<number> => ({
  parse: (value) => {
    if (!/^-?\d+(?:\.\d+)?$/.test(value)) throw new UsageError(`'${value}' is not a number`);
    return Number(value);
  },
  fallback,
  help,
});

/** May be given more than once, and with commas. */
export const list = (fallback: readonly string[], help: string): Flag<readonly string[]> => ({
  parse: (value, before) => [...(before === fallback ? [] : before), ...value.split(',').filter((part) => part !== '')],
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
    parse: (value, before) => {
      const gates: Record<string, boolean> = { ...before };
      for (const pair of value.split(',').filter((part) => part.trim() !== '')) {
        const [name = '', ...setting] = pair.split('=').map((part) => part.trim());
        if (!Object.hasOwn(known, name)) throw new UsageError(`there is no feature gate '${name}'`);
        gates[name] = parseBoolean(setting.join('='));
      }
      return gates as { readonly [Name in keyof T]: boolean };
    },
    fallback: known,
    render: () => '',
    help: `feature gates as Name=true,…: ${Object.keys(known).join(', ')}`,
  };
}

export interface ParsedFlags<Table extends FlagTable> {
  readonly values: FlagValues<Table>;
  /** Flags of the table that were given: what was left to its default was nobody's decision. */
  readonly given: ReadonlySet<keyof Table>;
  /** Flags that were given, are known to upstream, and mean nothing here. */
  readonly ignored: readonly string[];
}

/**
 * Parses `--name=value`, `--name value`, `--name` and the same with one dash. Throws `UsageError` naming the flag.
 * Flags of the table `ignorable` are read like the others, so that a wrong one is noticed, and then left out.
 */
export function parseFlags<Table extends FlagTable>(args: readonly string[], table: Table, ignorable: FlagTable = {}): ParsedFlags<Table> {
  const values: Record<string, unknown> = Object.fromEntries(Object.entries(table).map(([name, { fallback }]) => [name, fallback]));
  const ignored: string[] = [];
  const given = new Set<keyof Table>();
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const match = /^--?([a-zA-Z][\w-]*)(?:=(.*))?$/s.exec(argument);
    if (match === null) throw new UsageError(`'${argument}' is not a flag`);
    const [, name = '', inline] = match;
    const own = Object.hasOwn(table, name);
    const known = own ? table[name] : Object.hasOwn(ignorable, name) ? ignorable[name] : undefined;
    if (known === undefined) throw new UsageError(`unknown flag --${name}`);
    const value =
      inline === undefined && known.bare !== undefined ? known.bare : parsed(name, known, [inline ?? rest.shift(), values[name]]);
    if (!own) {
      ignored.push(name);
      continue;
    }
    values[name] = value;
    given.add(name);
  }
  return { values: values as FlagValues<Table>, given, ignored };
}

function parsed(name: string, known: Flag<unknown>, [value, before]: readonly [string | undefined, unknown]): unknown {
  if (value === undefined) throw new UsageError(`flag --${name} needs a value`);
  try {
    return known.parse(value, before ?? known.fallback);
  } catch (error) {
    throw new UsageError(`invalid value for --${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Go's strconv.ParseBool. */
function parseBoolean(value: string): boolean {
  if (/^(1|t|T|true|TRUE|True)$/.test(value)) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(value)) return false;
  throw new UsageError(`'${value}' is neither true nor false`);
}

/** The text of `--help`. */
export function renderHelp(program: string, table: FlagTable): string {
  const lines = Object.entries(table).map(([name, { fallback, help, render = String }]) => {
    const shown = render(fallback);
    return `  --${name}\n        ${help}${shown === '' || shown === 'false' ? '' : ` (default ${shown})`}`;
  });
  return `${program} reconciles until it is stopped.\n\nFlags:\n${lines.join('\n')}\n`;
}

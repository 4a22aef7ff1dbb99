import {
  ANY,
  type CallContext,
  DICT,
  define,
  FunctionError,
  type GoFunction,
  type GoMap,
  type GoValue,
  INT64,
  STRING,
  sliceOf,
  Typed,
} from '@gotk/gotemplate';
import { parse, TomlDate, TomlError, type TomlTable, type TomlValue } from 'smol-toml';
import { attempt } from './attempt.ts';
import { tomlText } from './toml-text.ts';

const TABLES = sliceOf(DICT);
const MAX_DEPTH = 500;

function unmarshaled(text: string, context: CallContext): GoMap {
  context.make(text.length);
  context.spend(text.length / 64);
  try {
    return tableOf(parse(text, { integersAsBigInt: true, maxDepth: MAX_DEPTH }));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new FunctionError(`toml: line ${error.line}: ${firstLine(error.message)}`, { cause: error });
  }
}

/** Behind it the library shows the place. */
const firstLine = (message: string): string =>
  message
    .split('\n', 1)
    .join('')
    .replace(/^Invalid TOML document: /, '');

const tableOf = (table: TomlTable): GoMap => new Map(Object.entries(table).map(([key, value]) => [key, goValueOf(value)]));

/** Whole numbers are int64, lists of nothing but tables have a type of their own; times are texts. */
function goValueOf(value: TomlValue): GoValue {
  if (typeof value === 'bigint') return new Typed(INT64, value);
  if (typeof value !== 'object') return value;
  if (value instanceof TomlDate) return value.toISOString();
  if (!Array.isArray(value)) return tableOf(value);
  const items = value.map(goValueOf);
  return items.length > 0 && items.every((item) => item instanceof Map) ? new Typed(TABLES, items) : items;
}

/** Helm's functions around TOML. Those without `must` in their names give the message of an error in the place of the value. */
export const TOML_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map([
  [
    'toToml',
    define({ params: [ANY], result: STRING }, ([value], context) =>
      attempt(
        () => tomlText(value, context),
        (message) => message,
      ),
    ),
  ],
  ['mustToToml', define({ params: [ANY], result: STRING }, ([value], context) => tomlText(value, context))],
  [
    'fromToml',
    define({ params: [STRING], result: DICT }, ([text], context) =>
      attempt(
        () => unmarshaled(String(text), context),
        (message) => new Map([['Error', message]]),
      ),
    ),
  ],
]);

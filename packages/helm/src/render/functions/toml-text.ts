import {
  type CallContext,
  compareStrings,
  elementsOf,
  exportedFields,
  FunctionError,
  floatText,
  type GoValue,
  isNil,
  keyType,
  kindOf,
  mapOfValue,
  nameOfType,
  rawOf,
  Struct,
} from '@gotk/gotemplate';
import { Panic } from './attempt.ts';

const MAX_DEPTH = 1_000;

/**
 * A value as BurntSushi/toml 1.6 prints it: what is no table before what is, two spaces for each level, lists of nothing but tables as arrays of tables. Throws
 * `FunctionError` with its words for what has no form in TOML.
 */
export function tomlText(value: GoValue, context: CallContext): string {
  const writer = new Writer(context);
  writer.encode([], indirect(value));
  return writer.text;
}

type Key = readonly string[];
type Entry = readonly [key: string, value: GoValue];

class Writer {
  text = '';
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  encode(key: Key, value: GoValue): void {
    this.#context.spend(1);
    if (key.length > MAX_DEPTH) throw new FunctionError(`a value is nested more than ${MAX_DEPTH} levels deep`);
    if (key.length === 0 && (value === null || value === undefined)) throw new Panic('reflect: call of reflect.Value.Type on zero Value');
    if (isNil(value)) return;
    const type = typeOf(value, this.#context);
    if (type === 'table') this.#table(key, value);
    else if (type === 'tables') this.#tables(key, value);
    else this.#pair(key, value);
  }

  #table(key: Key, value: GoValue): void {
    if (key.length === 1) this.#newline();
    if (key.length > 0) {
      this.#write(`${marginOf(key)}[${shownKey(key)}]`);
      this.#newline();
    }
    this.#entries(key, value);
  }

  #tables(key: Key, value: GoValue): void {
    if (key.length === 0) throw new FunctionError('toml: top-level values must be Go maps or structs');
    for (const item of elementsOf(value)) {
      this.#newline();
      this.#write(`${marginOf(key)}[[${shownKey(key)}]]`);
      this.#newline();
      this.#entries(key, indirect(item));
    }
  }

  #entries(key: Key, value: GoValue): void {
    const [direct, below] = parted(value, this.#context);
    for (const [name, item] of [...direct, ...below]) if (!isNil(item)) this.encode([...key, name], item);
  }

  #pair(key: Key, value: GoValue): void {
    if (key.length > 0) this.#write(`${marginOf(key)}${shownKey(key.slice(-1))} = `);
    this.#element(value, 0);
    if (key.length > 0) this.#newline();
  }

  #element(given: GoValue, depth: number): void {
    this.#context.spend(1);
    if (depth > MAX_DEPTH) throw new FunctionError(`a value is nested more than ${MAX_DEPTH} levels deep`);
    const value = indirect(given);
    if (value === null || value === undefined) throw new Panic('reflect: call of reflect.Value.Interface on zero Value');
    const kind = kindOf(value);
    if (kind === 'slice') this.#list(elementsOf(value), depth);
    else if (kind === 'map' || kind === 'struct') this.#inline(value, depth);
    else this.#write(scalar(value));
  }

  #list(items: readonly GoValue[], depth: number): void {
    this.#write('[');
    items.forEach((item, index) => {
      this.#element(item, depth + 1);
      if (index < items.length - 1) this.#write(', ');
    });
    this.#write(']');
  }

  #inline(value: GoValue, depth: number): void {
    const [direct, below] = parted(value, this.#context);
    this.#write('{');
    this.#inlineEntries(direct, { hasMore: below.length > 0, depth });
    this.#inlineEntries(below, { hasMore: false, depth });
    this.#write('}');
  }

  /** A comma is written behind each but the last, whether that is written or, as a nil, is not. */
  #inlineEntries(entries: readonly Entry[], { hasMore, depth }: { readonly hasMore: boolean; readonly depth: number }): void {
    entries.forEach(([name, item], index) => {
      if (isNil(item)) return;
      this.#write(`${shownKey([name])} = `);
      this.#element(item, depth + 1);
      if (hasMore || index < entries.length - 1) this.#write(', ');
    });
  }

  #newline(): void {
    if (this.text !== '') this.#write('\n');
  }

  #write(text: string): void {
    this.#context.make(text.length);
    this.text += text;
  }
}

/** What a pointer points to. */
const indirect = (value: GoValue): GoValue => (kindOf(value) === 'ptr' && !isNil(value) ? indirect(rawOf(value) as GoValue) : value);

const marginOf = (key: Key): string => '  '.repeat(key.length - 1);

const shownKey = (key: Key): string => key.map((name) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : quoted(name))).join('.');

/** A table, a list of nothing but tables, or anything else. */
function typeOf(value: GoValue, context: CallContext): 'table' | 'tables' | 'other' {
  const kind = kindOf(value);
  if (isNil(value)) return 'other';
  if (kind === 'map' || kind === 'struct') return 'table';
  if (kind === 'func') throw new FunctionError('unsupported type: func');
  return kind === 'slice' && isOfTables(elementsOf(value), context) ? 'tables' : 'other';
}

function isOfTables(items: readonly GoValue[], context: CallContext): boolean {
  context.spend(items.length);
  const types = items.map((item) => {
    const value = indirect(item);
    if (isNil(value)) throw new FunctionError('toml: cannot encode array with nil element');
    return typeOf(value, context);
  });
  return types.length > 0 && types.every((type) => type === 'table');
}

/** What is written first, and what comes below it: tables. Both by their names. */
function parted(value: GoValue, context: CallContext): readonly [readonly Entry[], readonly Entry[]] {
  const entries = entriesOf(value).map(([name, item]): Entry => [name, indirect(item)]);
  const isBelow = ([, item]: Entry): boolean => typeOf(item, context) !== 'other';
  return [entries.filter((entry) => !isBelow(entry)), entries.filter(isBelow)];
}

function entriesOf(value: GoValue): readonly Entry[] {
  if (value instanceof Struct) return exportedFields(value);
  if (keyType(value).kind !== 'string') throw new FunctionError('toml: cannot encode a map with non-string key type');
  return [...(mapOfValue(value) ?? [])].map(([key, item]): Entry => [String(key), item]).sort(([a], [b]) => compareStrings(a, b));
}

function scalar(value: GoValue): string {
  const raw = rawOf(value);
  switch (typeof raw) {
    case 'string':
      return quoted(raw);
    case 'number':
      return float(raw, kindOf(value) === 'float32' ? 32 : 64);
    case 'boolean':
    case 'bigint':
      return String(raw);
    default:
      throw new FunctionError(`unexpected type: ${nameOfType(value)}`);
  }
}

function float(value: number, bits: 32 | 64): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const text = floatText(value, { verb: 'g', bits });
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

const quoted = (text: string): string => `"${text.replace(/["\\\p{Cc}]/gu, escaped)}"`;

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return SHORT[character] ?? (code > 0x7f ? character : `\\u${code.toString(16).padStart(4, '0')}`);
}

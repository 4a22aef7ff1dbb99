import { HelmError } from '../helm-error.ts';
import { firstJson } from './first-json.ts';
import { type ItemBudget, itemBudget, parseIndex, setItem } from './list-index.ts';
import { invalid, notA, type Settable } from './settable.ts';
import { type Part, readText, readUntil, type TextReader } from './text-reader.ts';

/** How the text of one flag is read. */
export interface SetDialect {
  /** `typed`: `a=1,b={x,y}`, with escapes. `json`: values are JSON. `literal`: one value, to the end, as it stands there. */
  readonly form: 'typed' | 'json' | 'literal';
  /** What a text between commas stands for. Not asked in `json` and `literal`. */
  readonly value: (text: string) => unknown;
}

const MAX_NAMES = 30;
/** Lists in lists count too: upstream's recursion has no end. */
const MAX_DEPTH = 100;

/** The text has ended where it may. */
class Ended extends Error {
  override readonly name = 'Ended';
}

/**
 * Sets what a text says in `values`, from left to right. Throws `HelmError`: `invalid-values` with Helm's message, or `too-large`; part of
 * it may have been set then.
 */
export function setInto(values: Settable, text: string, dialect: SetDialect): void {
  const setting: Setting = { reader: readText(text), dialect, budget: itemBudget(), names: 0, depth: 0 };
  try {
    for (;;) setKey(values, setting);
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
  }
}

interface Setting {
  readonly reader: TextReader;
  readonly dialect: SetDialect;
  readonly budget: ItemBudget;
  /** How many names the path has had, and how many names and indices. */
  readonly names: number;
  readonly depth: number;
}

const read = ({ reader, dialect }: Setting, stops: string): Part => readUntil(reader, stops, { hasEscapes: dialect.form !== 'literal' });

function setKey(values: Settable, setting: Setting): void {
  const { text: key, end } = read(setting, setting.dialect.form === 'literal' ? '=[.' : '=[,.');
  // A name of no characters is read, and not set.
  const set = (value: unknown): void => {
    if (key !== '') values.set(key, value);
  };
  if (end === undefined) {
    if (key === '') throw new Ended();
    throw invalid(`key ${JSON.stringify(key)} has no value`);
  }
  if (end === ',') throw invalid(`key ${JSON.stringify(key)} has no value (cannot end with ,)`);
  if (end === '=') set(readValue(setting));
  else if (end === '.') setBelow(values, { key, set }, setting);
  else {
    const index = readIndex(setting);
    const list = values.has(key) ? values.get(key) : [];
    if (!Array.isArray(list)) throw notA(list, '[]interface {}');
    set(list);
    setListItem(list, index, setting);
  }
}

interface Target {
  readonly key: string;
  readonly set: (value: unknown) => void;
}

function setBelow(values: Settable, { key, set }: Target, setting: Setting): void {
  const names = setting.names + 1;
  if (names > MAX_NAMES) throw invalid(`value name nested level is greater than maximum supported nested level of ${MAX_NAMES}`);
  const inner = values.has(key) ? values.get(key) : new Map();
  if (!(inner instanceof Map)) throw notA(inner, 'map[string]interface {}');
  try {
    setKey(inner, { ...setting, names });
  } catch (error) {
    if (error instanceof Ended && inner.size > 0) set(inner);
    throw error;
  }
  if (inner.size === 0) throw invalid(`key map ${JSON.stringify(key)} has no value`);
  set(inner);
}

function readIndex(setting: Setting): bigint {
  const { text, end } = read(setting, ']');
  // Helm takes an index that does not end for the end of the text, and says nothing.
  if (end === undefined) throw new Ended();
  return parseIndex(text);
}

function setListItem(list: unknown[], index: bigint, setting: Setting): void {
  const deeper = { ...setting, depth: setting.depth + 1 };
  if (deeper.depth > MAX_DEPTH) throw new HelmError('too-large', `lists are nested more than ${MAX_DEPTH} deep`);
  const { text, end } = read(setting, '[.=');
  if (text !== '') throw invalid(`unexpected data at end of array index: [${[...text].map((character) => `'${character}'`).join(' ')}]`);
  if (end === undefined) throw new Ended();
  setItem(list, { index, value: readItem({ list, index, end }, deeper) }, setting.budget);
}

interface Place {
  readonly list: unknown[];
  readonly index: bigint;
  /** What followed the index. */
  readonly end: string;
}

function readItem({ list, index, end }: Place, setting: Setting): unknown {
  if (end === '=') return readValue(setting);
  const at = Number(index);
  const found = list[at];
  if (end === '[') {
    const next = readIndex(setting);
    const inner = found ?? [];
    if (!Array.isArray(inner)) throw notA(inner, '[]interface {}');
    setListItem(inner, next, setting);
    return inner;
  }
  const inner = found instanceof Map ? found : new Map();
  if (at < list.length) list[at] = inner;
  setKey(inner, setting);
  return inner;
}

/** Reads a value, and the comma behind it. */
function readValue(setting: Setting): unknown {
  const { reader, dialect } = setting;
  if (dialect.form === 'literal') return read(setting, '').text;
  if (dialect.form === 'json') return readJson(reader);
  const first = reader.next();
  if (first === undefined) return '';
  if (first === '{') return readList(setting);
  reader.back();
  return dialect.value(read(setting, ',').text);
}

function readList(setting: Setting): unknown[] {
  const { reader, dialect } = setting;
  const list: unknown[] = [];
  for (;;) {
    const { text, end } = read(setting, ',}');
    if (end === undefined) throw invalid("list must terminate with '}'");
    list.push(dialect.value(text));
    if (end === ',') continue;
    const next = reader.next();
    if (next !== undefined && next !== ',') reader.back();
    return list;
  }
}

function readJson(reader: TextReader): unknown {
  if (skipEmpty(reader)) return null;
  const { value, length } = firstJson(reader.rest());
  reader.skip(length);
  skipEmpty(reader);
  return value;
}

/** Reads blanks, and the comma or the end behind them; whether it was one of those. */
function skipEmpty(reader: TextReader): boolean {
  for (;;) {
    const character = reader.next();
    if (character === undefined || character === ',') return true;
    if (!/^[\s\u0085]$/u.test(character) || character === '\ufeff') {
      reader.back();
      return false;
    }
  }
}

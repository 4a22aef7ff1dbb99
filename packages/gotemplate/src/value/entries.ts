import { compareStrings } from './bytes.ts';
import { type GoKey, type GoMap, type GoType, type GoValue, type Struct, Typed } from './model.ts';
import { ANY, isExported, STRING } from './type.ts';
import { elementType, goValue, rawOf } from './value.ts';

/** The map behind a value of that kind; undefined for a nil. */
export function mapOfValue(value: GoValue): GoMap | undefined {
  const raw = rawOf(value);
  return raw instanceof Map ? raw : undefined;
}

export function keyType(value: GoValue): GoType {
  return value instanceof Typed && value.type.kind === 'map' ? value.type.key : STRING;
}

/** Keys as values, and what they stand for, in the order of keys: that of their bytes, numbers by size, false before true. */
export function sortedEntries(value: GoValue): readonly (readonly [key: GoValue, value: GoValue])[] {
  const map = mapOfValue(value);
  if (map === undefined) return [];
  const type = keyType(value);
  return [...map]
    .sort(([a], [b]) => compareKeys(a, b))
    .map(([key, element]) => [type === STRING || type === ANY ? key : goValue(type, key), element]);
}

const RANK: Readonly<Record<string, number>> = { boolean: 0, bigint: 1, number: 2, string: 3 };

function compareKeys(a: GoKey, b: GoKey): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (typeof a !== typeof b) return (RANK[typeof a] ?? 0) - (RANK[typeof b] ?? 0);
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The elements of a list, in their order; none for a nil. */
export function elementsOf(value: GoValue): readonly GoValue[] {
  const raw = rawOf(value);
  if (raw instanceof Uint8Array) return Array.from(raw, (byte) => goValue(elementType(value), BigInt(byte)));
  return Array.isArray(raw) ? raw : [];
}

/** The fields of a struct that Go shows, and what they hold, in their order. */
export const exportedFields = ({ type, fields }: Struct): readonly (readonly [name: string, value: GoValue])[] =>
  type.fields.filter(({ name }) => isExported(name)).map(({ name }) => [name, fields.get(name)]);

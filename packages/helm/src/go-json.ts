import { compareText, htmlSafe } from '@gotk/apimachinery';
import { isObject } from './fields.ts';

/**
 * Values as Go's `encoding/json` writes them, byte for byte: the keys of maps sorted, and what HTML would take for something else escaped.
 * A `bigint` is an int64. Values are as deep as whoever read them allowed.
 */
export function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (isObject(value)) {
    const keys = Object.keys(value).sort(compareText);
    return `{${keys.map((key) => `${goString(key)}:${goJson(value[key])}`).join(',')}}`;
  }
  if (typeof value === 'string') return goString(value);
  if (typeof value === 'bigint') return String(value);
  return Object.is(value, -0) ? '-0' : JSON.stringify(value ?? null);
}

const goString = (text: string): string => htmlSafe(JSON.stringify(text));

/** A struct: its fields in this order, each with its JSON; those without are left out. */
export const goStruct = (fields: readonly (readonly [name: string, json: string | undefined])[]): string =>
  `{${fields.flatMap(([name, json]) => (json === undefined ? [] : [`${goString(name)}:${json}`])).join(',')}}`;

import { isObject } from '../fields.ts';
import { HelmError } from '../helm-error.ts';
import type { Values } from '../values/merge-maps.ts';

/** Values in which single ones are set: maps and lists that may be changed, at any depth. */
export type Settable = Map<string, unknown>;

export function settableOf(values: Values): Settable {
  const make = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(make);
    return isObject(value) ? settableOf(value) : value;
  };
  return new Map(Object.entries(values).map(([key, value]) => [key, make(value)]));
}

export function settled(values: Settable): Values {
  const make = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(make);
    return value instanceof Map ? settled(value) : value;
  };
  return Object.fromEntries([...values].map(([key, value]) => [key, make(value)]));
}

export const invalid = (message: string, cause?: unknown): HelmError => new HelmError('invalid-values', message, { cause });

/** What Go says of a value that is of another type than the path to it wants. */
export const notA = (value: unknown, type: '[]interface {}' | 'map[string]interface {}'): HelmError =>
  invalid(`unable to parse key: interface conversion: interface {} is ${goType(value)}, not ${type}`);

function goType(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  if (Array.isArray(value)) return '[]interface {}';
  if (value instanceof Map) return 'map[string]interface {}';
  return { number: 'float64', bigint: 'int64', boolean: 'bool' }[typeof value as string] ?? 'string';
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../src/fields.ts';

export interface Recorded<T> {
  /** Helm's. */
  readonly version: string;
  readonly results: Readonly<Record<string, T>>;
}

/** What the real Helm made of one sort of cases. */
export const recorded = <T>(sort: string): Recorded<T> =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../testdata/engine/${sort}.json`), 'utf8'));

/** Values as testdata/record-engine writes them, in which Go's int64 is told from its float64. */
export function tagged(value: unknown): unknown {
  if (typeof value === 'bigint') return { int64: String(value) };
  if (Array.isArray(value)) return value.map(tagged);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, tagged(item)])) : value;
}

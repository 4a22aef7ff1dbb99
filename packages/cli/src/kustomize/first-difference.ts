import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '@gotk/apimachinery';

/** Where two lists of objects differ first, and how; undefined when they do not. */
export function firstDifference(ours: readonly unknown[], expected: readonly unknown[]): string | undefined {
  const index = Array.from({ length: Math.max(ours.length, expected.length) }).findIndex(
    (_, each) => !isDeepStrictEqual(ours[each], expected[each]),
  );
  if (index === -1) return undefined;
  const count = ours.length === expected.length ? '' : `${ours.length} objects instead of ${expected.length}; `;
  const [left, right] = [titleOf(ours[index]), titleOf(expected[index])];
  const where = `${count}object ${index + 1}`;
  return left === right
    ? `${where}, ${left}: ${fieldDifference(ours[index], expected[index], '')}`
    : `${where} is ${left} instead of ${right}`;
}

function titleOf(object: unknown): string {
  if (!isRecord(object)) return object === undefined ? 'missing' : 'no object';
  const { kind, metadata } = object;
  return `${String(kind)}/${isRecord(metadata) ? String(metadata.name) : ''}`;
}

function fieldDifference(ours: unknown, expected: unknown, path: string): string {
  if (Array.isArray(ours) && Array.isArray(expected) && ours.length === expected.length) {
    const index = ours.findIndex((item, each) => !isDeepStrictEqual(item, expected[each]));
    return fieldDifference(ours[index], expected[index], `${path}/${index}`);
  }
  if (isRecord(ours) && isRecord(expected)) {
    const keys = [...new Set([...Object.keys(ours), ...Object.keys(expected)])];
    const key = keys.find((each) => !isDeepStrictEqual(ours[each], expected[each])) ?? '';
    return fieldDifference(ours[key], expected[key], `${path}/${key}`);
  }
  return `${path} is ${shown(ours)} instead of ${shown(expected)}`;
}

const shown = (value: unknown): string =>
  value === undefined ? 'missing' : JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)).slice(0, 100);

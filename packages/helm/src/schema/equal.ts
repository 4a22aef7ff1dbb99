import { goJson } from '../go-json.ts';

/** A text that two values share when JSON Schema takes them for the same: numbers count by their value, maps in no order. */
export const sameText = (value: unknown): string => goJson(wholeNumbers(value));

function wholeNumbers(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(wholeNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, wholeNumbers(item)]));
}

/** The places of the first two items that are the same. */
export function firstTwins(items: readonly unknown[]): readonly [number, number] | undefined {
  const seen = new Map<string, number>();
  for (const [at, item] of items.entries()) {
    const text = sameText(item);
    const first = seen.get(text);
    if (first !== undefined) return [first, at];
    seen.set(text, at);
  }
  return undefined;
}

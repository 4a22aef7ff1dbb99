import type { JsonValue } from './json.ts';

/** Sixteen digits in a row: the shortest an integer beyond 2^53 can be. Anything shorter is exact as a `number`. */
const LONG_DIGITS = /\d{16}/;
const INTEGER = /^-?\d+$/;

/**
 * Parses JSON without losing 64-bit integers: those a `number` cannot hold exactly become `bigint`. `__proto__` is a plain key, as JSON.parse has it.
 * Throws SyntaxError.
 */
export function parseJson(text: string): JsonValue {
  if (!LONG_DIGITS.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value, context?: { source?: string }) => {
    const source = context?.source;
    return typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && INTEGER.test(source)
      ? BigInt(source)
      : value;
  });
}

/** The inverse of `parseJson`. */
export function renderJson(value: unknown): string {
  return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? rawJson(item) : item));
}

// ES2025's JSON.rawJSON is in Node 22; TypeScript's ES2023 library does not know it yet.
const rawJson = (value: bigint): unknown => (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value));

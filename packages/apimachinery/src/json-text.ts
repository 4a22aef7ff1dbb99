import type { JsonValue } from './json.ts';

/** The shortest that an integer beyond 2^53 can be. Anything shorter is exact as a `number`. */
const LONG_DIGITS = 16;
const INTEGER = /^-?\d+$/;
/** No kind of the API comes near it; whoever walks a value by recursion, as V8 itself does, ends well within the stack. */
const MAX_DEPTH = 1_000;

/**
 * Parses JSON without losing 64-bit integers: those a `number` cannot hold exactly become `bigint`. `__proto__` is a plain key, as
 * JSON.parse has it. Throws SyntaxError, also for what is nested more deeply than 1000 levels: the next one to look at it would overflow
 * the stack.
 */
export function parseJson(text: string): JsonValue {
  if (!surveyed(text).hasLongNumbers) return JSON.parse(text);
  return JSON.parse(text, (_key, value, context?: { source?: string }) => {
    const source = context?.source;
    return typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && INTEGER.test(source)
      ? BigInt(source)
      : value;
  });
}

/**
 * As `parseJson`, but an integer that a `number` cannot hold is rounded: for documents of strangers that have none, where a single one
 * would make everybody wait thirty times as long.
 */
export function parsePlainJson(text: string): JsonValue {
  surveyed(text);
  return JSON.parse(text);
}

function surveyed(text: string): Survey {
  const found = survey(text);
  if (found.depth > MAX_DEPTH) throw new SyntaxError(`the JSON is nested more deeply than ${MAX_DEPTH} levels`);
  return found;
}

interface Survey {
  /** Not counted further than what is refused. */
  readonly depth: number;
  readonly hasLongNumbers: boolean;
}

/**
 * One look at every character, for what has to be known before anything is built: an overflow of the stack is not always an error that can
 * be caught (CVE-2025-59466), and the way that keeps long integers costs ten times the other one. Cheaper than a regular expression, which
 * would also see the strings.
 */
function survey(text: string): Survey {
  let [depth, digits] = [0, 0];
  let hasLongNumbers = false;
  for (let at = 0; at < text.length && depth <= MAX_DEPTH; at++) {
    const code = text.charCodeAt(at);
    if (code >= DIGIT_0 && code <= DIGIT_9) {
      digits += 1;
      hasLongNumbers ||= digits === LONG_DIGITS;
      continue;
    }
    digits = 0;
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === OPENING_BRACKET || code === OPENING_BRACE) depth += 1;
    else if (code === CLOSING_BRACKET || code === CLOSING_BRACE) depth -= 1;
  }
  return { depth, hasLongNumbers };
}

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** Where the string ends that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) break;
    if (code === BACKSLASH) at += 1;
  }
  return at;
}

/** The inverse of `parseJson`. */
export function renderJson(value: unknown): string {
  return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? rawJson(item) : item));
}

// ES2025's JSON.rawJSON is in Node 22; TypeScript's ES2023 library does not know it yet.
const rawJson = (value: bigint): unknown => (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value));

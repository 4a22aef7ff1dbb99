/** A scalar that has to be left to a YAML parser. */
export const IRREGULAR = Symbol('irregular');
export type Irregular = typeof IRREGULAR;

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const HASH = 0x23;
const SPACE = 0x20;
const DELETE = 0x7f;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What begins something else than a plain scalar, by its code. */
const IS_INDICATOR = new Uint8Array(256);
for (const character of '-?:,[]{}#&*!|>%@`"\'') IS_INDICATOR[character.charCodeAt(0)] = 1;
/** Would be a number, a truth value or nothing, were it not for this: those are few, and a parser's. */
const MAYBE_NO_TEXT =
  /^(?:[-+]?(?:0[xXoObB][0-9a-fA-F_]*|\.?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?)|[-+]?\.(?:inf|nan)|~|null|true|false|yes|no|on|off|y|n)$/i;
const LONGEST_WORD = 5;

/**
 * The text of a scalar on one line: in quotes without escapes, or plain and certainly text. Bytes that are not UTF-8 and tabs are irregular
 * too.
 */
export function plainScalar(bytes: Buffer, from: number, to: number): string | Irregular {
  if (to <= from) return IRREGULAR;
  const first = bytes[from] ?? 0;
  if (first === QUOTE || first === APOSTROPHE) {
    if (to - from < 2 || bytes[to - 1] !== first) return IRREGULAR;
    const alphabet = surveyQuoted(bytes, { from: from + 1, to: to - 1, quote: first });
    return alphabet === undefined ? IRREGULAR : decode(bytes, { from: from + 1, to: to - 1, alphabet });
  }
  if (IS_INDICATOR[first] === 1) return IRREGULAR;
  const alphabet = surveyPlain(bytes, from, to);
  if (alphabet === undefined) return IRREGULAR;
  const text = decode(bytes, { from, to, alphabet });
  if (text === IRREGULAR || (isLetter(first) && to - from > LONGEST_WORD)) return text;
  return MAYBE_NO_TEXT.test(text) ? IRREGULAR : text;
}

const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

/** The codes that a text has; undefined where something in it has a meaning of its own. */
type Alphabet = 'ascii' | 'any';

/** Neither control characters nor a comment nor a key. */
function surveyPlain(bytes: Uint8Array, from: number, to: number): Alphabet | undefined {
  let all = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < SPACE || byte === DELETE) return undefined;
    if (byte === COLON && (at + 1 === to || bytes[at + 1] === SPACE)) return undefined;
    if (byte === HASH && bytes[at - 1] === SPACE) return undefined;
    all |= byte;
  }
  return all < 0x80 ? 'ascii' : 'any';
}

/** Neither control characters nor a quote or an escape. */
function surveyQuoted(
  bytes: Uint8Array,
  { from, to, quote }: { readonly from: number; readonly to: number; readonly quote: number },
): Alphabet | undefined {
  let all = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < SPACE || byte === DELETE || byte === quote || byte === BACKSLASH) return undefined;
    all |= byte;
  }
  return all < 0x80 ? 'ascii' : 'any';
}

function decode(
  bytes: Buffer,
  { from, to, alphabet }: { readonly from: number; readonly to: number; readonly alphabet: Alphabet },
): string | Irregular {
  if (alphabet === 'ascii') return bytes.toString('latin1', from, to);
  try {
    const text = decoder.decode(bytes.subarray(from, to));
    // Line breaks, byte order marks and what no YAML may contain.
    return /[\u0080-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/.test(text) ? IRREGULAR : text;
  } catch {
    return IRREGULAR;
  }
}

/** A scalar that has to be left to a YAML parser. */
export const IRREGULAR = Symbol('irregular');
export type Irregular = typeof IRREGULAR;

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const HASH = 0x23;
const SPACE = 0x20;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What begins something else than a plain scalar. */
const INDICATORS = new Set([...'-?:,[]{}#&*!|>%@`"\''].map((character) => character.charCodeAt(0)));
/** Would be a number, a truth value or nothing, were it not for this: those are few, and a parser's. */
const MAYBE_NO_TEXT =
  /^(?:[-+]?(?:0[xXoObB][0-9a-fA-F_]*|\.?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?)|[-+]?\.(?:inf|nan)|~|null|true|false|yes|no|on|off|y|n)$/i;

/**
 * The text of a scalar on one line: in quotes without escapes, or plain and certainly text. Bytes that are not UTF-8 and tabs are irregular
 * too.
 */
export function plainScalar(bytes: Uint8Array, from: number, to: number): string | Irregular {
  if (to <= from) return IRREGULAR;
  const first = bytes[from];
  if (first === QUOTE || first === APOSTROPHE) {
    if (to - from < 2 || bytes[to - 1] !== first || !isSimple(bytes, from + 1, to - 1)) return IRREGULAR;
    return decode(bytes, from + 1, to - 1);
  }
  if (first === undefined || INDICATORS.has(first) || !isSimple(bytes, from, to)) return IRREGULAR;
  const text = decode(bytes, from, to);
  return text === IRREGULAR || MAYBE_NO_TEXT.test(text) ? IRREGULAR : text;
}

/**
 * Whether nothing in it has a meaning of its own: no control characters, in quotes no quote or escape, else neither a comment nor a key.
 */
function isSimple(bytes: Uint8Array, from: number, to: number): boolean {
  const before = bytes[from - 1];
  const quote = before === QUOTE || before === APOSTROPHE ? before : undefined;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < SPACE || byte === quote || byte === 0x7f) return false;
    if (quote !== undefined) {
      if (byte === BACKSLASH) return false;
    } else if (byte === COLON) {
      if (at + 1 === to || bytes[at + 1] === SPACE) return false;
    } else if (byte === HASH && bytes[at - 1] === SPACE) return false;
  }
  return true;
}

/** For texts of this size a call is faster than the decoder, and most are ASCII. */
const MAX_CALL_ARGUMENTS = 512;

function decode(bytes: Uint8Array, from: number, to: number): string | Irregular {
  if (to - from > MAX_CALL_ARGUMENTS) return decodeUtf8(bytes, from, to);
  for (let at = from; at < to; at++) if ((bytes[at] ?? 0) >= 0x80) return decodeUtf8(bytes, from, to);
  return String.fromCharCode.apply(null, bytes.subarray(from, to) as unknown as number[]);
}

function decodeUtf8(bytes: Uint8Array, from: number, to: number): string | Irregular {
  try {
    const text = decoder.decode(bytes.subarray(from, to));
    // Line breaks, byte order marks and what no YAML may contain.
    return /[\u0080-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/.test(text) ? IRREGULAR : text;
  } catch {
    return IRREGULAR;
  }
}

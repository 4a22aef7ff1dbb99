const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

export const byteLength = (value: string): number => new TextEncoder().encode(value).length;

/**
 * A part of a value: from `offset`, counted from the end if it is negative, as many bytes as `length` says, or up to so many before the end if that is negative. What
 * is no number leaves the value as it is. Undefined when the part would not be text.
 */
export function slice(value: string, offset: string, length: string | undefined): string | undefined {
  const from = integer(offset);
  if (from === undefined) return value;
  const bytes = new TextEncoder().encode(value);
  const start = Math.min(bytes.length, from < 0 ? Math.max(0, bytes.length + from) : from);
  const count = length === undefined ? bytes.length : integer(length);
  if (count === undefined) return value;
  const end = count < 0 ? bytes.length + count : Math.min(bytes.length, start + count);
  if (end <= start) return '';
  return isWithinCharacter(bytes, start) || isWithinCharacter(bytes, end)
    ? undefined
    : new TextDecoder().decode(bytes.subarray(start, end));
}

const isWithinCharacter = (bytes: Uint8Array, at: number): boolean => ((bytes[at] ?? 0) & 0xc0) === 0x80;

/** Of 64 bits. */
function integer(text: string): number | undefined {
  const [, sign = '', digits = ''] = /^([-+]?)0*([0-9]{1,19})$/.exec(text) ?? [];
  if (digits === '') return undefined;
  const number = BigInt(sign === '-' ? `-${digits}` : digits);
  return number > INT64_MAX || number < INT64_MIN ? undefined : Number(number);
}

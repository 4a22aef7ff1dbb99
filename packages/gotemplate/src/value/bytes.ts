// Go's strings are bytes, and functions of templates count, cut and compare bytes. Ours are JavaScript strings, which is what they nearly always are from end to
// end. A byte that is not part of valid UTF-8 is kept as a lone surrogate, U+DC00 and the byte: that is what well-formed text cannot contain, so nothing is lost
// between decoding a Secret and encoding it again, or where a text is cut within a character.

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const FIRST_ESCAPE = 0xdc80;
const LAST_ESCAPE = 0xdcff;
const BEYOND_ASCII = /[^\p{ASCII}]/u;

export const isAscii = (text: string): boolean => !BEYOND_ASCII.test(text);

/** How many bytes the string has in Go. */
export function byteLength(text: string): number {
  if (isAscii(text)) return text.length;
  let length = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (isHighAt(text, at)) {
      length += 2;
      at += 1;
    } else if (unit < FIRST_ESCAPE || unit > LAST_ESCAPE) length += 2;
  }
  return length;
}

const isHighAt = (text: string, at: number): boolean => (text.codePointAt(at) ?? 0) > 0xffff;

export function toBytes(text: string): Uint8Array {
  if (text.isWellFormed()) return encoder.encode(text);
  const bytes = new Uint8Array(byteLength(text));
  let end = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= FIRST_ESCAPE && code <= LAST_ESCAPE) {
      bytes[end] = code & 0xff;
      end += 1;
    } else end += encoder.encodeInto(character, bytes.subarray(end)).written;
  }
  return bytes;
}

export function fromBytes(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return decodedInParts(bytes);
  }
}

function decodedInParts(bytes: Uint8Array): string {
  let text = '';
  let valid = 0;
  for (let at = 0; at < bytes.length; ) {
    const width = widthAt(bytes, at);
    if (width === 0) {
      if (valid < at) text += decoder.decode(bytes.subarray(valid, at));
      text += String.fromCharCode(0xdc00 | (bytes[at] ?? 0));
      valid = at + 1;
    }
    at += Math.max(width, 1);
  }
  return text + decoder.decode(bytes.subarray(valid));
}

/** How many bytes the character at a place has; 0 if none is there: the table of RFC 3629, which leaves out what could be shorter, halves of pairs and all that is too large. */
function widthAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const width = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  const [least, most] = SECOND_BYTES.get(first) ?? [0x80, 0xbf];
  const second = bytes[at + 1] ?? 0;
  if (second < least || second > most) return 0;
  for (let next = at + 2; next < at + width; next += 1) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  return width;
}

const SECOND_BYTES: ReadonlyMap<number, readonly [least: number, most: number]> = new Map([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
]);

/** From one byte to before another. */
export function sliceBytes(text: string, { from, to }: { readonly from: number; readonly to: number }): string {
  return isAscii(text) ? text.slice(from, to) : fromBytes(toBytes(text).subarray(from, to));
}

/** Joins texts of which one may end within the character that the next goes on with. */
export function wellJoined(text: string): string {
  return text.isWellFormed() ? text : fromBytes(toBytes(text));
}

/** Whether two characters, as iterating a string yields them, differ from what they are in Go: whether one is a byte and no character. */
export const isStrayByte = (character: string): boolean => character >= '\udc80' && character <= '\udcff' && character.length === 1;

/** In the order of bytes, as Go compares; below, at or above 0. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left === right) continue;
    return left < 0xd800 && right < 0xd800 ? left - right : compareBytes(toBytes(a.slice(at && at - 1)), toBytes(b.slice(at && at - 1)));
  }
  return a.length - b.length;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

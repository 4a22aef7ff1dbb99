/** Just enough DER to write certificates that no tool would write. */

function tlv(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const bytes = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, Buffer.concat(parts));
export const set = (...parts: readonly Uint8Array[]): Buffer => tlv(0x31, Buffer.concat(parts));
export const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text));
export const octets = (content: Uint8Array): Buffer => tlv(0x04, content);
export const boolean = (value: boolean): Buffer => tlv(0x01, Buffer.from([value ? 0xff : 0]));
export const integer = (value: number): Buffer => tlv(0x02, Buffer.from([0, value >> 8, value & 0xff]).subarray(value > 0x7fff ? 0 : value > 0x7f ? 1 : 2));
export const nothing = (): Buffer => tlv(0x05, Buffer.alloc(0));
export const bits = (content: Uint8Array, unused = 0): Buffer => tlv(0x03, Buffer.concat([Buffer.from([unused]), content]));
/** A context-specific tag around a whole value, and one in place of a value's own. */
export const explicit = (tag: number, content: Uint8Array): Buffer => tlv(0xa0 | tag, content);
export const implicit = (tag: number, content: Uint8Array): Buffer => tlv(0x80 | tag, content);

/** GeneralizedTime: what time stamps are made of. */
export function time(ms: number): Buffer {
  return tlv(0x18, Buffer.from(digitsOf(ms)));
}

/** UTCTime, with two digits for the year: RFC 5280 wants it in certificates until 2049. */
export function shortTime(ms: number): Buffer {
  return tlv(0x17, Buffer.from(digitsOf(ms).slice(2)));
}

function digitsOf(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
}

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const septets = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) septets.unshift((left & 0x7f) | 0x80);
    return septets;
  });
  return tlv(0x06, Buffer.from(bytes));
}

// The part of DER (ITU-T X.690) that keys and certificates are made of: a tag, a length and what it is of.

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

type Bytes = Uint8Array;

/** The tag of an element that only its place gives a meaning to. */
export const contextTag = (number: number, { constructed = false } = {}): number => 0x80 | (constructed ? 0x20 : 0) | number;

export function der(tag: number, ...parts: readonly Bytes[]): Bytes {
  const content = Buffer.concat(parts);
  return Buffer.concat([Uint8Array.of(tag), lengthBytes(content.length), content]);
}

function lengthBytes(length: number): Bytes {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes = bytesOf(BigInt(length));
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}

/** A number from 0 on, in as many bytes as it takes. */
export function bytesOf(value: bigint): Bytes {
  const digits = value.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
}

export const sequence = (...parts: readonly Bytes[]): Bytes => der(TAG.sequence, ...parts);

/** A number from 0 on. */
export function integer(value: bigint): Bytes {
  const bytes = bytesOf(value);
  // The first bit is that of the sign.
  return (bytes[0] ?? 0) >= 0x80 ? der(TAG.integer, Uint8Array.of(0), bytes) : der(TAG.integer, bytes);
}

export const bitString = (bytes: Bytes, unusedBits = 0): Bytes => der(TAG.bitString, Uint8Array.of(unusedBits), bytes);
export const octetString = (bytes: Bytes): Bytes => der(TAG.octetString, bytes);
export const TRUE: Bytes = der(TAG.boolean, Uint8Array.of(0xff));
export const NULL: Bytes = der(TAG.null);

/** Of numbers with dots between them. */
export function objectIdentifier(dotted: string): Bytes {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(TAG.objectIdentifier, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

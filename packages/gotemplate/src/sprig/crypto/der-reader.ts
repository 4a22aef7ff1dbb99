import { FunctionError } from '../../value/function.ts';

/** One element, with the bytes that it is, and those that it is of. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly raw: Uint8Array;
}

/** The elements that stand one behind another. Throws `FunctionError`. */
export function elementsOfDer(bytes: Uint8Array): readonly DerElement[] {
  const elements: DerElement[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const element = firstElement(rest);
    elements.push(element);
    rest = rest.subarray(element.raw.length);
  }
  return elements;
}

/** Throws `FunctionError`. */
export function firstElement(bytes: Uint8Array): DerElement {
  if (bytes.length === 0) throw new FunctionError('asn1: syntax error: sequence truncated');
  const [tag = 0, first = 0] = bytes;
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (bytes.length < 2 || (tag & 0x1f) === 0x1f || first === 0x80 || count > 4)
    throw new FunctionError('asn1: syntax error: no tag and length');
  let length = count === 0 ? first : 0;
  for (let at = 2; at < 2 + count; at += 1) length = length * 256 + (bytes[at] ?? 0);
  const end = 2 + count + length;
  if (end > bytes.length) throw new FunctionError('asn1: syntax error: data truncated');
  return { tag, content: bytes.subarray(2 + count, end), raw: bytes.subarray(0, end) };
}

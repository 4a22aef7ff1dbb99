/** A line of YAML in block style, as places in the bytes. */
export interface Line {
  /** Where it begins, its indentation included. */
  start: number;
  indent: number;
  /** Of its text: without what is around it. */
  from: number;
  to: number;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const COLON = 0x3a;

/**
 * Calls with each line that is neither blank nor a comment, always the same object, until the call says false. The result is whether it
 * never did.
 */
export function eachLine(bytes: Uint8Array, look: (line: Line) => boolean): boolean {
  const line: Line = { start: 0, indent: 0, from: 0, to: 0 };
  for (let start = 0; start < bytes.length; ) {
    let end = start;
    while (end < bytes.length && bytes[end] !== NEWLINE) end += 1;
    let from = start;
    while (from < end && bytes[from] === SPACE) from += 1;
    let to = end;
    while (to > from && (bytes[to - 1] === SPACE || bytes[to - 1] === RETURN)) to -= 1;
    if (to > from && bytes[from] !== HASH) {
      line.start = start;
      line.indent = from - start;
      line.from = from;
      line.to = to;
      if (!look(line)) return false;
    }
    start = end + 1;
  }
  return true;
}

/** Of the first colon that ends a key. The end of the line where there is none, which no key is read from. */
export function colonOf(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    if (bytes[at] === COLON && (at + 1 === to || bytes[at + 1] === SPACE)) return at;
  }
  return from;
}

export function skipSpaces(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === SPACE) at += 1;
  return at;
}

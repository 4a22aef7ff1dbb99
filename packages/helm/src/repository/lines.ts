/** A line of YAML in block style, as places in the bytes. A text in quotes that goes on in deeper lines makes them one line. */
export interface Line {
  /** Where it begins, its indentation included. */
  start: number;
  indent: number;
  /** Of its text: without what is around it. */
  from: number;
  to: number;
  /** Whether something in it may go on in lines that are indented as little as they like. Never false when something does. */
  isOpen: boolean;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const COLON = 0x3a;
const DASH = 0x2d;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;

/** What begins a node whose lines need not be indented, by its code. */
const IS_DELIMITER = new Uint8Array(256);
for (const character of '"\'[{') IS_DELIMITER[character.charCodeAt(0)] = 1;
/** What may stand before such a node, on its line. */
const IS_PROPERTY = new Uint8Array(256);
for (const character of '&!?:') IS_PROPERTY[character.charCodeAt(0)] = 1;

/**
 * Calls with each line that is neither blank nor a comment, always the same object, until the call says false. The result is whether it
 * never did.
 */
export function eachLine(bytes: Uint8Array, look: (line: Line) => boolean): boolean {
  const line: Line = { start: 0, indent: 0, from: 0, to: 0, isOpen: false };
  for (let start = 0; start < bytes.length; ) {
    let end = start;
    let delimiters = 0;
    for (; end < bytes.length && bytes[end] !== NEWLINE; end++) delimiters |= IS_DELIMITER[bytes[end] ?? 0] ?? 0;
    let from = start;
    while (from < end && bytes[from] === SPACE) from += 1;
    let to = end;
    while (to > from && (bytes[to - 1] === SPACE || bytes[to - 1] === RETURN)) to -= 1;
    if (to > from && bytes[from] !== HASH) {
      line.start = start;
      line.indent = from - start;
      line.from = from;
      line.to = to;
      line.isOpen = false;
      if (delimiters === 1) {
        const closed = endOfNode(bytes, line);
        line.isOpen = closed === undefined;
        line.to = closed ?? to;
        if (line.to > end) end = line.to;
        while (end < bytes.length && bytes[end] !== NEWLINE) end += 1;
      }
      if (!look(line)) return false;
    }
    start = end + 1;
  }
  return true;
}

/** Of the colon that ends a key; `from` where there is no key, and where spaces stand between it and its colon, which a parser has to drop. */
export function colonOf(bytes: Uint8Array, from: number, to: number): number {
  const at = firstColon(bytes, from, to);
  return at === undefined || bytes[at - 1] === SPACE ? from : at;
}

export function skipSpaces(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === SPACE) at += 1;
  return at;
}

function firstColon(bytes: Uint8Array, from: number, to: number): number | undefined {
  for (let at = from; at < to; at++) {
    if (bytes[at] === COLON && (at + 1 === to || bytes[at + 1] === SPACE)) return at;
  }
  return undefined;
}

/** Where the line ends, with all that begins in it; undefined where only a parser can say. */
function endOfNode(bytes: Uint8Array, { from, to, indent }: Line): number | undefined {
  let at = from;
  while (bytes[at] === DASH && bytes[at + 1] === SPACE) at = skipSpaces(bytes, at + 1, to);
  const first = bytes[at] ?? 0;
  if (first === QUOTE || first === APOSTROPHE) {
    const end = endOfQuoted(bytes, at, indent);
    const isKey = end !== undefined && end < to && bytes[end] === COLON && (end + 1 === to || bytes[end + 1] === SPACE);
    return isKey ? endOfValue(bytes, { from: skipSpaces(bytes, end + 1, to), to, indent }) : onItsLine(bytes, end);
  }
  if (IS_DELIMITER[first] === 1 || IS_PROPERTY[first] === 1) return endOfValue(bytes, { from: at, to, indent });
  const colon = firstColon(bytes, at, to);
  return colon === undefined ? to : endOfValue(bytes, { from: skipSpaces(bytes, colon + 1, to), to, indent });
}

/** Of a text, of empty brackets, of anything that neither is nor can have such a thing in it. */
function endOfValue(bytes: Uint8Array, { from, to, indent }: Pick<Line, 'from' | 'to' | 'indent'>): number | undefined {
  const first = bytes[from] ?? 0;
  if (from === to) return to;
  if (IS_PROPERTY[first] === 1) return undefined;
  if (first === QUOTE || first === APOSTROPHE) return onItsLine(bytes, endOfQuoted(bytes, from, indent));
  // The bracket that closes is two behind the one that opens.
  return IS_DELIMITER[first] !== 1 || (to - from === 2 && bytes[from + 1] === first + 2) ? to : undefined;
}

/** Behind the closing quote. Undefined without one, and for lines that are not deeper than the first: they may be no part of the text. */
function endOfQuoted(bytes: Uint8Array, start: number, indent: number): number | undefined {
  const quote = bytes[start];
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) {
      if (quote === QUOTE || bytes[at + 1] !== APOSTROPHE) return at + 1;
      at += 1;
    } else if (byte === BACKSLASH && quote === QUOTE && bytes[at + 1] !== NEWLINE) {
      at += 1;
    } else if (byte === NEWLINE) {
      const text = skipSpaces(bytes, at + 1, bytes.length);
      if (bytes[text] !== NEWLINE && bytes[text] !== RETURN && text - at - 1 <= indent) return undefined;
    }
  }
  return undefined;
}

/** The same place, if nothing follows on the line. */
function onItsLine(bytes: Uint8Array, end: number | undefined): number | undefined {
  if (end === undefined) return undefined;
  let at = end;
  while (bytes[at] === SPACE || bytes[at] === RETURN) at += 1;
  return at >= bytes.length || bytes[at] === NEWLINE ? end : undefined;
}

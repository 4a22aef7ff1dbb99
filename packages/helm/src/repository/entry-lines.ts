import type { IndexEntry } from './chart-version.ts';
import { colonOf, type Line, skipSpaces } from './lines.ts';
import { IRREGULAR, type Irregular, plainScalar } from './plain-scalar.ts';

const DASH = 0x2d;
const SPACE = 0x20;

/** Keys with a text on their line, with a list of texts below, and with a list of maps. */
const TEXTS = ['name', 'version', 'apiVersion', 'appVersion', 'type', 'created', 'digest'] as const;
const KEYS = [...TEXTS, 'deprecated', 'urls', 'maintainers', 'dependencies'] as const;
type Key = (typeof KEYS)[number];

const ALIAS = 'alias';

type Text = (typeof TEXTS)[number];

/** By length: few keys have the same. */
const PATTERNS: readonly (readonly { readonly key: Key; readonly lower: Uint8Array }[])[] = Array.from({ length: 16 }, (_, length) =>
  KEYS.filter((key) => key.length === length).map((key) => ({ key, lower: new TextEncoder().encode(key.toLowerCase()) })),
);

/** Reads versions of charts line by line, one after the other. */
export interface EntryReader {
  /** With the line of a version's dash. What was read of the one before is gone. */
  readonly begin: (line: Line) => void;
  /** Whether the line can be part of the version at all. */
  readonly look: (line: Line) => boolean;
  /** What was read; irregular if a parser has to look. */
  readonly end: () => IndexEntry | Irregular;
}

type Fields = { -readonly [K in keyof IndexEntry]: IndexEntry[K] };

export function entryReader(bytes: Buffer): EntryReader {
  const text = repeatedTexts(bytes);
  let fields: Fields = {};
  let urls: string[] | undefined;
  let nodes: (string | null)[] | undefined;
  /** Of its keys: where the one behind the dash stands. */
  let keyIndent = 0;
  let key: Key | undefined;
  /** Of the dashes below the key. */
  let listIndent: number | undefined;
  /** Of the keys behind those dashes. */
  let nodeIndent = 0;
  let isIrregular = false;

  const irregular = (): true => {
    isIrregular = true;
    return true;
  };

  const lookAtKey = (from: number, to: number): boolean => {
    const colon = colonOf(bytes, from, to);
    if (colon === from) return irregular();
    const found = keyAt(bytes, from, colon);
    if (found === IRREGULAR) return irregular();
    key = found;
    listIndent = undefined;
    if (key === undefined) return true;
    const field = key === 'dependencies' ? 'aliases' : key;
    if (fields[field] !== undefined) return irregular();
    const value = skipSpaces(bytes, colon + 1, to);
    switch (key) {
      case 'urls':
        urls = [];
        fields.urls = urls;
        return value === to || irregular();
      case 'maintainers':
      case 'dependencies':
        nodes = [];
        fields[key === 'maintainers' ? 'maintainers' : 'aliases'] = nodes;
        return value === to || irregular();
      // `true` and `false` are all that is regular of what is no text.
      case 'deprecated': {
        const word = asciiAt(bytes, value, to);
        if (word !== 'true' && word !== 'false') return irregular();
        fields.deprecated = word === 'true';
        return true;
      }
      default: {
        const read = text(key, value, to);
        if (read === IRREGULAR) return irregular();
        fields[key] = read;
        return true;
      }
    }
  };

  const lookAtItem = (line: Line): boolean => {
    listIndent ??= line.indent;
    if (line.indent !== listIndent) return irregular();
    const inner = skipSpaces(bytes, line.from + 1, line.to);
    if (key === 'urls') {
      const url = plainScalar(bytes, inner, line.to);
      if (url === IRREGULAR || urls === undefined) return irregular();
      urls.push(url);
      return true;
    }
    nodes?.push('');
    nodeIndent = line.indent + (inner - line.from);
    return lookAtNodeKey(inner, line.to);
  };

  const lookAtNodeKey = (from: number, to: number): boolean => {
    const colon = colonOf(bytes, from, to);
    if (nodes === undefined || !isWord(bytes, from, colon)) return irregular();
    if (key !== 'dependencies' || colon - from !== ALIAS.length) return true;
    const name = asciiAt(bytes, from, colon);
    if (name.toLowerCase() !== ALIAS) return true;
    const alias = plainScalar(bytes, skipSpaces(bytes, colon + 1, to), to);
    if (alias === IRREGULAR || name !== ALIAS) return irregular();
    nodes[nodes.length - 1] = alias;
    return true;
  };

  return {
    begin(line) {
      const { from, to, indent } = line;
      fields = {};
      key = undefined;
      isIrregular = false;
      const first = skipSpaces(bytes, from + 1, to);
      keyIndent = indent + (first - from);
      if (first === to || line.isOpen) isIrregular = true;
      else lookAtKey(first, to);
    },
    look(line) {
      if (isIrregular) return true;
      if (line.isOpen) return irregular();
      const isDash = bytes[line.from] === DASH && bytes[line.from + 1] === SPACE;
      if (line.indent === keyIndent && !isDash) return lookAtKey(line.from, line.to);
      if (line.indent < keyIndent) return irregular();
      if (key === undefined) return true;
      if (key !== 'urls' && key !== 'maintainers' && key !== 'dependencies') return irregular();
      if (isDash && line.indent <= (listIndent ?? line.indent)) return lookAtItem(line);
      if (key === 'urls' || listIndent === undefined) return irregular();
      if (line.indent < nodeIndent) return irregular();
      // Not looked at: what is below a key of the node, a list as far left as that key included.
      return key === 'maintainers' || line.indent > nodeIndent || isDash || lookAtNodeKey(line.from, line.to);
    },
    end: () => (isIrregular ? IRREGULAR : fields),
  };
}

/** Texts of keys. Versions of a chart have most in common: what was there the last time is neither decoded nor held twice. */
function repeatedTexts(bytes: Buffer): (key: Text, from: number, to: number) => string | Irregular {
  const last = new Map<Text, { readonly from: number; readonly length: number; readonly text: string }>();
  return (key, from, to) => {
    const known = last.get(key);
    if (known !== undefined && known.length === to - from && isSame(bytes, known, from)) return known.text;
    const text = plainScalar(bytes, from, to);
    if (text !== IRREGULAR) last.set(key, { from, length: to - from, text });
    return text;
  };
}

function isSame(bytes: Uint8Array, { from, length }: { readonly from: number; readonly length: number }, other: number): boolean {
  // Backwards: where they differ, it is in the end.
  for (let at = length - 1; at >= 0; at--) if (bytes[from + at] !== bytes[other + at]) return false;
  return true;
}

/** The key in these bytes, undefined for one that does not matter; irregular where a parser has to say what it is. */
function keyAt(bytes: Buffer, from: number, to: number): Key | undefined | Irregular {
  const first = (bytes[from] ?? 0) | 0x20;
  // Anything else than a letter may be an anchor, an alias, a tag, a merge, a quote.
  if (first < 0x61 || first > 0x7a) return IRREGULAR;
  for (const { key, lower } of PATTERNS[to - from] ?? []) {
    if (first !== lower[0]) continue;
    let isSimilar = true;
    for (let at = 1; at < lower.length && isSimilar; at++) isSimilar = ((bytes[from + at] ?? 0) | 0x20) === lower[at];
    if (isSimilar) return asciiAt(bytes, from, to) === key ? key : IRREGULAR;
  }
  return undefined;
}

/** Letters and dashes only, and at least one. */
function isWord(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = (bytes[at] ?? 0) | 0x20;
    if ((byte < 0x61 || byte > 0x7a) && bytes[at] !== DASH) return false;
  }
  return to > from;
}

const asciiAt = (bytes: Buffer, from: number, to: number): string => bytes.toString('latin1', from, Math.min(to, from + 64));

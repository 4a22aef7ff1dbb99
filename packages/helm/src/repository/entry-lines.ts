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

const PATTERNS = KEYS.map((key) => ({ key, exact: new TextEncoder().encode(key), lower: new TextEncoder().encode(key.toLowerCase()) }));

/** Reads the lines of one version of a chart. */
export interface EntryReader {
  /** Where it begins in the bytes. */
  readonly start: number;
  /** Whether the line can be part of it at all. */
  readonly look: (line: Line) => boolean;
  /** What was read; irregular if a parser has to look. */
  readonly end: (at: number) => IndexEntry | Irregular;
}

type Fields = { -readonly [K in keyof IndexEntry]: IndexEntry[K] };

/** Begins with the line of the dash. */
export function entryReader(bytes: Uint8Array, { start, from, to, indent }: Line): EntryReader {
  const fields: Fields = {};
  let urls: string[] | undefined;
  let nodes: (string | null)[] | undefined;
  /** Of its keys: where the one behind the dash stands. */
  let keyIndent = indent + 1;
  let key: Key | undefined;
  /** Of the dashes below the key. */
  let listIndent: number | undefined;
  /** Of the keys behind those dashes. */
  let nodeIndent = 0;
  let seen = 0;
  let isIrregular = false;

  const irregular = (): true => {
    isIrregular = true;
    return true;
  };

  const setText = (name: (typeof TEXTS)[number], value: string | Irregular): boolean => {
    if (value === IRREGULAR) return irregular();
    fields[name] = value;
    return true;
  };

  const lookAtKey = (line: Pick<Line, 'from' | 'to'>): boolean => {
    const colon = colonOf(bytes, line);
    if (colon === line.from) return irregular();
    const found = keyAt(bytes, line.from, colon);
    if (found === IRREGULAR) return irregular();
    key = found;
    listIndent = undefined;
    if (key === undefined) return true;
    const bit = 1 << KEYS.indexOf(key);
    if ((seen & bit) !== 0) return irregular();
    seen |= bit;
    const value = skipSpaces(bytes, colon + 1, line.to);
    if (key === 'urls') {
      urls = [];
      fields.urls = urls;
      return value === line.to || irregular();
    }
    if (key === 'maintainers' || key === 'dependencies') {
      nodes = [];
      fields[key === 'maintainers' ? 'maintainers' : 'aliases'] = nodes;
      return value === line.to || irregular();
    }
    // `true` and `false` are all that is regular of what is no text.
    if (key === 'deprecated') {
      const text = asciiAt(bytes, value, line.to);
      if (text !== 'true' && text !== 'false') return irregular();
      fields.deprecated = text === 'true';
      return true;
    }
    return setText(key, plainScalar(bytes, value, line.to));
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
    return lookAtNodeKey({ from: inner, to: line.to });
  };

  const lookAtNodeKey = (line: Pick<Line, 'from' | 'to'>): boolean => {
    const colon = colonOf(bytes, line);
    if (nodes === undefined || !isWord(bytes, line.from, colon)) return irregular();
    if (key !== 'dependencies' || colon - line.from !== ALIAS.length) return true;
    const name = asciiAt(bytes, line.from, colon);
    if (name.toLowerCase() !== ALIAS) return true;
    const alias = plainScalar(bytes, skipSpaces(bytes, colon + 1, line.to), line.to);
    if (alias === IRREGULAR || name !== ALIAS) return irregular();
    nodes[nodes.length - 1] = alias;
    return true;
  };

  const first = skipSpaces(bytes, from + 1, to);
  if (first === to) isIrregular = true;
  else {
    keyIndent = indent + (first - from);
    lookAtKey({ from: first, to });
  }

  return {
    start,
    look(line) {
      if (isIrregular) return true;
      const isDash = bytes[line.from] === DASH && bytes[line.from + 1] === SPACE;
      if (line.indent === keyIndent && !isDash) return lookAtKey(line);
      if (line.indent < keyIndent) return irregular();
      if (key === undefined) return true;
      if (key !== 'urls' && key !== 'maintainers' && key !== 'dependencies') return irregular();
      if (isDash && line.indent <= (listIndent ?? line.indent)) return lookAtItem(line);
      if (key === 'urls' || listIndent === undefined) return irregular();
      if (line.indent < nodeIndent) return irregular();
      // Not looked at: what is below a key of the node, a list as far left as that key included.
      return key === 'maintainers' || line.indent > nodeIndent || isDash || lookAtNodeKey(line);
    },
    end: () => (isIrregular ? IRREGULAR : fields),
  };
}

/** The key in these bytes, undefined for one that does not matter; irregular where a parser has to say what it is. */
function keyAt(bytes: Uint8Array, from: number, to: number): Key | undefined | Irregular {
  const first = (bytes[from] ?? 0) | 0x20;
  // Anything else than a letter may be an anchor, an alias, a tag, a merge, a quote.
  if (first < 0x61 || first > 0x7a) return IRREGULAR;
  for (const { key, exact, lower } of PATTERNS) {
    if (exact.length !== to - from || first !== lower[0]) continue;
    let [isSame, isSimilar] = [true, true];
    for (let at = 1; at < exact.length && isSimilar; at++) {
      const byte = bytes[from + at] ?? 0;
      isSame &&= byte === exact[at];
      isSimilar = (byte | 0x20) === lower[at];
    }
    if (isSimilar) return isSame && bytes[from] === exact[0] ? key : IRREGULAR;
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

const asciiAt = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 64)));

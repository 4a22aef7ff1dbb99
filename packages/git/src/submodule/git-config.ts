import { GitError } from '../git-error.ts';

/** One `key = value` of a file in Git's configuration syntax. */
export interface ConfigEntry {
  /** In lower case, as Git compares it; empty before the first section. */
  readonly section: string;
  /** As it is written; undefined for a section without. */
  readonly subsection: string | undefined;
  /** In lower case. */
  readonly key: string;
  /** `true` for a key that stands alone. */
  readonly value: string;
}

const MAX_BYTES = 256 * 1024;
const MAX_ENTRIES = 10_000;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', '"': '"', '\\': '\\' };

/**
 * Reads a file in Git's configuration syntax (git-config(1), "Syntax"), in time by its length. Nothing is included, whatever the file says.
 * Throws `GitError` where Git would refuse the file, and for one of more than 256 KiB.
 */
export function parseGitConfig(text: string): readonly ConfigEntry[] {
  if (text.length > MAX_BYTES) throw new GitError('too-large', `the Git configuration is larger than ${MAX_BYTES} bytes`);
  const cursor: Cursor = { text: text.replace(/^\ufeff/, ''), at: 0 };
  const entries: ConfigEntry[] = [];
  let current: Pick<ConfigEntry, 'section' | 'subsection'> = { section: '', subsection: undefined };
  for (let char = peek(cursor); char !== ''; char = peek(cursor)) {
    if (/[ \t\r\n]/.test(char)) cursor.at += 1;
    else if (char === '#' || char === ';') skipLine(cursor);
    else if (char === '[') current = readHeader(cursor);
    else entries.push({ ...current, ...readPair(cursor) });
    if (entries.length > MAX_ENTRIES) throw new GitError('too-large', `the Git configuration has more than ${MAX_ENTRIES} values`);
  }
  return entries;
}

interface Cursor {
  readonly text: string;
  at: number;
}

const peek = ({ text, at }: Cursor): string => text[at] ?? '';

function take(cursor: Cursor): string {
  const char = peek(cursor);
  cursor.at += 1;
  return char;
}

/** What matches at the cursor, which moves behind it; the expression is sticky. */
function takeMatch(cursor: Cursor, expression: RegExp): string {
  expression.lastIndex = cursor.at;
  const found = expression.exec(cursor.text)?.[0] ?? '';
  cursor.at += found.length;
  return found;
}

function skipLine(cursor: Cursor): void {
  takeMatch(cursor, /[^\n]*/y);
}

/** `[section]`, `[section "subsection"]`, or the old `[section.subsection]`. */
function readHeader(cursor: Cursor): Pick<ConfigEntry, 'section' | 'subsection'> {
  take(cursor);
  const name = takeMatch(cursor, /[A-Za-z0-9.-]+/y).toLowerCase();
  const space = takeMatch(cursor, /[ \t]*/y);
  if (name === '') throw damaged(cursor);
  if (peek(cursor) === ']' && space === '') {
    take(cursor);
    const dot = name.indexOf('.');
    return dot < 0 ? { section: name, subsection: undefined } : { section: name.slice(0, dot), subsection: name.slice(dot + 1) };
  }
  if (space === '' || take(cursor) !== '"') throw damaged(cursor);
  let subsection = '';
  for (let char = take(cursor); char !== '"'; char = take(cursor)) {
    // A backslash before any other character stands for nothing.
    const plain = char === '\\' ? take(cursor) : char;
    if (plain === '' || plain === '\n') throw damaged(cursor);
    subsection += plain;
  }
  if (take(cursor) !== ']') throw damaged(cursor);
  return { section: name, subsection };
}

function readPair(cursor: Cursor): Pick<ConfigEntry, 'key' | 'value'> {
  const key = takeMatch(cursor, /[A-Za-z][A-Za-z0-9-]*/y).toLowerCase();
  if (key === '') throw damaged(cursor);
  takeMatch(cursor, /[ \t]*/y);
  const next = peek(cursor);
  if (next === '=') {
    take(cursor);
    return { key, value: readValue(cursor) };
  }
  takeMatch(cursor, /\r(?=\n)/y);
  if (!['', '\n'].includes(peek(cursor))) throw damaged(cursor);
  return { key, value: 'true' };
}

/** Up to the end of the line; spaces around it and comments are not part of it, except within quotes. */
function readValue(cursor: Cursor): string {
  let value = '';
  /** How much of the value is there whatever follows: spaces at the end are not. */
  let kept = 0;
  let quoted = false;
  takeMatch(cursor, /[ \t]*/y);
  for (;;) {
    const char = take(cursor);
    if (char === '' || char === '\n' || (char === '\r' && ['\n', ''].includes(peek(cursor)))) {
      if (quoted) throw damaged(cursor);
      return value.slice(0, kept);
    }
    if (!quoted && (char === '#' || char === ';')) {
      skipLine(cursor);
      continue;
    }
    if (char === '"') {
      quoted = !quoted;
      kept = value.length;
      continue;
    }
    if (char === '\\') {
      takeMatch(cursor, /\r(?=\n)/y);
      const next = take(cursor);
      if (next === '\n' || next === '') continue;
      const meant = Object.hasOwn(ESCAPES, next) ? ESCAPES[next] : undefined;
      if (meant === undefined) throw damaged(cursor);
      value += meant;
      kept = value.length;
      continue;
    }
    value += char;
    if (quoted || !/[ \t]/.test(char)) kept = value.length;
  }
}

function damaged({ text, at }: Cursor): GitError {
  const line = text.slice(0, at).split('\n').length;
  return new GitError('hostile-content', `the Git configuration is damaged near line ${line}`);
}

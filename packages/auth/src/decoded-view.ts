/** A text with its escapes undone, and where each of its characters came from. */
export interface View {
  readonly text: string;
  /** Where the character at `index` begins in the original text; at the view's length, the original's. */
  originOf(index: number): number;
}

/** The text as it is, with either kind of escape undone, and with one that was within the other. */
export function viewsOf(text: string): readonly View[] {
  const plain: View = { text, originOf: (index) => index };
  const once = undone(plain);
  return [plain, ...once, ...once.flatMap(undone)];
}

const undone = (view: View): readonly View[] => [percentView(view), quotedView(view)].filter((found) => found !== undefined);

/** What an escape at `index` stands for, and how long it is; undefined when there is none. */
type Escape = (text: string, index: number) => { readonly stands: string; readonly length: number } | undefined;

/** Undoes `%41`, as it is in URLs. Undefined when there is nothing to undo. */
const percentView = (of: View): View | undefined => (/%[0-9a-f]{2}/i.test(of.text) ? decoded(of, '%', percentAt) : undefined);

/** Undoes `\n`, `\"`, `\u0041` and `\x41`, as they are in JSON and in what Go quotes. Undefined when there is nothing to undo. */
const quotedView = (of: View): View | undefined => (of.text.includes('\\') ? decoded(of, '\\', quotedAt) : undefined);

function decoded(of: View, mark: string, escapeAt: Escape): View {
  const { text } = of;
  // An escape is longer than what it stands for.
  const units = new Uint16Array(text.length);
  const origins = new Uint32Array(text.length + 1);
  let size = 0;
  const code = mark.charCodeAt(0);
  for (let index = 0; index < text.length; ) {
    const unit = text.charCodeAt(index);
    const escaped = unit === code ? escapeAt(text, index) : undefined;
    if (escaped === undefined) {
      units[size] = unit;
      origins[size] = index;
      size += 1;
      index += 1;
      continue;
    }
    for (let part = 0; part < escaped.stands.length; part += 1) {
      units[size] = escaped.stands.charCodeAt(part);
      origins[size] = index;
      size += 1;
    }
    index += escaped.length;
  }
  origins[size] = text.length;
  return {
    text: Buffer.from(units.buffer, 0, size * 2).toString('utf16le'),
    originOf: (index) => of.originOf(origins[index] ?? text.length),
  };
}

function percentAt(text: string, index: number): ReturnType<Escape> {
  const first = byteAt(text, index);
  if (first === undefined) return undefined;
  // One character of UTF-8 is one to four bytes, as its first says.
  const count = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const bytes = [first];
  while (bytes.length < count) {
    const byte = byteAt(text, index + 3 * bytes.length);
    if (byte === undefined || (byte & 0xc0) !== 0x80) break;
    bytes.push(byte);
  }
  return { stands: count === 1 ? String.fromCharCode(first) : Buffer.from(bytes).toString('utf8').slice(0, 2), length: 3 * bytes.length };
}

const byteAt = (text: string, index: number): number | undefined => (text[index] === '%' ? hexAt(text, index + 1, 2) : undefined);

const LETTERS: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  a: '\x07',
  v: '\v',
  '"': '"',
  "'": "'",
  '/': '/',
  '\\': '\\',
};

function quotedAt(text: string, index: number): ReturnType<Escape> {
  const kind = text[index + 1] ?? '';
  const digits = kind === 'u' ? 4 : kind === 'x' ? 2 : 0;
  if (digits > 0) {
    const code = hexAt(text, index + 2, digits);
    return code === undefined ? undefined : { stands: String.fromCharCode(code), length: digits + 2 };
  }
  const letter = Object.hasOwn(LETTERS, kind) ? LETTERS[kind] : undefined;
  return letter === undefined ? undefined : { stands: letter, length: 2 };
}

function hexAt(text: string, index: number, digits: number): number | undefined {
  let value = 0;
  for (let place = index; place < index + digits; place += 1) {
    const digit = DIGITS.indexOf(text.charAt(place).toLowerCase() || ' ');
    if (digit < 0) return undefined;
    value = value * 16 + digit;
  }
  return value;
}

const DIGITS = '0123456789abcdef';

import { renderScalar } from './render-scalar.ts';

/**
 * A value as YAML, byte for byte as sigs.k8s.io/yaml (go-yaml 2) prints it: keys in its natural order, two spaces, sequences not indented
 * below their key, long text folded behind column 80. `undefined` in an object is left out, as JSON has it. The inverse of `readYaml` with
 * the dialect `config`.
 */
export function renderYaml(value: unknown): string {
  if (isFilled(value)) return `${collection(value, 0)}\n`;
  return `${leaf(value, { indent: 2, column: 0 })}\n`;
}

/** The lines of a collection; the first one begins where the cursor is. */
function collection(value: object, indent: number): string {
  const newLine = `\n${' '.repeat(indent)}`;
  if (Array.isArray(value)) return value.map((item) => `- ${behindMark(item, indent)}`).join(newLine);
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.keys(value)
    .filter((key) => fields[key] !== undefined)
    .sort(compareKeys)
    .map((key) => entry(key, fields[key], indent))
    .join(newLine);
}

const MAX_KEY_BYTES = 128;

/** A key that takes a line of its own. No UTF-16 unit takes more than three bytes. */
const isComplex = (key: string): boolean =>
  /[\n\r]/.test(key) || (key.length > MAX_KEY_BYTES / 3 && new TextEncoder().encode(key).length > MAX_KEY_BYTES);

function entry(key: string, value: unknown, indent: number): string {
  const inner = indent + 2;
  if (isComplex(key)) {
    const rendered = renderScalar(key, { indent: inner, column: inner });
    return `? ${rendered}\n${' '.repeat(indent)}: ${behindMark(value, indent)}`;
  }
  const rendered = `${renderScalar(key, { indent: inner, column: indent, isKey: true })}:`;
  if (!isFilled(value)) return `${rendered} ${leaf(value, { indent: inner, column: indent + rendered.length + 1 })}`;
  const below = Array.isArray(value) ? indent : inner;
  return `${rendered}\n${' '.repeat(below)}${collection(value, below)}`;
}

/** What follows a `- `, or the `: ` of a key that takes a line of its own. */
function behindMark(value: unknown, indent: number): string {
  const inner = indent + 2;
  return isFilled(value) ? collection(value, inner) : leaf(value, { indent: inner, column: inner });
}

interface Place {
  readonly indent: number;
  readonly column: number;
}

function leaf(value: unknown, place: Place): string {
  if (Array.isArray(value)) return '[]';
  if (typeof value === 'object' && value !== null) return '{}';
  if (typeof value === 'string') return renderScalar(value, place);
  if (typeof value === 'number') return renderNumber(value);
  return value === undefined ? 'null' : String(value);
}

function isFilled(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.length > 0;
  const fields = value as Readonly<Record<string, unknown>>;
  for (const key in fields) if (Object.hasOwn(fields, key) && fields[key] !== undefined) return true;
  return false;
}

/** Whole numbers in full as long as 64 bits hold them, others as Go's `%g`: from 1e+06 and below 1e-04 with an exponent. */
function renderNumber(value: number): string {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 64) return String(value);
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  const places = String(Math.abs(power)).padStart(2, '0');
  return `${digits}e${power < 0 ? '-' : '+'}${places}`;
}

/** go-yaml's order: letters behind everything else, numbers inside of names by their value. */
function compareKeys(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === a.length || at === b.length) return a.length - b.length;
  // Most keys differ in a letter, and need no more than a look.
  const [l, r] = [a.charCodeAt(at), b.charCodeAt(at)];
  return isLowerCase(l) && isLowerCase(r) ? l - r : compareCharacters([...a], [...b]);
}

const isLowerCase = (code: number): boolean => code >= 0x61 && code <= 0x7a;

function compareCharacters(left: readonly string[], right: readonly string[]): number {
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [l = '', r = ''] = [left[at], right[at]];
    if (l !== r) return compareFrom({ left, right, at, l, r });
  }
  return left.length - right.length;
}

interface Difference {
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly at: number;
  readonly l: string;
  readonly r: string;
}

function compareFrom({ left, right, at, l, r }: Difference): number {
  const [isLeftLetter, isRightLetter] = [isLetter(l), isLetter(r)];
  if (isLeftLetter !== isRightLetter) return isRightLetter ? -1 : 1;
  const byCode = (l.codePointAt(0) ?? 0) - (r.codePointAt(0) ?? 0);
  if (isLeftLetter) return byCode;
  // A zero that differs stands for a longer number if digits other than zero precede it.
  const prefix = l === '0' || r === '0' ? followsDigits(left, at) : '';
  const [leftDigits, rightDigits] = [digitsFrom(left, at), digitsFrom(right, at)];
  const [leftNumber, rightNumber] = [BigInt(`0${prefix}${leftDigits}`), BigInt(`0${prefix}${rightDigits}`)];
  if (leftNumber !== rightNumber) return leftNumber < rightNumber ? -1 : 1;
  return leftDigits.length - rightDigits.length || byCode;
}

const isLetter = (text: string): boolean => /\p{L}/u.test(text);
const isDigit = (text: string | undefined): boolean => text !== undefined && /^[0-9]$/.test(text);

function digitsFrom(text: readonly string[], start: number): string {
  let end = start;
  while (isDigit(text[end])) end += 1;
  return text.slice(start, end).join('');
}

function followsDigits(text: readonly string[], start: number): '1' | '' {
  for (let at = start - 1; isDigit(text[at]); at--) if (text[at] !== '0') return '1';
  return '';
}

import { compareKeys } from './key-order.ts';
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

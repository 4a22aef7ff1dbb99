import { parseFloatConstant, parseInteger } from '../../parse/number.ts';
import { type GoValue, type Raw, Struct, Typed } from '../../value/model.ts';
import { nameOfType, rawOf } from '../../value/value.ts';

export const MIN_INT64 = -(2n ** 63n);
export const MAX_INT64 = 2n ** 63n - 1n;

/** Numbers, texts and truths of a type with a name of its own are none for the library; of these it knows. */
const KNOWN = /^(u?int(8|16|32|64)?|float(32|64)|string|bool|time\.(Weekday|Month))$/;

function scalarOf(given: GoValue): bigint | number | string | boolean | undefined {
  const value = behindPointers(given);
  const raw = rawOf(value);
  return typeof raw === 'object' || typeof raw === 'function' || !KNOWN.test(nameOfType(value)) ? undefined : raw;
}

function behindPointers(value: GoValue): GoValue {
  if (!(value instanceof Typed) || value.type.kind !== 'ptr' || value.raw === null || value.raw instanceof Struct) return value;
  return behindPointers(pointee(value.raw));
}

const pointee = (raw: Raw): GoValue => (raw instanceof Uint8Array ? null : raw);

/** As an `int64` or an `int`, by the rules of the library cast: text as Go writes numbers (`0x1f`, `017`, `1_000`), but for zeros behind a point; 0 for what is none. */
export function toInt64(value: GoValue): bigint {
  const scalar = scalarOf(value);
  switch (typeof scalar) {
    case 'bigint':
      return BigInt.asIntN(64, scalar);
    case 'number':
      return truncated(scalar);
    case 'string':
      return parseInt64(scalar.replace(/\.0+$/, '')) ?? 0n;
    case 'boolean':
      return scalar ? 1n : 0n;
    default:
      return 0n;
  }
}

/** More digits than these are no number of 64 bits, whatever the base. */
const MAX_DIGITS = 200;

function parseInt64(text: string): bigint | undefined {
  if (text.length > MAX_DIGITS && !/^[-+]?0/.test(text)) return undefined;
  const parsed = parseInteger(text);
  return parsed !== undefined && parsed >= MIN_INT64 && parsed <= MAX_INT64 ? parsed : undefined;
}

/** What the processors that Helm runs on make of a float: the lowest number, where it does not fit. */
function truncated(value: number): bigint {
  return value >= -(2 ** 63) && value < 2 ** 63 ? BigInt(Math.trunc(value)) : MIN_INT64;
}

/** As a `float64`, by the rules of the library cast; 0 for what is no number. */
export function toFloat64(value: GoValue): number {
  const scalar = scalarOf(value);
  switch (typeof scalar) {
    case 'bigint':
    case 'number':
    case 'boolean':
      return Number(scalar);
    case 'string':
      return floatOfText(scalar) ?? 0;
    default:
      return 0;
  }
}

function floatOfText(text: string): number | undefined {
  const [, sign, infinite] = /^([-+]?)(inf|infinity)$/i.exec(text) ?? [];
  if (infinite !== undefined) return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  const parsed = parseFloatConstant(text);
  return parsed !== undefined && Number.isFinite(parsed) ? parsed : undefined;
}

import { type Flags, padded, paddedWithSpaces, padding } from './flags.ts';
import { type Digits, exactDigits, partsOf, rounded, shortestDigits } from './float-digits.ts';

export type FloatVerb = 'e' | 'E' | 'f' | 'g' | 'G' | 'b' | 'x' | 'X';

interface FloatStyle {
  readonly verb: FloatVerb;
  /** Undefined: as few digits as tell the number from all others. */
  readonly precision?: number | undefined;
  readonly bits?: 32 | 64;
}

/** As Go's `strconv.FormatFloat` writes it. */
export function floatText(value: number, { verb, precision, bits = 64 }: FloatStyle): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const size = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (verb === 'b') return sign + binary(size, bits);
  if (verb === 'x' || verb === 'X') {
    const text = hexadecimal(size, { precision, bits });
    return sign + (verb === 'X' ? text.toUpperCase() : text);
  }
  return sign + decimal(size, { verb, precision, bits });
}

function decimal(size: number, { verb, precision, bits = 64 }: FloatStyle): string {
  if (precision === undefined) {
    const digits = shortestDigits(size, bits);
    const { length } = digits.digits;
    if (verb === 'e' || verb === 'E') return scientific(digits, Math.max(length - 1, 0), verb);
    if (verb === 'f') return plain(digits, Math.max(length - digits.point, 0));
    return general(digits, { verb, limit: length, threshold: 6 });
  }
  const all = exactDigits(size, bits);
  if (verb === 'e' || verb === 'E') return scientific(rounded(all, precision + 1), precision, verb);
  if (verb === 'f') return plain(rounded(all, all.point + precision), precision);
  const limit = Math.max(precision, 1);
  const digits = rounded(all, limit);
  const { length } = digits.digits;
  return general(digits, { verb, limit, threshold: limit > length && length >= digits.point ? length : limit });
}

/** Scientific for what is below 0.0001, or has more digits before the point than the threshold. */
function general(
  digits: Digits,
  { verb, limit, threshold }: { readonly verb: string; readonly limit: number; readonly threshold: number },
): string {
  const exponent = digits.point - 1;
  const { length } = digits.digits;
  if (exponent < -4 || exponent >= threshold) return scientific(digits, Math.min(limit, length) - 1, verb === 'g' ? 'e' : 'E');
  return plain(digits, Math.max((limit > digits.point ? length : limit) - digits.point, 0));
}

function scientific({ digits, point }: Digits, places: number, sign: string): string {
  const fraction = places > 0 ? `.${digits.slice(1, places + 1).padEnd(places, '0')}` : '';
  const exponent = digits === '' ? 0 : point - 1;
  return `${digits.charAt(0) || '0'}${fraction}${sign}${signed(exponent)}`;
}

function plain({ digits, point }: Digits, places: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (places <= 0) return whole;
  const fraction = point > 0 ? digits.slice(point) : '0'.repeat(Math.min(-point, places)) + digits;
  return `${whole}.${fraction.slice(0, places).padEnd(places, '0')}`;
}

const signed = (exponent: number): string => `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;

function binary(size: number, bits: 32 | 64): string {
  const { mantissa, exponent } = partsOf(size, bits);
  return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
}

const FRACTION = 60n;

function hexadecimal(size: number, { precision, bits }: { readonly precision: number | undefined; readonly bits: 32 | 64 }): string {
  let { mantissa, exponent } = partsOf(size, bits);
  const digits = BigInt(mantissa.toString(2).length);
  if (mantissa === 0n) exponent = 0;
  else {
    exponent += Number(digits) - 1;
    mantissa <<= FRACTION - (digits - 1n);
  }
  if (precision !== undefined && precision < 15) {
    const dropped = FRACTION - BigInt(precision * 4);
    const rest = BigInt.asUintN(Number(dropped), mantissa);
    const half = 1n << (dropped - 1n);
    mantissa >>= dropped;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n;
    mantissa <<= dropped;
    if (mantissa >> 61n) {
      mantissa >>= 1n;
      exponent += 1;
    }
  }
  const fraction = BigInt.asUintN(60, mantissa).toString(16).padStart(15, '0');
  const shown = precision === undefined ? fraction.replace(/0+$/, '') : fraction.slice(0, precision).padEnd(precision, '0');
  return `0x${mantissa >> FRACTION}${shown === '' ? '' : `.${shown}`}p${signed(exponent)}`;
}

/** A float as a verb of `Printf` has it, with sign, width and zeros. */
export function formatFloat(value: number, style: FloatStyle, flags: Flags): string {
  const { verb } = style;
  const precision = flags.precision ?? style.precision;
  let text = floatText(value, { ...style, precision });
  let sign = /^[-+]/.test(text) ? text.charAt(0) : '+';
  text = text.replace(/^[-+]/, '');
  if (flags.space && sign === '+' && !flags.plus) sign = ' ';
  if (!Number.isFinite(value)) {
    const unsigned = Number.isNaN(value) && !flags.space && !flags.plus;
    return paddedWithSpaces((unsigned ? '' : sign) + text, flags);
  }
  if (flags.sharp && verb !== 'b') text = withPoint(text, { verb, precision });
  if (!flags.plus && sign === '+') return padded(text, flags);
  if (flags.zero && !flags.minus && flags.width !== undefined) return sign + padding(flags.width - text.length - 1, flags) + text;
  return padded(sign + text, flags);
}

/** `%#g`: with a point whatever follows it, and the zeros that `%g` leaves out. */
function withPoint(text: string, { verb, precision }: { readonly verb: FloatVerb; readonly precision: number | undefined }): string {
  const isHex = verb === 'x' || verb === 'X';
  const end = text.search(isHex ? /p/i : /e/i);
  const [head, tail] = end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end)];
  const pointed = head.includes('.') ? head : `${head}.`;
  if (verb !== 'g' && verb !== 'G' && verb !== 'x') return pointed + tail;
  const wanted = precision ?? 6;
  const significant = head.replace('.', '').replace(/^0+/, '').length + (head === '0' ? 1 : 0);
  return pointed + '0'.repeat(Math.max(0, wanted - significant)) + tail;
}

import { quote } from '../format/quote.ts';
import { unquoteCharacter } from './unquote.ts';

/** A number constant under every type that can hold it; a string says why it is none. */
export interface Constant {
  readonly int?: bigint;
  readonly uint?: bigint;
  readonly float?: number;
}

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);
const MAX_UINT = 2n ** 64n - 1n;

/** `'a'`, with its quotes. */
export function characterConstant(text: string): Constant | string {
  const character = unquoteCharacter(text);
  if (character === undefined) return 'invalid syntax';
  if (character.rest !== "'") return `malformed character constant: ${text}`;
  const code = BigInt(character.code);
  return { int: code, uint: code, float: character.code };
}

/** Integers of every base, floats. What is imaginary is refused: nothing but Go's own mathematics knows what to do with it. */
export function numberConstant(text: string): Constant | string {
  if (text.endsWith('i') && parseFloatConstant(text.slice(0, -1)) !== undefined)
    return `imaginary constants are not supported: ${quote(text)}`;
  const integer = parseInteger(text);
  if (integer !== undefined) {
    const int = integer >= MIN_INT && integer <= MAX_INT ? { int: integer } : {};
    const uint = integer >= 0n && integer <= MAX_UINT && !(/^[-+]/.test(text) && integer !== 0n) ? { uint: integer } : {};
    if (int.int !== undefined || uint.uint !== undefined) return { ...int, ...uint, float: Number(integer) };
  }
  const float = parseFloatConstant(text);
  if (float === undefined || !Number.isFinite(float)) return `illegal number syntax: ${quote(text)}`;
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${quote(text)}`;
  const whole = Number.isInteger(float) ? BigInt(float) : undefined;
  return {
    float,
    ...(whole !== undefined && whole >= MIN_INT && whole <= MAX_INT ? { int: whole } : {}),
    ...(whole !== undefined && whole >= 0n && whole <= MAX_UINT ? { uint: whole } : {}),
  };
}

const INTEGER = /^([-+]?)(?:0[xX]([_0-9a-fA-F]+)|0[bB]([_01]+)|0[oO]([_0-7]+)|0([_0-7]*)|([1-9][_0-9]*))$/;

/** As Go's `ParseInt` with base 0 reads it, of any size. */
export function parseInteger(text: string): bigint | undefined {
  const match = INTEGER.exec(text);
  if (match === null || !underscoresOk(text)) return undefined;
  const [, sign, hex, binary, octal, oldOctal, decimal] = match;
  const [prefix, digits] =
    hex !== undefined
      ? ['0x', hex]
      : binary !== undefined
        ? ['0b', binary]
        : decimal !== undefined
          ? ['', decimal]
          : ['0o', octal ?? `0${oldOctal ?? ''}`];
  const size = BigInt(prefix + digits.replaceAll('_', ''));
  return sign === '-' ? -size : size;
}

/** An underscore stands between digits, or between the prefix of a base and a digit. */
function underscoresOk(text: string): boolean {
  const body = text.replace(/^[-+]/, '');
  const digit = /^0[xX]/.test(body) ? '[0-9a-fA-F]' : '[0-9]';
  const digits = body.replace(/^0[bBoOxX]/, '0');
  return !new RegExp(`^_|_$|(?<!${digit})_|_(?!${digit})`).test(digits);
}

const DECIMAL_FLOAT = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;
const HEX_FLOAT = /^([-+]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([-+]?[0-9]+)$/;

/** As Go's `ParseFloat` reads it; infinite if it is too large, undefined if it is no number. */
export function parseFloatConstant(text: string): number | undefined {
  if (!underscoresOk(text)) return undefined;
  const digits = text.replaceAll('_', '');
  if (DECIMAL_FLOAT.test(digits)) return Number(digits);
  const [match, sign, whole = '', fraction = '', exponent = '0'] = HEX_FLOAT.exec(digits) ?? [];
  if (match === undefined || whole + fraction === '') return undefined;
  // Digits beyond these are not told apart: constants of a template have few.
  const mantissa = (whole + fraction).slice(0, 300);
  const shift = Number(exponent) - 4 * (fraction.length - (whole.length + fraction.length - mantissa.length));
  const size = scaled(BigInt(`0x${mantissa}`), shift);
  return sign === '-' ? -size : size;
}

/** `mantissa` times 2 to the power of `exponent`, rounded once. */
function scaled(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) return 0;
  const bits = mantissa.toString(2).length;
  if (bits + exponent > 1024) return Number.POSITIVE_INFINITY;
  if (bits + exponent < -1080) return 0;
  if (exponent >= 0) return Number(mantissa << BigInt(exponent));
  // A denormal has fewer bits: the precision that is left decides where to round.
  const precision = Math.min(53, bits + exponent + 1074);
  const cut = bits - precision;
  if (cut <= 0) return Number(mantissa) * 2 ** (exponent + 60) * 2 ** -60;
  const kept = mantissa >> BigInt(cut);
  const rest = mantissa - (kept << BigInt(cut));
  const half = 1n << BigInt(cut - 1);
  const rounded = rest > half || (rest === half && (kept & 1n) === 1n) ? kept + 1n : kept;
  const power = exponent + cut;
  return power < -1000 ? Number(rounded) * 2 ** -1000 * 2 ** (power + 1000) : Number(rounded) * 2 ** power;
}

import { type Flags, paddedWithSpaces, padding } from './flags.ts';
import { isPrintable } from './printable.ts';
import { characterOf, quoteCharacter } from './quote.ts';

const BASES: Readonly<Record<string, number>> = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

/** An integer of any kind as a verb has it; undefined if the verb is none for integers. */
export function formatInteger(value: bigint, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case 'c':
      return paddedWithFlags(characterOf(codeOf(value)), flags);
    case 'q':
      return paddedWithFlags(quoteCharacter(codeOf(value), { ascii: flags.plus }), flags);
    case 'U':
      return formatUnicode(unsigned(value), flags);
    default: {
      const base = BASES[verb];
      return base === undefined ? undefined : formatDigits(value, { verb, base }, flags);
    }
  }
}

const codeOf = (value: bigint): number => {
  const code = unsigned(value);
  return code > 0x10ffffn ? -1 : Number(code);
};

/** Zeros on the left of a character too: Go does not mind. */
function paddedWithFlags(text: string, flags: Flags): string {
  const space = padding((flags.width ?? 0) - [...text].length, flags);
  return flags.minus ? text + space : space + text;
}

function formatDigits(value: bigint, { verb, base }: { readonly verb: string; readonly base: number }, flags: Flags): string {
  const { width = 0, precision, plus, space, sharp, zero, minus } = flags;
  if (precision === 0 && value === 0n) return ' '.repeat(width);
  const negative = value < 0n;
  let least = precision ?? 0;
  if (precision === undefined && zero && !minus && flags.width !== undefined) least = width - (negative || plus || space ? 1 : 0);
  let digits = (negative ? -value : value).toString(base).padStart(least, '0');
  if (verb === 'X') digits = digits.toUpperCase();
  let prefix = verb === 'O' ? '0o' : '';
  if (sharp && base === 2) prefix = `${prefix}0b`;
  if (sharp && base === 8 && !digits.startsWith('0')) prefix = `${prefix}0`;
  if (sharp && base === 16) prefix = verb === 'X' ? '0X' : '0x';
  const sign = negative ? '-' : plus ? '+' : space ? ' ' : '';
  return paddedWithSpaces(sign + prefix + digits, flags);
}

function formatUnicode(code: bigint, flags: Flags): string {
  const number = `U+${code
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, flags.precision ?? 0), '0')}`;
  const character = code <= 0x10ffffn ? characterOf(Number(code)) : '';
  const shown = flags.sharp && character !== '' && isPrintable(character) && !(character === '\ufffd' && code !== 0xfffdn);
  return paddedWithSpaces(shown ? `${number} '${character}'` : number, flags);
}

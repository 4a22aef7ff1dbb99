/** Decimal digits of a positive number: 0.DIGITS times 10 to the power of `point`; without zeros at either end, none for 0. */
export interface Digits {
  readonly digits: string;
  readonly point: number;
}

/** The parts of a float: `mantissa` times 2 to the power of `exponent`. */
export interface Parts {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const buffer = new DataView(new ArrayBuffer(8));

export function partsOf(value: number, bits: 32 | 64): Parts {
  if (bits === 32) {
    buffer.setFloat32(0, value);
    const raw = buffer.getUint32(0);
    const exponent = (raw >>> 23) & 0xff;
    const mantissa = BigInt(raw & 0x7fffff);
    return exponent === 0 ? { mantissa, exponent: -149 } : { mantissa: mantissa | 0x800000n, exponent: exponent - 150 };
  }
  buffer.setFloat64(0, value);
  const raw = buffer.getBigUint64(0);
  const exponent = Number((raw >> 52n) & 0x7ffn);
  const mantissa = raw & 0xfffffffffffffn;
  return exponent === 0 ? { mantissa, exponent: -1074 } : { mantissa: mantissa | 0x10000000000000n, exponent: exponent - 1075 };
}

/** The fewest digits that stand for this number and no other of its size. */
export function shortestDigits(value: number, bits: 32 | 64): Digits {
  if (value === 0) return { digits: '', point: 0 };
  if (bits === 64) return parseDigits(value.toExponential());
  let text = '';
  for (let precision = 0; precision < 9; precision += 1) {
    text = value.toExponential(precision);
    if (Math.fround(Number(text)) === value) break;
  }
  return parseDigits(text);
}

function parseDigits(text: string): Digits {
  const [mantissa = '', exponent = '0'] = text.split('e');
  return { digits: mantissa.replace('.', '').replace(/0+$/, ''), point: Number(exponent) + 1 };
}

/** All digits: every float has finitely many. */
export function exactDigits(value: number, bits: 32 | 64): Digits {
  const { mantissa, exponent } = partsOf(value, bits);
  if (mantissa === 0n) return { digits: '', point: 0 };
  if (exponent >= 0) return trimmed((mantissa << BigInt(exponent)).toString(), 0);
  return trimmed((mantissa * 5n ** BigInt(-exponent)).toString(), exponent);
}

const trimmed = (digits: string, scale: number): Digits => ({ digits: digits.replace(/0+$/, ''), point: digits.length + scale });

/** No more than so many digits; halves go to the even digit. */
export function rounded({ digits, point }: Digits, count: number): Digits {
  if (count >= digits.length) return { digits, point };
  if (count < 0) return { digits: '', point: 0 };
  const next = digits.charAt(count);
  const isHalf = next === '5' && count + 1 === digits.length;
  const up = isHalf ? count > 0 && Number(digits.charAt(count - 1)) % 2 === 1 : next >= '5';
  if (!up) {
    const kept = digits.slice(0, count).replace(/0+$/, '');
    return { digits: kept, point: kept === '' ? 0 : point };
  }
  const nines = /9*$/.exec(digits.slice(0, count))?.[0].length ?? 0;
  const kept = digits.slice(0, count - nines);
  if (kept === '') return { digits: '1', point: point + 1 };
  return { digits: kept.slice(0, -1) + String(Number(kept.slice(-1)) + 1), point };
}

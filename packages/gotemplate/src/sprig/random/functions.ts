import { FunctionError } from '../../value/function.ts';
import type { GoFunction } from '../../value/model.ts';
import { INT, STRING } from '../../value/type.ts';
import type { FunctionMap, SprigSources } from '../function-map.ts';
import { fixed, int, text } from '../signature.ts';
import { mapped } from '../text/letter.ts';
import { Chance } from './chance.ts';

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ASCII = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

/** Functions that give something else every time. */
export function randomFunctions({ randomBytes }: Pick<SprigSources, 'randomBytes'>): FunctionMap {
  const chance = new Chance(randomBytes);

  const textOf = (alphabet: string): GoFunction =>
    fixed([int], STRING, ([count], { make, spend }) => {
      if (count <= 0n) return '';
      make(Number(count));
      spend(Number(count) / 4);
      return chance.text(Number(count), alphabet);
    });

  return new Map([
    ['randAlpha', textOf(LETTERS)],
    ['randNumeric', textOf(DIGITS)],
    ['randAlphaNum', textOf(DIGITS + LETTERS)],
    ['randAscii', textOf(ASCII)],
    [
      'randBytes',
      fixed([int], STRING, ([count], { make }) => {
        if (count < 0n) throw new FunctionError('runtime error: makeslice: len out of range');
        make(Number(count) * 2);
        return Buffer.from(randomBytes(Number(count))).toString('base64');
      }),
    ],
    [
      'randInt',
      fixed([int, int], INT, ([least, end]) => {
        const count = BigInt.asIntN(64, end - least);
        if (count <= 0n) throw new FunctionError('invalid argument to Intn');
        return least + chance.below(count);
      }),
    ],
    [
      'shuffle',
      fixed([text], STRING, ([given], { make, spend }) => {
        make(given.length);
        spend(given.length);
        return chance.shuffled(Array.from(mapped(given, (character) => character))).join('');
      }),
    ],
    [
      'uuidv4',
      fixed([], STRING, () => {
        const bytes = Buffer.from(randomBytes(16));
        bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
        bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
        return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
      }),
    ],
  ]);
}

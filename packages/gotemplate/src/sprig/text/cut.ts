import { byteLength, isStrayByte, sliceBytes } from '../../value/bytes.ts';
import { FunctionError } from '../../value/function.ts';
import type { GoFunction } from '../../value/model.ts';
import { STRING } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { fixed, int, text } from '../signature.ts';
import { byteCharacters, fromByteCharacters } from './byte-characters.ts';
import { isSpace } from './letter.ts';

/** Parts of a text count its bytes, as everywhere in Go. */
function truncated(count: bigint, given: string): string {
  const length = BigInt(byteLength(given));
  if (count < 0n && length + count > 0n) return sliceBytes(given, { from: Number(length + count), to: Number(length) });
  return count >= 0n && length > count ? sliceBytes(given, { from: 0, to: Number(count) }) : given;
}

function substring([start, end, given]: readonly [bigint, bigint, string]): string {
  const length = BigInt(byteLength(given));
  const open = start >= 0n && (end < 0n || end > length);
  const from = start < 0n ? 0n : start;
  const to = open ? length : end;
  const [shownFrom, shownTo] = [start < 0n ? '' : start, open ? '' : end];
  if (to > length) throw new FunctionError(`runtime error: slice bounds out of range [:${to}] with length ${length}`);
  if (to < 0n) throw new FunctionError(`runtime error: slice bounds out of range [:${to}]`);
  if (from > to) throw new FunctionError(`runtime error: slice bounds out of range [${shownFrom}:${open ? length : shownTo}]`);
  return sliceBytes(given, { from: Number(from), to: Number(to) });
}

const MARK = '...';

/** With `...` for what is left out at the end and, from an offset of 5 on, at the beginning. */
function abbreviated(given: string, { offset, width }: { readonly offset: bigint; readonly width: bigint }): string {
  const length = BigInt(byteLength(given));
  if (length <= width) return given;
  const room = width - 3n;
  const latest = length - room;
  // As Go computes it: the lowest offset of all wraps around.
  const from = BigInt.asIntN(64, length - offset) < room ? latest : offset;
  if (from <= 4n) return cut(given, 0n, room) + MARK;
  if (width < 7n) return '';
  if (from + room >= length) return MARK + cut(given, latest, length);
  return MARK + abbreviated(cut(given, from, length), { offset: 0n, width: room });
}

const cut = (given: string, from: bigint, to: bigint): string => sliceBytes(given, { from: Number(from), to: Number(to) });

/** Without characters at both ends. */
function trimmed(given: string, isTrimmed: (character: string) => boolean): string {
  let from = 0;
  for (let character = characterAt(given, 0); from < given.length && isTrimmed(character); character = characterAt(given, from)) {
    from += character.length;
  }
  let to = given.length;
  for (let character = characterBefore(given, to); to > from && isTrimmed(character); character = characterBefore(given, to))
    to -= character.length;
  return given.slice(from, to);
}

const characterAt = (given: string, at: number): string => String.fromCodePoint(given.codePointAt(at) ?? 0);

function characterBefore(given: string, at: number): string {
  const pair = given.codePointAt(at - 2) ?? 0;
  return pair > 0xffff ? String.fromCodePoint(pair) : given.charAt(at - 1);
}

const trimAll: GoFunction = fixed([text, text], STRING, ([unwanted, given], { spend, make }) => {
  spend((unwanted.length + given.length) / 8);
  make(given.length);
  const set = new Set(Array.from(unwanted, known));
  return trimmed(given, (character) => set.has(known(character)));
});

/** All bytes that are no character are the same one. */
const known = (character: string): string => (isStrayByte(character) ? '\ufffd' : character);

/** On characters where there are only such, on bytes otherwise. */
function onBytes(part: string, given: string, work: (part: string, given: string) => string): string {
  return part.isWellFormed() ? work(part, given) : fromByteCharacters(work(byteCharacters(part), byteCharacters(given)));
}

export const CUT: FunctionMap = new Map([
  ['trunc', fixed([int, text], STRING, ([count, given]) => truncated(count, given))],
  ['substr', fixed([int, int, text], STRING, substring)],
  ['abbrev', fixed([int, text], STRING, ([width, given]) => (width < 4n ? given : abbreviated(given, { offset: 0n, width })))],
  [
    'abbrevboth',
    fixed([int, int, text], STRING, ([offset, width, given]) => {
      if (width < 4n || (offset > 0n && width < 7n)) return given;
      return abbreviated(given, { offset, width });
    }),
  ],
  [
    'trim',
    fixed([text], STRING, ([given], { spend, make }) => {
      spend(given.length / 8);
      make(given.length);
      return trimmed(given, isSpace);
    }),
  ],
  ['trimAll', trimAll],
  ['trimall', trimAll],
  [
    'trimPrefix',
    fixed([text, text], STRING, ([prefix, given]) =>
      onBytes(prefix, given, (part, whole) => (whole.startsWith(part) ? whole.slice(part.length) : whole)),
    ),
  ],
  [
    'trimSuffix',
    fixed([text, text], STRING, ([suffix, given]) =>
      onBytes(suffix, given, (part, whole) => (whole.endsWith(part) ? whole.slice(0, whole.length - part.length) : whole)),
    ),
  ],
]);

import { compareStrings } from '../../value/bytes.ts';
import { type CallContext, type GoMap, Typed } from '../../value/model.ts';
import { mapOf, STRING } from '../../value/type.ts';
import { isNil, kindOf, nameOfType, rawOf } from '../../value/value.ts';
import type { FunctionMap } from '../function-map.ts';
import { any, fixed, int, text } from '../signature.ts';
import { byteCharacters, fromByteCharacters } from './byte-characters.ts';
import { STRINGS, textOf, textsOf } from './text-of.ts';

/** As Go's `strings.SplitN`: nothing separates characters, a limit of 0 gives no parts, one below has no effect. */
function split(
  given: string,
  { by, limit = -1n }: { readonly by: string; readonly limit?: bigint },
  { spend, make }: CallContext,
): string[] {
  if (limit === 0n) return [];
  spend(given.length / 32);
  const most = limit < 0n ? Number.POSITIVE_INFINITY : Number(limit);
  const inBytes = !by.isWellFormed();
  const separator = inBytes ? byteCharacters(by) : by;
  const all = by === '' ? Array.from(given) : (inBytes ? byteCharacters(given) : given).split(separator);
  const parts = all.length <= most ? all : [...all.slice(0, most - 1), all.slice(most - 1).join(separator)];
  spend(parts.length);
  make(given.length);
  return inBytes ? parts.map(fromByteCharacters) : parts;
}

const NUMBERED = mapOf(STRING, STRING);

function numbered(parts: readonly string[]): Typed {
  const map: GoMap = new Map(parts.map((part, index) => [`_${index}`, part]));
  return new Typed(NUMBERED, map);
}

export const SPLIT: FunctionMap = new Map([
  ['split', fixed([text, text], NUMBERED, ([by, given], context) => numbered(split(given, { by }, context)))],
  ['splitn', fixed([text, int, text], NUMBERED, ([by, limit, given], context) => numbered(split(given, { by, limit }, context)))],
  ['splitList', fixed([text, text], STRINGS, ([by, given], context) => new Typed(STRINGS, split(given, { by }, context)))],
  [
    'join',
    fixed([text, any], STRING, ([by, list], context) => {
      const texts = textsOf(list, context);
      context.make(texts.length * by.length + texts.reduce((sum, { length }) => sum + length, 0));
      return texts.join(by);
    }),
  ],
  [
    'toStrings',
    fixed([any], STRINGS, ([list], context) => {
      if (nameOfType(list) === STRINGS.name) return list;
      return new Typed(STRINGS, textsOf(list, context));
    }),
  ],
  [
    'sortAlpha',
    fixed([any], STRINGS, ([list], context) => {
      if (kindOf(list) !== 'slice') return new Typed(STRINGS, [textOf(list, context)]);
      if (nameOfType(list) === STRINGS.name && isNil(list)) return list;
      const texts = [...textsOf(list, context)];
      context.spend(texts.length * Math.log2(texts.length + 1));
      texts.sort(compareStrings);
      return new Typed(STRINGS, nameOfType(list) === STRINGS.name ? sortedInPlace(rawOf(list), texts) : texts);
    }),
  ],
]);

/** Whoever else has a list of strings sees it sorted, as in Go; lists of anything else stay as they are. */
function sortedInPlace(list: unknown, texts: readonly string[]): readonly string[] {
  if (!Array.isArray(list)) return texts;
  list.splice(0, list.length, ...texts);
  return list;
}

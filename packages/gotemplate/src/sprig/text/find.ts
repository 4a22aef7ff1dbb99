import { isAscii } from '../../value/bytes.ts';
import type { CallContext, GoFunction } from '../../value/model.ts';
import { BOOL, STRING } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { fixed, text } from '../signature.ts';
import { byteCharacters, fromByteCharacters } from './byte-characters.ts';

const test = (passes: (given: string, part: string) => boolean): GoFunction =>
  fixed([text, text], BOOL, ([part, given], { spend }) => {
    spend(given.length / 64);
    return part.isWellFormed() ? passes(given, part) : passes(byteCharacters(given), byteCharacters(part));
  });

/** Nothing is found before every character, and at the end. */
function replaced(
  { old, by, given }: { readonly old: string; readonly by: string; readonly given: string },
  { make }: CallContext,
): string {
  if (!old.isWellFormed()) {
    const [bytes, part] = [byteCharacters(given), byteCharacters(old)];
    const pieces = bytes.split(part);
    make(given.length + pieces.length * by.length);
    return fromByteCharacters(pieces.join(byteCharacters(by)));
  }
  const pieces = old !== '' ? given.split(old) : ['', ...(isAscii(given) ? given : Array.from(given)), ''];
  make(given.length + (pieces.length - 1) * by.length);
  return pieces.join(by);
}

export const FIND: FunctionMap = new Map([
  ['contains', test((given, part) => given.includes(part))],
  ['hasPrefix', test((given, part) => given.startsWith(part))],
  ['hasSuffix', test((given, part) => given.endsWith(part))],
  [
    'replace',
    fixed([text, text, text], STRING, ([old, by, given], context) => {
      context.spend(given.length / (old === '' ? 2 : 32));
      return replaced({ old, by, given }, context);
    }),
  ],
]);

import { MatcherInput, type RE2JS } from 're2js';
import type { CallContext } from '../../value/model.ts';
import { MeteredText } from './metered-text.ts';

/** Where a match and its groups are; a group that took no part is undefined. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly group: (index: number) => string | undefined;
}

/** All matches, from left to right, that do not overlap; at most `limit`. As in Go, nothing is found right behind a match that was something. */
export function* matchesOf(
  expression: RE2JS,
  given: string,
  { limit = Number.POSITIVE_INFINITY, spend }: { readonly limit?: number } & Pick<CallContext, 'spend'>,
): Generator<Match> {
  const text = new MeteredText(given, { instructions: expression.programSize(), spend });
  const matcher = expression.matcher(MatcherInput.utf16(text));
  let lastEnd = -1;
  let found = 0;
  for (let from = 0; found < limit && from <= given.length && matcher.find(from); ) {
    const [start, end] = [matcher.start(), matcher.end()];
    const isRepeated = end === from && start === lastEnd;
    lastEnd = end;
    if (!isRepeated) {
      found += 1;
      yield { start, end, group: (index) => matcher.group(index) ?? undefined };
    }
    from = end > from ? end : from + ((given.codePointAt(from) ?? 0) > 0xffff ? 2 : 1);
    spend(1);
  }
  text.settle();
}

import { sprint } from '../../format/print.ts';
import { fromBytes } from '../../value/bytes.ts';
import { elementsOf } from '../../value/entries.ts';
import type { CallContext, GoValue } from '../../value/model.ts';
import { STRING, sliceOf } from '../../value/type.ts';
import { kindOf, nameOfType, rawOf } from '../../value/value.ts';

export const STRINGS = sliceOf(STRING);

/** A value as Sprig makes text of it: bytes are text, all else is as it is printed. */
export function textOf(value: GoValue, { make }: Pick<CallContext, 'make'>): string {
  const raw = rawOf(value);
  if (raw instanceof Uint8Array && nameOfType(value) === '[]uint8') {
    make(raw.length);
    return fromBytes(raw);
  }
  return sprint([value], make);
}

/** A list as texts, without what is nil in it; anything else as a list of one, and nil as a list of none. */
export function textsOf(value: GoValue, context: CallContext): readonly string[] {
  if (value === null) return [];
  if (kindOf(value) !== 'slice') return [textOf(value, context)];
  const elements = elementsOf(value);
  context.spend(elements.length / 4);
  return elements.filter((element) => element !== null).map((element) => textOf(element, context));
}

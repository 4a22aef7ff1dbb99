import { define } from '../../value/function.ts';
import { type GoFunction, type GoValue, type ScalarType, Typed } from '../../value/model.ts';
import { INT, named, STRING } from '../../value/type.ts';
import { rawOf } from '../../value/value.ts';
import { MONTHS, WEEKDAYS } from './calendar.ts';

/** A kind of number that is printed by its name. */
function namedNumber(name: string, words: readonly string[], first: number): ScalarType {
  const text = (receiver: GoValue): string => words[Number(rawOf(receiver)) - first] ?? '';
  return named(name, INT, {
    methods: new Map<string, (receiver: GoValue) => GoFunction>([
      ['String', (receiver) => define({ params: [], result: STRING }, () => text(receiver))],
    ]),
    text,
  });
}

/** `time.Month`: January is 1. */
export const MONTH = namedNumber('time.Month', MONTHS, 1);
/** `time.Weekday`: Sunday is 0. */
export const WEEKDAY = namedNumber('time.Weekday', WEEKDAYS, 0);

export const monthValue = (month: number): GoValue => new Typed(MONTH, BigInt(month));
export const weekdayValue = (weekday: number): GoValue => new Typed(WEEKDAY, BigInt(weekday));

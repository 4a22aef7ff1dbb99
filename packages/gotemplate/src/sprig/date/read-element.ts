import { MONTHS, WEEKDAYS } from './calendar.ts';
import { isFraction, offsetStyle } from './layout.ts';
import { zoneNameLength } from './parse-zone.ts';

/** What a text showed so far. */
export interface Shown {
  year?: number;
  month?: number;
  day?: number;
  yearDay?: number;
  hour: number;
  half?: 'am' | 'pm';
  minute: number;
  second: number;
  nanoseconds: number;
  isUtc?: boolean;
  /** Seconds east of UTC. */
  offset?: number;
  zoneName?: string;
}

/** The text is not written like the element. */
export class Mismatch extends Error {}
/** The text is a number that the element cannot be; the message names it. */
export class OutOfRange extends Error {}

interface Reading {
  readonly element: string;
  readonly shown: Shown;
  /** Whether the next element of the layout is a fraction. */
  readonly fractionFollows: boolean;
}

/** Notes what stands at the start of a text in place of an element, and returns what comes behind it. Throws `Mismatch` and `OutOfRange`. */
export function readElement(text: string, { element, shown, fractionFollows }: Reading): string {
  if (isFraction(element)) return element[1] === '0' ? readExactFraction(text, element, shown) : readFraction(text, shown);
  if (offsetStyle(element) !== undefined) return readOffset(text, element, shown);
  if (element === '05' || element === '5') {
    const rest = NUMBERS[element]?.(text, shown) ?? text;
    return fractionFollows ? rest : readFraction(rest, shown);
  }
  const read = NUMBERS[element] ?? WORDS[element];
  if (read === undefined) throw new Mismatch();
  return read(text, shown);
}

/** A text without the start that it should have, in which any number of spaces counts as one; or, if it has none, from where it differs. */
export function withoutPrefix(text: string, prefix: string): { readonly left: string; readonly matches: boolean } {
  let left = text;
  for (const [part] of prefix.matchAll(/ +|[^ ]/g)) {
    if (part.startsWith(' ')) {
      if (left !== '' && !left.startsWith(' ')) return { left, matches: false };
      left = left.replace(/^ +/, '');
    } else {
      if (!left.startsWith(part)) return { left, matches: false };
      left = left.slice(1);
    }
  }
  return { left, matches: true };
}

type Read = (text: string, shown: Shown) => string;

const matchOf = (pattern: RegExp, text: string): RegExpExecArray => {
  const match = pattern.exec(text);
  if (match === null) throw new Mismatch();
  return match;
};

/** Reads a number, and refuses one beyond a range. */
function number(pattern: RegExp, note: (shown: Shown, value: number) => void, range?: readonly [number, number, string]): Read {
  return (text, shown) => {
    const [all, digits] = matchOf(pattern, text);
    const value = Number(digits);
    if (range !== undefined && (value < range[0] || value > range[1])) throw new OutOfRange(range[2]);
    note(shown, value);
    return text.slice(all.length);
  };
}

const ONE_OR_TWO = /^(\d\d?)/;
const TWO = /^(\d\d)/;
const set = <K extends 'month' | 'day' | 'hour' | 'minute' | 'second' | 'yearDay' | 'year'>(key: K) => {
  return (shown: Shown, value: number): void => {
    shown[key] = value;
  };
};

const NUMBERS: Readonly<Record<string, Read>> = {
  '2006': number(/^(\d{4})/, set('year')),
  // Go reads any number of two characters here, also with a sign.
  '06': number(/^(\d\d|[-+]\d)/, (shown, value) => {
    shown.year = value + (value >= 69 ? 1900 : 2000);
  }),
  '01': number(TWO, set('month'), [1, 12, 'month']),
  '1': number(ONE_OR_TWO, set('month'), [1, 12, 'month']),
  '02': number(TWO, set('day')),
  _2: number(/^ ?(\d\d?)/, set('day')),
  '2': number(ONE_OR_TWO, set('day')),
  '002': number(/^(\d{3})/, set('yearDay')),
  __2: number(/^ {0,2}(\d{1,3})/, set('yearDay')),
  '15': number(ONE_OR_TWO, set('hour'), [0, 23, 'hour']),
  '03': number(TWO, set('hour'), [0, 12, 'hour']),
  '3': number(ONE_OR_TWO, set('hour'), [0, 12, 'hour']),
  '04': number(TWO, set('minute'), [0, 59, 'minute']),
  '4': number(ONE_OR_TWO, set('minute'), [0, 59, 'minute']),
  '05': number(TWO, set('second'), [0, 59, 'second']),
  '5': number(ONE_OR_TWO, set('second'), [0, 59, 'second']),
};

/** Reads one of some words, in letters of any size. */
function word(words: readonly string[], note: (shown: Shown, index: number) => void): Read {
  return (text, shown) => {
    const index = words.findIndex((each) => text.slice(0, each.length).toLowerCase() === each.toLowerCase());
    if (index < 0) throw new Mismatch();
    note(shown, index);
    return text.slice(words[index]?.length);
  };
}

const short = (words: readonly string[]): readonly string[] => words.map((each) => each.slice(0, 3));
const noteMonth = (shown: Shown, index: number): void => {
  shown.month = index + 1;
};
const ignore = (): void => {};

const half =
  (am: string, pm: string): Read =>
  (text, shown) => {
    if (!text.startsWith(am) && !text.startsWith(pm)) throw new Mismatch();
    // Once afternoon was seen, no morning takes it back.
    shown.half = text.startsWith(pm) || shown.half === 'pm' ? 'pm' : 'am';
    return text.slice(2);
  };

const WORDS: Readonly<Record<string, Read>> = {
  January: word(MONTHS, noteMonth),
  Jan: word(short(MONTHS), noteMonth),
  Monday: word(WEEKDAYS, ignore),
  Mon: word(short(WEEKDAYS), ignore),
  PM: half('AM', 'PM'),
  pm: half('am', 'pm'),
  MST: (text, shown) => {
    if (text.startsWith('UTC')) {
      shown.isUtc = true;
      return text.slice(3);
    }
    const length = zoneNameLength(text);
    if (length === undefined) throw new Mismatch();
    shown.zoneName = text.slice(0, length);
    return text.slice(length);
  },
};

/** As many digits as the layout has, of which those behind the ninth may be anything. */
function readExactFraction(text: string, element: string, shown: Shown): string {
  if (text.length < element.length) throw new Mismatch();
  // Go takes the digits for a number, which may have a sign.
  const [, digits = ''] = matchOf(/^[.,]([-+]?\d+)$/, text.slice(0, Math.min(element.length, 10)));
  noteFraction(digits, shown);
  return text.slice(element.length);
}

/** Any number of digits, or none. */
function readFraction(text: string, shown: Shown): string {
  const [all = '', digits] = /^[.,](\d+)/.exec(text) ?? [];
  if (digits !== undefined) noteFraction(digits, shown);
  return text.slice(all.length);
}

function noteFraction(digits: string, shown: Shown): void {
  const kept = digits.slice(0, 9);
  const value = Number(kept);
  if (value < 0) throw new OutOfRange('fractional second');
  shown.nanoseconds = value * 10 ** (9 - kept.length);
}

function readOffset(text: string, element: string, shown: Shown): string {
  const { allowsZ = false, hasMinutes = false, hasSeconds = false, colon = '' } = offsetStyle(element) ?? {};
  if (allowsZ && text.startsWith('Z')) {
    shown.isUtc = true;
    return text.slice(1);
  }
  const more = `${colon}(..)`;
  const pattern = new RegExp(`^(.)(..)${hasMinutes ? more : ''}${hasSeconds ? more : ''}`, 's');
  const [all, sign, ...parts] = matchOf(pattern, text);
  const wrong = parts.findIndex((part) => !/^\d\d$/.test(part));
  const [hours = 0, minutes = 0, seconds = 0] = (wrong < 0 ? parts : parts.slice(0, wrong)).map(Number);
  // A number too large is worth more than text behind it that is none, and the last one of such most. Offsets of a whole day, hour or minute too much do occur.
  if (seconds > 60) throw new OutOfRange('time zone offset second');
  if (minutes > 60) throw new OutOfRange('time zone offset minute');
  if (hours > 24) throw new OutOfRange('time zone offset hour');
  if (wrong >= 0 || (sign !== '+' && sign !== '-')) throw new Mismatch();
  const offset = hours * 3600 + minutes * 60 + seconds;
  shown.offset = sign === '-' ? -offset : offset;
  return text.slice(all.length);
}

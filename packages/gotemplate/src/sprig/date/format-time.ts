import { dayOfYear, MONTHS, WEEKDAYS, weekdayOf } from './calendar.ts';
import { type Instant, offsetAt, type Reading, readingOf } from './instant.ts';
import { isFraction, layoutParts, type OffsetStyle, offsetStyle } from './layout.ts';

/** A time written like the example that the layout is, as Go's `Time.Format` does. */
export function formatTime(instant: Instant, layout: string): string {
  const reading = readingOf(instant);
  const { name, offset } = offsetAt(instant);
  return layoutParts(layout)
    .map(({ before, element }) => before + written(element))
    .join('');

  function written(element: string): string {
    if (element === '') return '';
    if (element === 'MST') return name === '' ? offsetText(offset, { hasMinutes: true, hasSeconds: false, colon: '' }) : name;
    if (isFraction(element)) return fractionText(instant.nanoseconds, element);
    const style = offsetStyle(element);
    if (style === undefined) return ELEMENTS[element]?.(reading) ?? '';
    return style.allowsZ && offset === 0 ? 'Z' : offsetText(offset, style);
  }
}

const padded = (value: number, width: number): string => (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(width, '0');
const halfDay = ({ hour }: Reading): number => hour % 12 || 12;
const yearDay = ({ dayCount }: Reading): string => String(dayOfYear(dayCount));

const ELEMENTS: Readonly<Record<string, (reading: Reading) => string>> = {
  '2006': ({ year }) => padded(year, 4),
  '06': ({ year }) => padded(Math.abs(year) % 100, 2),
  January: ({ month }) => MONTHS[month - 1] ?? '',
  Jan: ({ month }) => (MONTHS[month - 1] ?? '').slice(0, 3),
  '01': ({ month }) => padded(month, 2),
  '1': ({ month }) => String(month),
  Monday: ({ dayCount }) => WEEKDAYS[weekdayOf(dayCount)] ?? '',
  Mon: ({ dayCount }) => (WEEKDAYS[weekdayOf(dayCount)] ?? '').slice(0, 3),
  '02': ({ day }) => padded(day, 2),
  _2: ({ day }) => String(day).padStart(2),
  '2': ({ day }) => String(day),
  '002': (reading) => yearDay(reading).padStart(3, '0'),
  __2: (reading) => yearDay(reading).padStart(3),
  '15': ({ hour }) => padded(hour, 2),
  '03': (reading) => padded(halfDay(reading), 2),
  '3': (reading) => String(halfDay(reading)),
  '04': ({ minute }) => padded(minute, 2),
  '4': ({ minute }) => String(minute),
  '05': ({ second }) => padded(second, 2),
  '5': ({ second }) => String(second),
  PM: ({ hour }) => (hour >= 12 ? 'PM' : 'AM'),
  pm: ({ hour }) => (hour >= 12 ? 'pm' : 'am'),
};

/** Nines leave out zeros at the end, and a fraction of nothing; more than nine digits there are not. */
function fractionText(nanoseconds: number, element: string): string {
  const digits = String(nanoseconds)
    .padStart(9, '0')
    .slice(0, element.length - 1);
  const shown = element[1] === '9' ? digits.replace(/0+$/, '') : digits;
  return shown === '' ? '' : element.charAt(0) + shown;
}

function offsetText(offset: number, { hasMinutes, hasSeconds, colon }: Omit<OffsetStyle, 'allowsZ'>): string {
  // The sign is that of whole minutes.
  const sign = Math.trunc(offset / 60) < 0 ? '-' : '+';
  const minutes = Math.trunc(Math.abs(offset) / 60);
  const parts = [padded(Math.floor(minutes / 60), 2)];
  if (hasMinutes) parts.push(padded(minutes % 60, 2));
  if (hasSeconds) parts.push(padded((sign === '-' ? Math.abs(offset) : offset) % 60, 2));
  return sign + parts.join(colon);
}

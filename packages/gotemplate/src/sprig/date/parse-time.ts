import { FunctionError } from '../../value/function.ts';
import { byteText, quoteBytes } from './byte-text.ts';
import { daysInMonth, isLeap } from './calendar.ts';
import { type Instant, instantOf, later, offsetAt } from './instant.ts';
import { isFraction, layoutParts } from './layout.ts';
import { Mismatch, OutOfRange, readElement, type Shown, withoutPrefix } from './read-element.ts';
import { fixedZone, UTC, type Zone } from './zone.ts';

/**
 * The time that a text stands for, which is written like the layout: what Go's `time.ParseInLocation` makes of it. What the layout does not have is the least that it
 * can be; without an offset or the name of a zone it is a time in `zone`. Throws `FunctionError`, in Go's words.
 */
export function parseTime(layout: string, text: string, zone: Zone): Instant {
  const given = byteText(text);
  const refuse = (what: string): never => {
    throw new FunctionError(`parsing time ${quoteBytes(given)}${what}`);
  };
  const cannotParse = (rest: string, element: string): never =>
    refuse(` as ${quoteBytes(byteText(layout))}: cannot parse ${quoteBytes(rest)} as ${quoteBytes(element)}`);
  const shown: Shown = { hour: 0, minute: 0, second: 0, nanoseconds: 0 };
  const parts = layoutParts(byteText(layout));
  let rest = given;
  for (const [index, { before, element }] of parts.entries()) {
    const { left, matches } = withoutPrefix(rest, before);
    if (!matches) return cannotParse(left, before);
    rest = left;
    if (element === '') break;
    try {
      rest = readElement(rest, { element, shown, fractionFollows: isFraction(parts[index + 1]?.element ?? '') });
    } catch (thrown) {
      if (thrown instanceof Mismatch) return cannotParse(rest, element);
      if (thrown instanceof OutOfRange) return refuse(`: ${thrown.message} out of range`);
      throw thrown;
    }
  }
  if (rest !== '') return refuse(`: extra text: ${quoteBytes(rest)}`);
  try {
    return instantShown(shown, zone);
  } catch (thrown) {
    if (thrown instanceof OutOfRange) return refuse(`: ${thrown.message}`);
    throw thrown;
  }
}

function instantShown(shown: Shown, local: Zone): Instant {
  const { minute, second, nanoseconds, year = 0, offset, zoneName } = shown;
  const { month, day } = monthAndDay(shown);
  if (day < 1 || day > daysInMonth(month, year)) throw new OutOfRange('day out of range');
  const hour = hourOf(shown);
  const inZone = (zone: Zone): Instant => instantOf({ year, month, day, hour, minute, second, nanoseconds }, zone);
  if (shown.isUtc === true) return inZone(UTC);
  const asUtc = inZone(UTC);
  const moved = (by: number, zone: Zone): Instant => ({ ...later(asUtc, -BigInt(by) * 1_000_000_000n), zone });
  // An offset of a second to the west is how Go remembers that there is none.
  if (offset !== undefined && offset !== -1) {
    const there = offsetAt(moved(offset, local));
    const isLocal = there.offset === offset && (zoneName === undefined || there.name === zoneName);
    return moved(offset, isLocal ? local : fixedZone(zoneName ?? '', offset));
  }
  if (zoneName === undefined) return inZone(local);
  const known = local.offsetNamed(zoneName, Number(asUtc.seconds));
  if (known !== undefined) return moved(known, local);
  // A name that nobody here knows the offset of; GMT brings its own, by which the time is not moved.
  const hours = zoneName.startsWith('GMT') ? Number(zoneName.slice(3)) : 0;
  return { ...asUtc, zone: fixedZone(zoneName, hours * 3600) };
}

function hourOf({ hour, half }: Shown): number {
  if (half === 'pm' && hour < 12) return hour + 12;
  return half === 'am' && hour === 12 ? 0 : hour;
}

/** A day of the year, if there is one, has to agree with the month and day that there may be as well. */
function monthAndDay({ year = 0, month, day, yearDay }: Shown): { readonly month: number; readonly day: number } {
  if (yearDay === undefined) return { month: month ?? 1, day: day ?? 1 };
  if (yearDay < 1 || yearDay > (isLeap(year) ? 366 : 365)) throw new OutOfRange('day-of-year out of range');
  let [found, left] = [1, yearDay];
  while (left > daysInMonth(found, year)) {
    left -= daysInMonth(found, year);
    found += 1;
  }
  if (month !== undefined && month !== found) throw new OutOfRange('day-of-year does not match month');
  if (day !== undefined && day !== left) throw new OutOfRange('day-of-year does not match day');
  return { month: found, day: left };
}

import type { CallContext, GoFunction, GoValue } from '../../value/model.ts';
import { STRING } from '../../value/type.ts';
import { kindOf, nameOfType, rawOf } from '../../value/value.ts';
import type { FunctionMap, SprigSources } from '../function-map.ts';
import { any, fixed, text } from '../signature.ts';
import { unlessRefused } from '../unless-refused.ts';
import { durationText, parseDuration, roundDuration } from './duration.ts';
import { difference, fromMilliseconds, type Instant, later, ZERO_TIME } from './instant.ts';
import { parseInteger64 } from './integer.ts';
import { parseTime } from './parse-time.ts';
import { roundedDuration } from './rounded-duration.ts';
import { formatted, instantOfValue, TIME, time, timeValue } from './time-value.ts';
import { Zones } from './zones.ts';

const SECOND = 1_000_000_000n;
const DAY_LAYOUT = '2006-01-02';
const TIMES = ['time.Time', '*time.Time', 'int64', 'int', 'int32'];
const TIMES_OF_AGO = ['time.Time', 'int64', 'int'];

/**
 * Sprig's functions of dates. What `now` returns has no reading of a monotonic clock, so it is printed without the ` m=+…` that Go adds to it, which is another one
 * each time.
 */
export function dateFunctions({ clock, localZone = 'UTC' }: Pick<SprigSources, 'clock' | 'localZone'>): FunctionMap {
  const zones = new Zones(localZone);
  const { local } = zones;
  const now = (): Instant => fromMilliseconds(clock.now(), local);
  const value = (instant: Instant): GoValue => timeValue(instant, local);

  /** A time, or seconds of Unix time, of one of these types; otherwise it is now. */
  const instantFrom = (date: GoValue, types: readonly string[]): Instant => {
    if (!types.includes(nameOfType(date))) return now();
    const raw = rawOf(date);
    if (typeof raw === 'bigint') return { seconds: raw, nanoseconds: 0, zone: local };
    return instantOfValue(date) ?? ZERO_TIME;
  };
  const inZone = (date: GoValue, zone: string, context: CallContext): Instant => ({
    ...instantFrom(date, TIMES),
    zone: zones.named(zone, context),
  });
  const parsed = (layout: string, given: string, { spend }: CallContext): Instant => {
    spend(layout.length + given.length);
    return parseTime(layout, given, local);
  };
  const modified = (by: string, date: Instant, { spend }: CallContext): Instant => {
    spend(by.length);
    return later(date, parseDuration(by));
  };

  const dateInZone = fixed([text, any, text], STRING, ([layout, date, zone], context) =>
    formatted(inZone(date, zone, context), layout, context),
  );
  const dateModify = fixed([text, time], TIME, ([by, date], context) => value(unlessRefused(() => modified(by, date, context)) ?? date));
  const mustDateModify = fixed([text, time], TIME, ([by, date], context) => value(modified(by, date, context)));

  return new Map<string, GoFunction>([
    ['ago', fixed([any], STRING, ([date]) => durationText(roundDuration(difference(now(), instantFrom(date, TIMES_OF_AGO)), SECOND)))],
    ['date', fixed([text, any], STRING, ([layout, date], context) => formatted(inZone(date, 'Local', context), layout, context))],
    ['dateInZone', dateInZone],
    ['date_in_zone', dateInZone],
    ['dateModify', dateModify],
    ['date_modify', dateModify],
    ['duration', fixed([any], STRING, ([seconds]) => durationText(BigInt.asIntN(64, secondsFrom(seconds) * SECOND)))],
    ['durationRound', fixed([any], STRING, ([duration], context) => roundedDuration(durationFrom(duration, now, context)))],
    ['htmlDate', fixed([any], STRING, ([date], context) => formatted(inZone(date, 'Local', context), DAY_LAYOUT, context))],
    ['htmlDateInZone', fixed([any, text], STRING, ([date, zone], context) => formatted(inZone(date, zone, context), DAY_LAYOUT, context))],
    ['mustDateModify', mustDateModify],
    ['must_date_modify', mustDateModify],
    ['mustToDate', fixed([text, text], TIME, ([layout, given], context) => value(parsed(layout, given, context)))],
    ['now', fixed([], TIME, () => value(now()))],
    [
      'toDate',
      fixed([text, text], TIME, ([layout, given], context) => value(unlessRefused(() => parsed(layout, given, context)) ?? ZERO_TIME)),
    ],
    ['unixEpoch', fixed([time], STRING, ([date]) => String(date.seconds))],
  ]);
}

/** Of a number of the type int64, or a text; 0 for all else. */
function secondsFrom(value: GoValue): bigint {
  if (typeof value === 'string') return parseInteger64(value);
  const raw = rawOf(value);
  return nameOfType(value) === 'int64' && typeof raw === 'bigint' ? raw : 0n;
}

/** Of a text like `1h`, nanoseconds of the type int64, or since a time; 0 for all else. */
function durationFrom(value: GoValue, now: () => Instant, { spend }: CallContext): bigint {
  if (typeof value === 'string') {
    spend(value.length);
    return unlessRefused(() => parseDuration(value)) ?? 0n;
  }
  const raw = rawOf(value);
  if (typeof raw === 'bigint') return nameOfType(value) === 'int64' ? raw : 0n;
  const instant = kindOf(value) === 'struct' ? instantOfValue(value) : undefined;
  return instant === undefined ? 0n : difference(now(), instant);
}

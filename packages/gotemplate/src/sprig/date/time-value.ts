import { define, FunctionError } from '../../value/function.ts';
import { type CallContext, type GoFunction, type GoType, type GoValue, Struct, type StructType, Typed } from '../../value/model.ts';
import { BOOL, INT, INT64, STRING } from '../../value/type.ts';
import { rawOf } from '../../value/value.ts';
import type { Param } from '../signature.ts';
import { dayOfYear, weekdayOf } from './calendar.ts';
import { MONTH, monthValue, WEEKDAY, weekdayValue } from './calendar-values.ts';
import { DURATION, durationValue, nanosecondsOf } from './duration-value.ts';
import { formatTime } from './format-time.ts';
import {
  compareInstants,
  difference,
  type Instant,
  instantOf,
  later,
  offsetAt,
  type Reading,
  readingOf,
  roundInstant,
  truncateInstant,
  ZERO_TIME,
} from './instant.ts';
import { RFC3339_NANO } from './layout.ts';
import { UTC, type Zone } from './zone.ts';
import { LOCATION_POINTER, zoneOf, zoneValue } from './zone-value.ts';

/** A time as a value, together with the zone of the place that `.Local` means. */
class TimeStruct extends Struct {
  readonly instant: Instant;
  readonly local: Zone;

  constructor(instant: Instant, local: Zone) {
    // Two times are one if all of this is the same, for `eq`; no template sees it.
    super(
      TIME,
      new Map<string, GoValue>([
        ['seconds', instant.seconds],
        ['nanoseconds', BigInt(instant.nanoseconds)],
        ['zone', instant.zone.name],
        ['offset', BigInt(offsetAt(instant).offset)],
      ]),
    );
    this.instant = instant;
    this.local = local;
  }
}

export const timeValue = (instant: Instant, local: Zone): GoValue => new TimeStruct(instant, local);

/** The time that a value, or what it points to, is; undefined for what is none. */
export function instantOfValue(value: GoValue): Instant | undefined {
  const raw = rawOf(value);
  if (raw instanceof TimeStruct) return raw.instant;
  return raw instanceof Struct && raw.type.name === TIME.name ? ZERO_TIME : undefined;
}

const instantIn = (value: GoValue): Instant => instantOfValue(value) ?? ZERO_TIME;

const SECONDS_IN_DAY = 86_400;
const TEXT_LAYOUT = '2006-01-02 15:04:05.999999999 -0700 MST';

/** A time as a layout has it, which is counted. */
export function formatted(instant: Instant, layout: string, { make, spend }: CallContext): string {
  spend(layout.length);
  // A year of twelve digits takes the place of four.
  make(3 * layout.length);
  return formatTime(instant, layout);
}

type Method = (receiver: GoValue) => GoFunction;
type Call = (time: Instant, args: readonly GoValue[], context: CallContext) => GoValue;

function method(params: readonly GoType[], result: GoType, call: Call): Method {
  return (receiver) => define({ params, result }, (args, context) => call(instantIn(receiver), args, context));
}

/** A method that gives another time, which knows the same place. */
function timeMethod(params: readonly GoType[], call: (time: Instant, args: readonly GoValue[], local: Zone) => Instant): Method {
  return (receiver) => {
    const raw = rawOf(receiver);
    const local = raw instanceof TimeStruct ? raw.local : UTC;
    return define({ params, result: TIME }, (args) => timeValue(call(instantIn(receiver), args, local), local));
  };
}

const number = (read: (reading: Reading, time: Instant) => number): Method =>
  method([], INT, (time) => BigInt(read(readingOf(time), time)));

const sinceEpoch = (read: (time: Instant) => bigint): Method =>
  method([], INT64, (time) => new Typed(INT64, BigInt.asIntN(64, read(time))));

const compared = (test: (order: number) => boolean): Method =>
  method([TIME], BOOL, (time, [other]) => test(compareInstants(time, instantIn(other))));

const plain = (value: GoValue): number => Number(value);

function withAdded(time: Instant, [years, months, days]: readonly GoValue[]): Instant {
  const reading = readingOf(time);
  const date = { year: reading.year + plain(years), month: reading.month + plain(months), day: reading.day + plain(days) };
  return instantOf({ ...reading, ...date, nanoseconds: time.nanoseconds }, time.zone);
}

/** As RFC 3339 has it. Throws `FunctionError` for years and offsets that it has no room for. */
function jsonText(instant: Instant): string {
  const refuse = (what: string): never => {
    throw new FunctionError(`json: error calling MarshalJSON for type time.Time: Time.MarshalJSON: ${what}`);
  };
  const { year } = readingOf(instant);
  if (year < 0 || year > 9999) return refuse('year outside of range [0,9999]');
  if (Math.abs(offsetAt(instant).offset) >= SECONDS_IN_DAY) return refuse('timezone hour outside of range [0,23]');
  return formatTime(instant, RFC3339_NANO);
}

/** `time.Time`, with the methods that a template can call. */
export const TIME: StructType = {
  kind: 'struct',
  name: 'time.Time',
  named: true,
  fields: [],
  text: (receiver) => formatTime(instantIn(receiver), TEXT_LAYOUT),
  json: (receiver) => jsonText(instantIn(receiver)),
  get methods() {
    return METHODS;
  },
};

/** A parameter that has to be a time. */
export const time: Param<Instant> = { type: TIME, read: instantIn };

const METHODS: ReadonlyMap<string, Method> = new Map([
  ['Add', timeMethod([DURATION], (time, [duration]) => later(time, nanosecondsOf(duration)))],
  ['AddDate', timeMethod([INT, INT, INT], withAdded)],
  ['After', compared((order) => order > 0)],
  ['Before', compared((order) => order < 0)],
  ['Compare', method([TIME], INT, (time, [other]) => BigInt(Math.sign(compareInstants(time, instantIn(other)))))],
  ['Day', number(({ day }) => day)],
  ['Equal', compared((order) => order === 0)],
  ['Format', method([STRING], STRING, (time, [layout], context) => formatted(time, layout as string, context))],
  ['Hour', number(({ hour }) => hour)],
  ['In', timeMethod([LOCATION_POINTER], (time, [zone]) => ({ ...time, zone: zoneOf(zone) }))],
  ['IsDST', method([], BOOL, (time) => offsetAt(time).isDaylightSaving)],
  ['IsZero', method([], BOOL, (time) => compareInstants(time, ZERO_TIME) === 0)],
  ['Local', timeMethod([], (time, _args, zone) => ({ ...time, zone }))],
  ['Location', method([], LOCATION_POINTER, ({ zone }) => zoneValue(zone))],
  ['Minute', number(({ minute }) => minute)],
  ['Month', method([], MONTH, (time) => monthValue(readingOf(time).month))],
  ['Nanosecond', number((_reading, { nanoseconds }) => nanoseconds)],
  ['Round', timeMethod([DURATION], (time, [unit]) => roundInstant(time, nanosecondsOf(unit)))],
  ['Second', number(({ second }) => second)],
  ['String', method([], STRING, (time) => formatTime(time, TEXT_LAYOUT))],
  ['Sub', method([TIME], DURATION, (time, [other]) => durationValue(difference(time, instantIn(other))))],
  ['Truncate', timeMethod([DURATION], (time, [unit]) => truncateInstant(time, nanosecondsOf(unit)))],
  ['UTC', timeMethod([], (time) => ({ ...time, zone: UTC }))],
  ['Unix', sinceEpoch(({ seconds }) => seconds)],
  ['UnixMicro', sinceEpoch(({ seconds, nanoseconds }) => seconds * 1_000_000n + BigInt(Math.floor(nanoseconds / 1000)))],
  ['UnixMilli', sinceEpoch(({ seconds, nanoseconds }) => seconds * 1000n + BigInt(Math.floor(nanoseconds / 1_000_000)))],
  ['UnixNano', sinceEpoch(({ seconds, nanoseconds }) => seconds * 1_000_000_000n + BigInt(nanoseconds))],
  ['Weekday', method([], WEEKDAY, (time) => weekdayValue(weekdayOf(readingOf(time).dayCount)))],
  ['Year', number(({ year }) => year)],
  ['YearDay', number(({ dayCount }) => dayOfYear(dayCount))],
]);

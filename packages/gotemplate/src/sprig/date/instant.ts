import { type CalendarDate, dateOfDay, dayOfDate } from './calendar.ts';
import { UTC, type Zone } from './zone.ts';

/** A time in a zone, to the nanosecond: what a `time.Time` is in Go. */
export interface Instant {
  /** Of Unix time, 64 bits. */
  readonly seconds: bigint;
  /** 0 to 999,999,999. */
  readonly nanoseconds: number;
  readonly zone: Zone;
}

export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** What clocks and calendars of the zone show. */
export interface Reading extends CalendarDate, TimeOfDay {
  /** Days since 1970-01-01. */
  readonly dayCount: number;
}

const BILLION = 1_000_000_000n;
const SECONDS_IN_DAY = 86_400n;
/** 64 bits count seconds from the 1st of March of the year -292277022400 on: whoever goes beyond them comes out at their other end. */
const DAYS_FROM_FIRST = (292_277_022_400 / 400) * 146_097 + 719_468;
/** From 0001-01-01, which is where Go's times begin. */
const SECONDS_BEFORE_1970 = 62_135_596_800n;

const MAX_DURATION = 2n ** 63n - 1n;
const MIN_DURATION = -(2n ** 63n);

/** Go's zero time. */
export const ZERO_TIME: Instant = { seconds: -SECONDS_BEFORE_1970, nanoseconds: 0, zone: UTC };

/** Milliseconds of Unix time, or parts of one, as a time; it is read to the microsecond, as more a number does not hold. */
export const fromMilliseconds = (milliseconds: number, zone: Zone): Instant =>
  later({ seconds: 0n, nanoseconds: 0, zone }, BigInt(Math.floor(milliseconds * 1000)) * 1000n);

export function offsetAt({ zone, seconds }: Instant): ReturnType<Zone['at']> {
  return zone.at(Number(seconds));
}

export function readingOf(instant: Instant): Reading {
  const local = instant.seconds + BigInt(offsetAt(instant).offset) + BigInt(DAYS_FROM_FIRST) * SECONDS_IN_DAY;
  const counted = BigInt.asUintN(64, local);
  const dayCount = Number(counted / SECONDS_IN_DAY) - DAYS_FROM_FIRST;
  const second = Number(counted % SECONDS_IN_DAY);
  return { ...dateOfDay(dayCount), dayCount, hour: Math.floor(second / 3600), minute: Math.floor(second / 60) % 60, second: second % 60 };
}

/**
 * When clocks of the zone show that. What they show twice is, as a rule, taken for the first time; what they never show, as they are put forward, counts with the
 * offset before or after that.
 */
export function instantOf(shown: CalendarDate & TimeOfDay & { readonly nanoseconds: number }, zone: Zone): Instant {
  const { hour, minute, second, nanoseconds } = shown;
  const local = dayOfDate(shown) * 86_400 + hour * 3600 + minute * 60 + second;
  const guess = zone.at(local).offset;
  const { offset } = guess === 0 ? { offset: 0 } : zone.at(local - guess);
  return { seconds: BigInt.asIntN(64, BigInt(local - offset)), nanoseconds, zone };
}

/** Nanoseconds since the zero time: what times are compared and rounded by. Its seconds have 64 bits too, so the last ones that there are come first. */
const sinceZero = ({ seconds, nanoseconds }: Instant): bigint =>
  BigInt.asIntN(64, seconds + SECONDS_BEFORE_1970) * BILLION + BigInt(nanoseconds);

/** So many nanoseconds later. */
export function later(instant: Instant, duration: bigint): Instant {
  const total = instant.seconds * BILLION + BigInt(instant.nanoseconds) + duration;
  const nanoseconds = ((total % BILLION) + BILLION) % BILLION;
  return { seconds: BigInt.asIntN(64, (total - nanoseconds) / BILLION), nanoseconds: Number(nanoseconds), zone: instant.zone };
}

/** Nanoseconds from the second to the first, or as many as a duration can have. */
export function difference(a: Instant, b: Instant): bigint {
  const exact = sinceZero(a) - sinceZero(b);
  return exact > MAX_DURATION ? MAX_DURATION : exact < MIN_DURATION ? MIN_DURATION : exact;
}

/** Below, at or above 0. */
export const compareInstants = (a: Instant, b: Instant): number => Number(sinceZero(a) - sinceZero(b));

/** How far it is beyond a multiple of the unit, which is more than none. */
function beyond(instant: Instant, unit: bigint): bigint {
  const rest = sinceZero(instant) % unit;
  return rest < 0n ? rest + unit : rest;
}

export function truncateInstant(instant: Instant, unit: bigint): Instant {
  return unit <= 0n ? instant : later(instant, -beyond(instant, unit));
}

/** To the nearest multiple of the unit, half of one upwards. */
export function roundInstant(instant: Instant, unit: bigint): Instant {
  if (unit <= 0n) return instant;
  const rest = beyond(instant, unit);
  return later(instant, rest + rest < unit ? -rest : unit - rest);
}

import { define } from '../../value/function.ts';
import { type GoFunction, type GoType, type GoValue, type Methods, type ScalarType, Typed } from '../../value/model.ts';
import { FLOAT64, INT64, named, STRING } from '../../value/type.ts';
import { rawOf } from '../../value/value.ts';
import { absoluteDuration, durationText, roundDuration, truncateDuration } from './duration.ts';

/** Nanoseconds; 0 for what is no duration. */
export function nanosecondsOf(value: GoValue): bigint {
  const raw = rawOf(value);
  return typeof raw === 'bigint' ? raw : 0n;
}

export const durationValue = (nanoseconds: bigint): GoValue => new Typed(DURATION, nanoseconds);

const getter = (result: GoType, get: (nanoseconds: bigint) => GoValue) => {
  return (receiver: GoValue): GoFunction => define({ params: [], result }, () => get(nanosecondsOf(receiver)));
};

const count = (unit: bigint) => getter(INT64, (nanoseconds) => new Typed(INT64, nanoseconds / unit));

/** In floating point, as Go computes it: whole units and the rest apart. */
const float = (unit: bigint) => getter(FLOAT64, (nanoseconds) => Number(nanoseconds / unit) + Number(nanoseconds % unit) / Number(unit));

const toMultiple = (change: (duration: bigint, unit: bigint) => bigint) => {
  return (receiver: GoValue): GoFunction =>
    define({ params: [DURATION], result: DURATION }, ([unit]) => durationValue(change(nanosecondsOf(receiver), nanosecondsOf(unit))));
};

const METHODS: Methods = new Map<string, (receiver: GoValue) => GoFunction>([
  ['Abs', (receiver) => define({ params: [], result: DURATION }, () => durationValue(absoluteDuration(nanosecondsOf(receiver))))],
  ['Hours', float(3_600_000_000_000n)],
  ['Microseconds', count(1000n)],
  ['Milliseconds', count(1_000_000n)],
  ['Minutes', float(60_000_000_000n)],
  ['Nanoseconds', count(1n)],
  ['Round', toMultiple(roundDuration)],
  ['Seconds', float(1_000_000_000n)],
  ['String', getter(STRING, durationText)],
  ['Truncate', toMultiple(truncateDuration)],
]);

/** `time.Duration`, with the methods that a template can call. */
export const DURATION: ScalarType = named('time.Duration', INT64, {
  methods: METHODS,
  text: (receiver) => durationText(nanosecondsOf(receiver)),
});

import type { GoValue } from '../../src/index.ts';
import { pointerTo, Typed } from '../../src/index.ts';
import { durationValue } from '../../src/sprig/date/duration-value.ts';
import { RFC3339_NANO } from '../../src/sprig/date/layout.ts';
import { parseTime } from '../../src/sprig/date/parse-time.ts';
import { TIME, timeValue } from '../../src/sprig/date/time-value.ts';
import { loadZone, UTC } from '../../src/sprig/date/zone.ts';
import { valueOfJson } from '../typed-json.ts';
import { DATE_DATA } from './cases.ts';

/** `DATE_DATA` as a template sees it, in a place. */
export function dateData(localZone: string): GoValue {
  const local = loadZone(localZone) ?? UTC;
  const value = (json: unknown): GoValue => {
    const { $: type, value: text } = (json ?? {}) as { readonly $?: string; readonly value: string };
    if (type === 'time.Duration') return durationValue(BigInt(text));
    if (type !== 'time.Time' && type !== '*time.Time') return valueOfJson(json as Parameters<typeof valueOfJson>[0]);
    const { zone, ...rest } = parseTime(RFC3339_NANO, text, local);
    const time = timeValue({ ...rest, zone }, local);
    return type === 'time.Time' ? time : new Typed(pointerTo(TIME), time as ConstructorParameters<typeof Typed>[1]);
  };
  return new Map(Object.entries(DATE_DATA).map(([key, json]) => [key, value(json)]));
}

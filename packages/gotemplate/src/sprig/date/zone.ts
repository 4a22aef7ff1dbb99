import { type ZoneName, zoneNames } from './zone-names.ts';

/** A place that shares its time: what a `*time.Location` is in Go. */
export interface Zone {
  readonly name: string;
  /** What its clocks show at a time, in seconds of Unix time. */
  at(unixSeconds: number): Pick<ZoneName, 'name' | 'offset' | 'isDaylightSaving'>;
  /** The offset, in seconds, that goes by a short name like `CET`: the one that is in force when clocks there show `localSeconds`, if its name is that. */
  offsetNamed(name: string, localSeconds: number): number | undefined;
}

/** A zone whose clocks are never changed. */
export function fixedZone(name: string, offset: number): Zone {
  const always = { name, offset, isDaylightSaving: false };
  return { name, at: () => always, offsetNamed: (asked) => (asked === name ? offset : undefined) };
}

export const UTC = fixedZone('UTC', 0);

/** Dates of JavaScript end there. */
const LAST_SECOND = 8.64e12;
/** After so many seconds, 400 years, the same days have the same names and dates again. */
const CYCLE = 146_097 * 86_400;

/**
 * The zone of a name in the IANA database, with the rules that this runtime has; an empty name is UTC. Undefined for a name that it does not have. A time whose
 * name is not known, as its law is younger than our list, is called by its offset.
 */
export function loadZone(name: string): Zone | undefined {
  if (name === '' || name === 'UTC') return UTC;
  const names = zoneNames(name);
  if (names === undefined) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
  const at: Zone['at'] = (unixSeconds) => {
    const seconds = withinDates(unixSeconds);
    const offset = offsetIn(format, seconds);
    return (
      names.findLast((each) => each.offset === offset && each.since <= seconds) ?? {
        name: numeric(offset),
        offset,
        isDaylightSaving: false,
      }
    );
  };
  return {
    name,
    at,
    offsetNamed: (asked, localSeconds) => {
      const called = names.filter((each) => each.name === asked);
      return (called.find(({ offset }) => at(localSeconds - offset).name === asked) ?? called[0])?.offset;
    },
  };
}

/** A time with the same rules that is a date of JavaScript. */
function withinDates(unixSeconds: number): number {
  const cycles = Math.max(0, Math.ceil((unixSeconds - LAST_SECOND) / CYCLE));
  return Math.min(Math.max(unixSeconds - cycles * CYCLE, -LAST_SECOND), LAST_SECOND);
}

/** Seconds east of UTC: it is written like `GMT`, `GMT+01:00` or `GMT-00:44:30`. */
function offsetIn(format: Intl.DateTimeFormat, unixSeconds: number): number {
  const text = format.formatToParts(unixSeconds * 1000).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = 0, minutes = 0, seconds = 0] = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -offset : offset;
}

function numeric(offset: number): string {
  const minutes = Math.floor(Math.abs(offset) / 60);
  const digits = String(Math.floor(minutes / 60)).padStart(2, '0') + (minutes % 60 === 0 ? '' : String(minutes % 60).padStart(2, '0'));
  return `${offset < 0 ? '-' : '+'}${digits}`;
}

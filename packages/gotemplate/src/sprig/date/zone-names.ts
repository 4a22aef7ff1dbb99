import groups from './zone-names.json' with { type: 'json' };

/** What a zone calls the times at an offset, from a time on. */
export interface ZoneName {
  readonly name: string;
  /** Seconds east of UTC. */
  readonly offset: number;
  readonly isDaylightSaving: boolean;
  /** Seconds of Unix time. */
  readonly since: number;
}

/** The line of each zone in zone-names.json, which scripts/zones/main.go wrote. */
const LINES: ReadonlyMap<string, string> = new Map(
  groups.flatMap(([line = '', names = '']) => names.split(' ').map((name): [string, string] => [name, line])),
);

/** The names of a zone's times, in the order in which they came up; undefined for what is no zone of the IANA database, upper and lower case apart. */
export function zoneNames(zone: string): readonly ZoneName[] | undefined {
  return LINES.get(zone)
    ?.split(',')
    .map((entry) => {
      const [name = '', offset, flag, since] = entry.split(' ');
      return { name, offset: Number(offset), isDaylightSaving: flag === 'd', since: since === undefined ? -Infinity : Number(since) };
    });
}

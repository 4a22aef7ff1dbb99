interface Formats {
  readonly layouts: readonly string[];
  readonly zones: readonly string[];
  readonly times: readonly string[];
}

const LAYOUTS = [
  '2006-01-02T15:04:05Z07:00',
  '2006-01-02T15:04:05.999999999Z07:00',
  '2006-01-02 15:04:05.999999999 -0700 MST',
  'Mon Jan _2 15:04:05 2006',
  'Mon Jan _2 15:04:05 MST 2006',
  'Mon Jan 02 15:04:05 -0700 2006',
  '02 Jan 06 15:04 MST',
  '02 Jan 06 15:04 -0700',
  'Monday, 02-Jan-06 15:04:05 MST',
  'Mon, 02 Jan 2006 15:04:05 MST',
  'Mon, 02 Jan 2006 15:04:05 -0700',
  '3:04PM 03:04pm 3:4:5 03:04:05',
  'Jan _2 15:04:05.000000',
  '15:04:05.000 15:04:05,000 15:04:05.999 15:04:05,999999',
  '20060102150405 060102 1/2/06 1-2-2006',
  '002 __2 _2 2 02 _2006 __2006',
  'January Janet Jan. Monday Mondays Mon Monkey MSTMST',
  '-07 -0700 -07:00 -070000 -07:00:00',
  'Z07 Z0700 Z07:00 Z070000 Z07:00:00',
  '-7 07 +0700 Z Z7 -07:0 -07000',
  '.0 .00 .0000000000000 .9 .99 .999999999999 ,0 ,9 .09 .90 .0001 .99a .000b',
  '15h04m05s 2nd 3rd 4th 15:4 24:00 12 11 10 99 00 08 07',
  'PM pm AM am P p Pm pM',
  '',
  'no elements here',
  'Ünïcode 2006年01月02日 🎉',
  '%Y-%m-%d {{ }} \\\\ \\"',
  '0102 010206 1504 150405 2006002',
];

const TIMES = [
  '2006-01-02T15:04:05.123456789-07:00',
  '2024-02-29T00:00:00Z',
  '2023-12-31T23:59:59.999999999Z',
  '1999-07-04T12:30:09.5+02:00',
  '1970-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '1900-03-01T11:05:00.000100000Z',
  '2050-10-30T01:30:00+00:30',
];

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/St_Johns',
  'Asia/Kolkata',
  'Africa/Monrovia',
  'Pacific/Apia',
  'Asia/Tehran',
  'America/Sao_Paulo',
];

/** All layouts for some times, and all zones through the years. */
export const FORMATS: Formats = { layouts: LAYOUTS, zones: ZONES, times: TIMES };

const YEARS = [1800, 1890, 1911, 1918, 1945, 1950, 1968, 1972, 1980, 1996, 2011, 2024, 2037, 2100, 2400];

export function formatCases({ layouts, zones, times }: Formats): readonly string[] {
  const parsed = (time: string): string => `(mustToDate "2006-01-02T15:04:05.999999999Z07:00" "${time}")`;
  const inZones = layouts.flatMap((layout, index) =>
    times.map((time, at) => `{{ dateInZone "${layout}" ${parsed(time)} "${zones[(index + at) % zones.length]}" }}`),
  );
  const asTheyAre = times.flatMap((time) => [`{{ ${parsed(time)} }}`, `{{ ${parsed(time)}.Format "MST -07:00:00 Z07:00" }}`]);
  const years = [
    ...zones,
    'Europe/London',
    'Europe/Moscow',
    'America/New_York',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'Europe/Dublin',
  ].flatMap((zone) =>
    // Beyond 2037 the rules of Casablanca, which follow the moon, are a matter of taste.
    YEARS.filter((year) => zone !== 'Africa/Casablanca' || year < 2037).map((year) => {
      const at = (date: string): string =>
        `{{ dateInZone "Mon 2006-01-02 15:04:05 MST -07:00:00" ${parsed(`${year}-${date}T01:00:00Z`)} "${zone}" }}`;
      return `${at('01-15')}; ${at('07-15')}; ${at('10-27')}`;
    }),
  );
  return [...inZones, ...asTheyAre, ...years];
}

import ZONE_NAMES from '../../src/sprig/date/zone-names.json' with { type: 'json' };
import { FORMATS, formatCases } from './format-cases.ts';
import { PARSES, parseCases } from './parse-cases.ts';

/** Templates of one local zone, which Go and we execute at midnight of 2000-01-01, UTC, with `DATE_DATA`. What Go makes of them is in testdata/dates.json. */
export interface DateGroup {
  readonly localZone: string;
  readonly templates: readonly string[];
}

const of = (type: string, value: string) => ({ $: type, value });

export const DATE_DATA = {
  int: of('int', '1700000000'),
  int32: of('int32', '1700000000'),
  int64: of('int64', '1700000000'),
  uint64: of('uint64', '1700000000'),
  float: 1700000000,
  before: of('int64', '946684799'),
  negative: of('int64', '-1'),
  most: of('int64', '9223372036854775807'),
  least: of('int64', '-9223372036854775808'),
  far: of('int64', '20000000000000'),
  farBack: of('int64', '-20000000000000'),
  nanoseconds: of('int64', '7200000000001'),
  text: 'words',
  nothing: null,
  list: [1, 2],
  time: of('time.Time', '2024-02-29T13:14:15.123456789+05:30'),
  pointer: of('*time.Time', '2024-02-29T13:14:15.123456789+05:30'),
  duration: of('time.Duration', '5400000000000'),
};

const ALL_TYPES = Object.keys(DATE_DATA).map((key) => `.${key}`);
const each = (all: readonly string[], template: (one: string) => string): readonly string[] => all.map(template);

const FUNCTIONS = [
  '{{ now }}',
  '{{ now.Unix }} {{ now | unixEpoch }} {{ now | date "2006-01-02" }} {{ printf "%T %s %v" now now now }} {{ print 1 now 2 }}',
  ...each(ALL_TYPES, (value) => `{{ ago ${value} }}`),
  ...each(ALL_TYPES, (value) => `{{ date "2006-01-02T15:04:05Z07:00 MST" ${value} }}`),
  ...each(ALL_TYPES, (value) => `{{ htmlDate ${value} }}`),
  ...each(ALL_TYPES, (value) => `{{ dateInZone "Mon Jan _2 15:04:05 -0700 MST 2006" ${value} "America/New_York" }}`),
  ...each(ALL_TYPES, (value) => `{{ htmlDateInZone ${value} "Pacific/Auckland" }}`),
  ...each(ALL_TYPES, (value) => `{{ duration ${value} }}`),
  ...each(ALL_TYPES, (value) => `{{ durationRound ${value} }}`),
  ...each(ALL_TYPES, (value) => `{{ unixEpoch ${value} }}`),
  ...each(ALL_TYPES, (value) => `{{ dateModify "1h" ${value} }}`),
  ...each(ALL_TYPES, (value) => `{{ date ${value} now }}`),
  '{{ date_in_zone "15:04 MST" .int "Europe/Berlin" }} {{ .int | date "15:04 MST" }}',
  '{{ date_in_zone "15:04 MST" .int }}',
  '{{ date_in_zone "15:04 MST" .int nil }}',
  '{{ date_in_zone "15:04 MST" .int 1 }}',
  '{{ date "2006" }}',
  '{{ date }}',
  '{{ now 1 }}',
  '{{ ago }}',
  '{{ ago "a" "b" }}',
  ...each(
    ['', 'UTC', 'Local', 'Nowhere/Land', 'europe/berlin', 'CET', 'EST', 'Etc/GMT+5', '../etc/passwd', 'Asia/Kathmandu', '+01:00', 'Zulu'],
    (zone) => {
      return `{{ dateInZone "2006-01-02 15:04:05 -0700 MST" .int "${zone}" }}`;
    },
  ),
  ...each(
    [
      '1h',
      '-1.5h',
      '24h',
      '+90m',
      '1h1m1s1ms1us1ns',
      '0',
      '',
      'x',
      '1',
      '1d',
      '1h-1m',
      '.5s',
      '2540400h',
      '3000000h',
      '1.5',
      '-',
      '1µs',
      '1y',
    ],
    (by) => {
      return `{{ $t := .time }}{{ dateModify "${by}" $t }} {{ date_modify "${by}" $t }} {{ $t | dateModify "${by}" | unixEpoch }}`;
    },
  ),
  ...each(
    [
      '1h',
      '-1.5h',
      '1h30',
      'x"y',
      '',
      '1 h',
      '1ü',
      '9223372036854775808ns',
      '9223372036854775808ns9223372036854775808ns',
      '-9223372036854775808ns9223372036854775808ns',
      '9223372036854775807ns',
      '-9223372036854775808ns',
      '1.s',
      '.s',
      '1h.5',
      '00000000000000000000001s',
      '0.3333333333333333333333h',
      '99999999999999999999999s',
      '1.999999999999999999999ns',
      '106751d',
      '2562047h47m16.854775807s',
      '2562047h47m16.854775808s',
      '1\\t',
      '\\x01',
      '\\x7f',
      '1\\\\',
    ],
    (by) => {
      return `{{ mustDateModify "${by}" .time }} {{ must_date_modify "${by}" .time }}`;
    },
  ),
  ...each(
    [
      '0',
      '1',
      '95',
      '-95',
      '3600',
      '86400',
      '9223372036854775807',
      '99999999999999999999',
      '-99999999999999999999',
      'x',
      '',
      '1.5',
      ' 1',
      '+7',
      '1_000',
      '0x10',
      '9223372037',
      '-9223372037',
    ],
    (seconds) => {
      return `{{ duration "${seconds}" }}`;
    },
  ),
  '{{ duration 95 }} {{ duration 9.5 }} {{ duration nil }}',
  '{{ duration }}',
  ...each(
    [
      '0s',
      '1s',
      '2s',
      '1s1ns',
      '59s',
      '60s',
      '61s',
      '1h',
      '1h1s',
      '24h',
      '25h',
      '720h',
      '721h',
      '2000h10m',
      '8760h',
      '8761h',
      '17521h',
      '-3h',
      '-1000h',
      'x',
      '',
      '2562047h',
    ],
    (text) => {
      return `{{ durationRound "${text}" }}`;
    },
  ),
  '{{ durationRound (toDate "2006-01-02" "1999-01-01") }} {{ durationRound (toDate "2006-01-02" "2003-01-01") }} {{ durationRound now }}',
  '{{ durationRound 5 }} {{ durationRound nil }} {{ durationRound (toDate "2006" "1000") }}',
  '{{ ago (toDate "2006-01-02 15:04:05" "1999-12-31 22:58:57.4") }} {{ ago (toDate "2006-01-02 15:04:05" "1999-12-31 22:58:57.5") }}',
  '{{ ago (toDate "2006" "0001") }} {{ ago (toDate "2006" "9999") }}',
  '{{ toDate "2006-01-02" "2017-12-31" | date "02/01/2006" }} {{ toDate "2006-01-02" "nonsense" }} {{ (toDate "x" "y").IsZero }}',
  '{{ toDate "2006-01-02" 5 }}',
  '{{ toDate "2006-01-02" }}',
  '{{ mustToDate "2006-01-02" "nonsense" }}',
  '{{ mustToDate "2006-01-02" .time }}',
  '{{ unixEpoch (toDate "2006-01-02" "1969-12-31") }} {{ unixEpoch (toDate "x" "y") }}',
  '{{ unixEpoch "2006" }}',
  '{{ unixEpoch }}',
  '{{ unixEpoch nil }}',
];

const METHODS = [
  ...each(
    [
      'Year',
      'Month',
      'Day',
      'Hour',
      'Minute',
      'Second',
      'Nanosecond',
      'YearDay',
      'Weekday',
      'Unix',
      'UnixMilli',
      'UnixMicro',
      'UnixNano',
      'UTC',
      'Local',
      'Location',
      'IsZero',
      'IsDST',
      'String',
    ],
    (method) =>
      `{{ .time.${method} }} {{ printf "%T" .time.${method} }} {{ .pointer.${method} }} {{ (toDate "2006-01-02" "1938-07-04").${method} }} {{ (toDate "x" "").${method} }}`,
  ),
  ...each(['Format', 'Add', 'AddDate 1', 'Sub', 'Nothing', 'In nil', 'Year 1'], (method) => `{{ .time.${method} }}`),
  '{{ .time.Format "Jan 2" }} {{ .time.Add 3600000000000 }} {{ .time.Add .duration }} {{ .time.AddDate 0 1 1 }} {{ .time.AddDate -1 -14 -40 }}',
  '{{ .time.Sub now }} {{ now.Sub .time }} {{ .time.After now }} {{ .time.Before now }} {{ .time.Equal .time.UTC }} {{ .time.Compare now }} {{ now.Compare .time }}',
  '{{ .time.Truncate 3600000000000 }} {{ .time.Round 3600000000000 }} {{ .time.Truncate 0 }} {{ .time.Round 86400000000000 }} {{ .time.Round 7 }} {{ .time.Truncate -5 }}',
  '{{ (toDate "2006" "0000").Truncate 604800000000000 }} {{ (toDate "2006" "0000").Round 604800000000000 }}',
  '{{ .time.Location.String }} {{ now.Location }} {{ .time.In now.Location }} {{ printf "%T" now.Location }}',
  '{{ eq now now }} {{ eq .time .time }} {{ eq .time .time.UTC }} {{ ne .time now }}',
  '{{ lt .time now }}',
  '{{ .time.Month | printf "%d %s %v" }} {{ .time.Weekday | printf "%d %s" }} {{ eq .time.Month 2 }} {{ .time.Month.String }}',
  '{{ if now }}yes{{ end }} {{ with toDate "x" "y" }}yes{{ end }} {{ len (printf "%s" now) }}',
  '{{ .duration }} {{ .duration.Hours }} {{ .duration.Minutes }} {{ .duration.Seconds }} {{ .duration.Milliseconds }} {{ .duration.Microseconds }} {{ .duration.Nanoseconds }} {{ .duration.String }}',
  '{{ .duration.Round 3600000000000 }} {{ .duration.Truncate 3600000000000 }} {{ .duration.Abs }} {{ .duration.Round -1 }} {{ printf "%T %d" .duration .duration }}',
  '{{ .time.AddDate 1 2 }}',
  '{{ .time.Add "1h" }}',
  '{{ .time.After 5 }}',
  '{{ .time.Year.Month }}',
  '{{ (dateModify "-1ns" .time).Nanosecond }} {{ (dateModify "876543211ns" .time) }} {{ (dateModify "-2540400h" .time) }}',
  ...each(
    [
      '1ns',
      '999ns',
      '1000ns',
      '1001ns',
      '1500us',
      '1s',
      '59.999999999s',
      '60s',
      '1h',
      '1h0m1s',
      '100h',
      '-1ns',
      '-1h30m0.5s',
      '2562047h47m16.854775807s',
    ],
    (by) => {
      return `{{ $d := (dateModify "${by}" .time).Sub .time }}{{ $d }} {{ $d.Abs }} {{ $d.Round 1000 }} {{ $d.Round 60000000000 }} {{ $d.Truncate 1000000 }} {{ $d.Hours }} {{ $d.Minutes }} {{ $d.Seconds }} {{ $d.Milliseconds }} {{ $d.Microseconds }}`;
    },
  ),
];

const AMONG_OTHERS = [
  '{{ toJson now }} {{ toJson .time }} {{ toJson (dict "t" .time "d" .duration) }} {{ toPrettyJson (list .time) }} {{ mustToRawJson .pointer }}',
  '{{ toJson (toDate "x" "y") }} {{ toJson (.time.AddDate 8000 0 0) }}|{{ toJson (toDate "-070000" "+240000") }}|',
  '{{ mustToJson (.time.AddDate 8000 0 0) }}',
  '{{ mustToJson (.time.AddDate -2025 0 0) }}',
  '{{ mustToJson (toDate "-070000" "+240000") }}',
  '{{ toJson now.Location }} {{ toJson .time.Month }} {{ toJson .time.Weekday }}',
  '{{ toString now }} {{ quote now }} {{ squote .time }} {{ list now .time .duration .time.Month }} {{ cat .time .duration }} {{ join "," (list .time now) }}',
  '{{ kindOf now }} {{ typeOf now }} {{ kindOf .duration }} {{ typeOf .time.Month }} {{ kindOf .time.Location }} {{ typeOf .pointer }} {{ kindIs "struct" now }} {{ typeIs "time.Time" now }}',
  '{{ deepEqual now now }} {{ deepEqual .time .time.UTC }} {{ deepEqual .time (.time.Add 1) }} {{ empty now }} {{ empty (toDate "x" "y") }} {{ empty .duration }}',
  '{{ default now "" }} {{ coalesce "" .time }} {{ ternary now .time true }} {{ has now (list .time now) }} {{ uniq (list now now .time) }}',
  '{{ .time.Year | add 1 }} {{ int .time.Month }} {{ int64 .time.Weekday }} {{ .time.Unix | int }} {{ int .duration }} {{ max .time.Day 5 }}',
  '{{ date "2006-01-02" (int64 "1700000000") }} {{ 1700000000 | int64 | htmlDate }} {{ date "2006" (int "5") }} {{ duration (int64 95) }} {{ durationRound (int64 "7200000000000") }}',
  '{{ now | date "2006-01-02T15:04:05" | toDate "2006-01-02T15:04:05" | unixEpoch | atoi | add 1 }}',
  '{{ $t := now }}{{ range $i := until 3 }}{{ $t.AddDate 0 $i 0 | date "Jan " }}{{ end }}',
  '{{ now.Sub (toDate "2006-01-02" "1999-01-01") | durationRound }} {{ (now.Sub (toDate "2006-01-02" "1999-01-01")).Hours }}',
];

/** Every zone of the IANA database, in the winters and summers of some years. */
const ZONES = ZONE_NAMES.flatMap(([, names = '']) => names.split(' '))
  .sort()
  .map((zone) => {
    const at = (date: string): string => `{{ dateInZone "02 15:04 MST -07:00" (toDate "2006-01-02" "${date}") "${zone}" }}`;
    return ['1975-01-15', '1985-07-15', '1996-01-15', '2004-07-15', '2013-01-15', '2022-07-15'].map(at).join(' ');
  });

export const DATE_GROUPS: Readonly<Record<string, DateGroup>> = {
  'functions of dates': { localZone: 'UTC', templates: FUNCTIONS },
  'methods of times': { localZone: 'UTC', templates: METHODS },
  'times among other functions': { localZone: 'UTC', templates: AMONG_OTHERS },
  'functions of dates in Berlin': { localZone: 'Europe/Berlin', templates: [...FUNCTIONS, ...METHODS] },
  'times by layouts': { localZone: 'UTC', templates: formatCases(FORMATS) },
  'times in all zones': { localZone: 'UTC', templates: ZONES },
  'texts as times': { localZone: 'UTC', templates: parseCases(PARSES) },
  'texts as times in New York': { localZone: 'America/New_York', templates: parseCases(PARSES) },
};

import { formatTime } from '../../src/sprig/date/format-time.ts';
import { loadZone, UTC } from '../../src/sprig/date/zone.ts';

const ELEMENTS = [
  ...[
    '2006',
    '06',
    'January',
    'Jan',
    '01',
    '1',
    'Monday',
    'Mon',
    '02',
    '_2',
    '2',
    '002',
    '__2',
    '15',
    '03',
    '3',
    '04',
    '4',
    '05',
    '5',
    'PM',
    'pm',
    'MST',
  ],
  ...[
    '-07',
    '-0700',
    '-07:00',
    '-070000',
    '-07:00:00',
    'Z07',
    'Z0700',
    'Z07:00',
    'Z070000',
    'Z07:00:00',
    '.000',
    ',00',
    '.999999999',
    '.9',
    '.0000000000',
  ],
];
const WHOLE = [
  '2006-01-02T15:04:05Z07:00',
  '2006-01-02 15:04:05.999999999 -0700 MST',
  'Mon, 02 Jan 2006 15:04:05 MST',
  '3:04PM',
  'Jan _2 15:04:05',
];
const BETWEEN = ['', ' ', '-', '/', ':', ', ', 'T', '  ', '.', 'x', 'ü', '_', '0', '7', 'at ', 'Z', '+'];
const ZONES = [
  'UTC',
  'Local',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Pacific/Apia',
  'Africa/Monrovia',
  'Europe/London',
  'Nowhere',
  'Asia/Pyongyang',
];
const UNITS = ['h', 'm', 's', 'ms', 'us', 'µs', 'ns', '', 'd', 'H'];
const STRAY = ['', ' ', 'x', '0', '9', '-', '+', ':', '.', 'Z', 'AM', 'PM', 'UTC', 'EST', 'Jan', 'ü', '60', '13', '\t', '"', '\\'];

/** Makes templates about dates, at random. */
export class DateMaker {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  make(): string {
    const kinds = [() => this.#format(), () => this.#parse(), () => this.#parse(), () => this.#modify(), () => this.#methods()];
    return this.#one(kinds)();
  }

  #one<T>(all: readonly T[]): T {
    return all[Math.floor(this.#random() * all.length)] as T;
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #layout(): string {
    if (this.#random() < 0.2) return this.#one(WHOLE);
    return Array.from({ length: 1 + this.#below(7) }, () => this.#one(ELEMENTS) + this.#one(BETWEEN)).join('');
  }

  /** A time between the years 0 and 9999, as a rule of our days. */
  #time(): string {
    const seconds = this.#random() < 0.3 ? this.#below(253_402_300_800 + 62_135_596_800) - 62_135_596_800 : this.#below(3_000_000_000);
    const nanoseconds = this.#one([0, 5, 500_000_000, this.#below(1_000_000_000)]);
    return formatTime({ seconds: BigInt(seconds), nanoseconds, zone: UTC }, '2006-01-02T15:04:05.999999999Z07:00');
  }

  #timeCall(): string {
    return `(mustToDate "2006-01-02T15:04:05.999999999Z07:00" "${this.#time()}")`;
  }

  #format(): string {
    return `{{ dateInZone ${quoted(this.#layout())} ${this.#timeCall()} "${this.#one(ZONES)}" }}`;
  }

  #parse(): string {
    const layout = this.#layout();
    const zone = loadZone(this.#one(ZONES)) ?? UTC;
    const instant = { seconds: BigInt(this.#below(3_000_000_000)), nanoseconds: this.#below(1_000_000_000), zone };
    let text = formatTime(instant, layout);
    for (let changes = this.#one([0, 0, 1, 2]); changes > 0; changes -= 1) {
      const at = this.#below(text.length + 1);
      text = text.slice(0, at) + this.#one(STRAY) + text.slice(at + this.#below(3));
    }
    return `{{ $t := mustToDate ${quoted(layout)} ${quoted(text)} }}{{ $t }} {{ $t.Unix }} {{ $t.Nanosecond }} {{ $t.Location }} {{ $t.IsDST }}`;
  }

  #duration(): string {
    const part = (): string =>
      `${this.#one(['', '', '0', '1', '59', '1000', '99999', '2562047', '9223372036854775807', '9223372036854775808'])}${this.#one(['', '', '', '.', '.5', '.333333333333333333333', '.000000001'])}${this.#one(UNITS)}`;
    return this.#one(['', '-', '+', '']) + Array.from({ length: 1 + this.#below(3) }, part).join('');
  }

  #modify(): string {
    return `{{ mustDateModify ${quoted(this.#duration())} ${this.#timeCall()} }} {{ durationRound ${quoted(this.#duration())} }}`;
  }

  #methods(): string {
    const number = (): number => this.#one([0, 1, -1, 12, -13, 31, 400, this.#below(100_000) - 50_000]);
    const unit = this.#one([1, 7, 1000, 1_000_000_000, 60_000_000_000, 3_600_000_000_000, 86_400_000_000_000, -5, 0]);
    return [
      `{{ $t := ${this.#timeCall()} }}{{ $u := ${this.#timeCall()} }}{{ $d := $t.Sub $u }}`,
      `{{ $t.AddDate ${number()} ${number()} ${number()} }} {{ $d }} {{ $d.Round ${unit} }} {{ $d.Truncate ${unit} }} {{ $d.Hours }} {{ $d.Seconds }}`,
      ` {{ $t.Round ${unit} }} {{ $t.Truncate ${unit} }} {{ $t.YearDay }} {{ $t.Weekday }} {{ $t.Compare $u }} {{ $t.Add $d }} {{ ago $t }} {{ durationRound $t }}`,
    ].join('');
  }
}

/** As a string of Go: what is beyond ASCII stays as it is. */
const quoted = (text: string): string => JSON.stringify(text);

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GoValue, TemplateSet } from '../../index.ts';
import { formatTime } from './format-time.ts';
import { dateFunctions } from './functions.ts';
import { parseTime } from './parse-time.ts';
import { loadZone, UTC } from './zone.ts';

interface Settings {
  readonly now?: number;
  readonly data?: GoValue;
  readonly maxSteps?: number;
  readonly maxLength?: number;
}

function rendered(template: string, { now = 0, data = null, ...limits }: Settings = {}): string {
  const set = new TemplateSet({ functions: dateFunctions({ clock: { now: () => now } }) });
  set.parse('t', template);
  return set.execute('t', data, limits);
}

describe('now', () => {
  test('is what the clock says, to the microsecond', () => {
    expect(rendered('{{ now }}', { now: 1_700_000_000_123.456 })).toBe('2023-11-14 22:13:20.123456 +0000 UTC');
    expect(rendered('{{ now }}', { now: -1 })).toBe('1969-12-31 23:59:59.999 +0000 UTC');
  });

  test('is asked anew each time', () => {
    let now = 0;
    const set = new TemplateSet({ functions: dateFunctions({ clock: { now: () => now++ * 1000 } }) });
    set.parse('t', '{{ now.Unix }} {{ now.Unix }} {{ now.Unix }}');
    expect(set.execute('t', null)).toBe('0 1 2');
  });
});

describe('what templates of strangers ask for', () => {
  const limit = expect.objectContaining({ kind: 'limit' });

  test('is counted before it is made', () => {
    const long = 'January '.repeat(1000);
    expect(() => rendered('{{ $layout := . }}{{ now.Format $layout }}', { data: long, maxLength: 10_000 })).toThrow(limit);
    expect(() => rendered('{{ date . 0 }}', { data: long, maxLength: 10_000 })).toThrow(limit);
    expect(() => rendered('{{ toDate . . }}', { data: long, maxSteps: 10_000 })).toThrow(limit);
    expect(() => rendered('{{ dateModify . now }}', { data: '1h'.repeat(10_000), maxSteps: 10_000 })).toThrow(limit);
    expect(() => rendered('{{ durationRound . }}', { data: '1h'.repeat(10_000), maxSteps: 10_000 })).toThrow(limit);
  });

  test('is found out once for a zone', () => {
    const zone = (name: string): string => `{{ htmlDateInZone 0 "${name}" }}`;
    expect(() => rendered(['Europe/Berlin', 'Europe/Paris', 'Europe/Rome'].map(zone).join(''), { maxSteps: 5000 })).toThrow(limit);
    expect(rendered(zone('Europe/Berlin').repeat(100), { maxSteps: 5000 })).toBe('1970-01-01'.repeat(100));
  });

  test.each(['1'.repeat(100_000), '0.'.repeat(50_000), `${'9'.repeat(100_000)}h`, 'h'.repeat(100_000)])(
    'is no duration, and that soon',
    (text) => {
      expect(rendered('{{ durationRound . }}', { data: text })).toBe('0s');
    },
  );

  test('may be as far off as numbers go', () => {
    const far = '{{ (now.AddDate 9223372036854775807 9223372036854775807 -9223372036854775808).Location }}';
    expect(rendered(far)).toBe('UTC');
    expect(rendered('{{ dateInZone "2006" 9223372036854775807 "Europe/Berlin" }}')).toMatch(/^-?\d+$/);
  });
});

describe('zones', () => {
  test('keep their rules for ever', () => {
    const layout = '01-02 15:04 MST -07:00';
    const berlin = loadZone('Europe/Berlin') ?? UTC;
    const year = (years: number): string => {
      const seconds = BigInt(years / 400) * 146_097n * 86_400n + 1_720_000_000n;
      return formatTime({ seconds, nanoseconds: 0, zone: berlin }, layout);
    };
    expect(year(400_000)).toBe(year(0));
    expect(year(400_000_000)).toBe('07-03 11:46 CEST +02:00');
  });

  test('are those of the IANA database, by names in their own letters', () => {
    expect(loadZone('Europe/Berlin')?.name).toBe('Europe/Berlin');
    for (const name of ['europe/berlin', '+01:00', '__proto__', 'constructor', '../UTC', 'Nowhere']) expect(loadZone(name)).toBeUndefined();
  });
});

test('a time is what its text says, in any zone', () => {
  const layout = '2006-01-02T15:04:05.999999999Z07:00';
  const second = fc.bigInt({ min: -62_135_596_800n, max: 253_402_214_399n });
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'Australia/Lord_Howe');
  fc.assert(
    fc.property(second, fc.integer({ min: 0, max: 999_999_999 }), zone, (seconds, nanoseconds, name) => {
      const there = loadZone(name) ?? UTC;
      fc.pre(there.at(Number(seconds)).offset % 60 === 0);
      const text = formatTime({ seconds, nanoseconds, zone: there }, layout);
      fc.pre(/^\d{4}-/.test(text));
      expect(parseTime(layout, text, UTC)).toMatchObject({ seconds, nanoseconds });
    }),
    { numRuns: 500 },
  );
});

import { renderYaml } from '@gotk/apimachinery/yaml';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HelmError } from '../helm-error.ts';
import { type ChartIndex, parseIndex } from './index-file.ts';
import { readIndexLines } from './index-lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string): ChartIndex => parseIndex(bytes(text), { maxBytes: 50 * 1024 * 1024 });
/** The tag makes it a file that is not of the usual form: a YAML parser reads it. */
const parseWhole = (text: string): ChartIndex => parse(`--- !!map\n${text}`);
const isRegular = (text: string): boolean => readIndexLines(bytes(text), () => undefined) !== undefined;
const versions = (index: ChartIndex, chart: string): readonly string[] | undefined =>
  index.charts.get(chart)?.map(({ version }) => version);
const index = (entries: string): string => `apiVersion: v1\nentries:\n${entries}generated: "2026-01-02T03:04:05Z"\n`;

const PODINFO = `apiVersion: v1
entries:
  podinfo:
  - apiVersion: v2
    appVersion: 6.5.0
    created: "2026-01-02T03:04:05.123456789Z"
    dependencies:
    - alias: cache
      condition: redis.enabled
      import-values:
      - data
      name: redis
      repository: https://example.com/charts
      tags:
      - alias
      version: 18.x
    description: 'A web application: it is small, and written in a way that takes more
      than one line - name: of this file'
    digest: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    home: https://example.com
    maintainers:
    - email: somebody@example.com
      name: somebody
    name: podinfo
    urls:
    - https://example.com/podinfo-6.5.0.tgz
    - podinfo-6.5.0.tgz
    version: 6.5.0
  - apiVersion: v2
    annotations:
      notes: |
        - name: not a version

        version: 9.9.9
    created: "2026-03-02T03:04:05Z"
    deprecated: true
    name: podinfo
    urls:
    - podinfo-6.10.0.tgz
    version: 6.10.0
generated: "2026-01-02T03:04:05Z"
serverInfo: {}
`;

describe('an index as helm writes it', () => {
  test('is read line by line: what is needed, in descending order', () => {
    expect(isRegular(PODINFO)).toBe(true);
    expect(parse(PODINFO)).toEqual({
      charts: new Map([
        [
          'podinfo',
          [
            { name: 'podinfo', version: '6.10.0', urls: ['podinfo-6.10.0.tgz'], created: '2026-03-02T03:04:05Z', deprecated: true },
            {
              name: 'podinfo',
              version: '6.5.0',
              urls: ['https://example.com/podinfo-6.5.0.tgz', 'podinfo-6.5.0.tgz'],
              digest: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
              appVersion: '6.5.0',
              created: '2026-01-02T03:04:05.123456789Z',
            },
          ],
        ],
      ]),
      problems: [],
      skipped: 0,
    });
  });

  test('may begin with a byte order mark, which is part of a text anywhere else', () => {
    expect(parse(`\uFEFF${PODINFO}`)).toEqual(parse(PODINFO));
    expect(parse(PODINFO.replace('version: 6.5.0', 'version: \uFEFF6.5.0')).problems).toHaveLength(1);
  });

  test('says the same to a YAML parser, as JSON, and with other line ends', () => {
    expect(parseWhole(PODINFO)).toEqual(parse(PODINFO));
    expect(parse(PODINFO.replaceAll('\n', '\r\n'))).toEqual(parse(PODINFO));
    const json = { apiVersion: 'v1', entries: { a: [{ name: 'a', version: '1.0.0', urls: ['a.tgz'] }] } };
    expect(parse(JSON.stringify(json, undefined, 2))).toEqual(parse(renderYaml(json)));
  });
});

describe('what is out of the ordinary in one version is left to a parser, for that version', () => {
  const item = (lines: string): ChartIndex => parse(index(`  a:\n  - name: a\n    urls: [a.tgz]\n${lines}`));

  test.each<[string, string, object]>([
    ['an escape', '    version: "1.0.0-\\x72c"\n', { version: '1.0.0-rc' }],
    ['a number', '    version: 1.10\n', { version: '1.1' }],
    ['a block', '    version: >-\n      1.0.0\n', { version: '1.0.0' }],
    ['a key in quotes', '    "version": 1.0.0\n', { version: '1.0.0' }],
    ['a key in another case', '    Version: 1.0.0\n', { version: '1.0.0' }],
    ['a comment', '    version: 1.0.0 # the first\n', { version: '1.0.0' }],
    ['text on two lines', '    version: 1.0.0\n    appVersion: one\n      two\n', { appVersion: 'one two' }],
  ])('%s', (_, lines, expected) => {
    expect(item(lines).charts.get('a')).toEqual([expect.objectContaining(expected)]);
    expect(isRegular(index(`  a:\n  - name: a\n${lines}`))).toBe(true);
  });

  test('an alias makes the whole file one for a parser', () => {
    const text = index('  a:\n  - &first\n    name: a\n    version: 1.0.0\n    urls: [a.tgz]\n  - <<: *first\n    version: 2.0.0\n');
    expect(isRegular(text)).toBe(false);
    expect(versions(parse(text), 'a')).toEqual(['2.0.0', '1.0.0']);
  });
});

describe('versions that Helm would not take are left out, with the reason', () => {
  test.each<[string, string, string]>([
    ['nothing', '  -\n', 'empty entry'],
    ['null', '  - null\n', 'empty entry'],
    ['no name', '  - version: 1.0.0\n', 'chart.metadata.name is required'],
    ['a name that is a path', '  - {name: ../a, version: 1.0.0}\n', 'chart.metadata.name "../a" is invalid'],
    ['a name that is a directory', '  - {name: .., version: 1.0.0}\n', 'chart.metadata.name ".." is not allowed'],
    ['no version', '  - name: a\n', 'chart.metadata.version is required'],
    ['a version that is none', '  - name: a\n    version: latest\n', 'chart.metadata.version "latest" is invalid'],
    ['an unknown type', '  - name: a\n    version: 1.0.0\n    type: plugin\n', 'chart.metadata.type must be application or library'],
    [
      'a null maintainer',
      '  - name: a\n    version: 1.0.0\n    maintainers:\n    - null\n',
      'maintainers must not contain empty or null nodes',
    ],
    [
      'a null dependency',
      '  - name: a\n    version: 1.0.0\n    dependencies:\n    - ~\n',
      'dependencies must not contain empty or null nodes',
    ],
    [
      'an alias that is a path',
      '  - name: a\n    version: 1.0.0\n    dependencies:\n    -   name: x\n        alias: a/b\n',
      'dependency "" has disallowed characters in the alias',
    ],
  ])('%s', (_, lines, reason) => {
    const text = index(`  a:\n${lines}  - name: a\n    version: 2.0.0\n`);
    for (const read of [parse(text), parseWhole(text)]) {
      expect(versions(read, 'a')).toEqual(['2.0.0']);
      expect(read).toMatchObject({ problems: [`chart 'a': ${reason}`], skipped: 1 });
    }
  });

  test('reasons are kept for twenty, and counted for all', () => {
    const read = parse(index(`  a:\n${'  - null\n'.repeat(5_000)}`));
    expect(read.skipped).toBe(5_000);
    expect(read.problems).toHaveLength(20);
  });
});

describe('charts without versions', () => {
  test.each(['  a: []\n', '  a:\n', '  a: null\n'])('%j', (entries) => {
    expect(parse(index(entries)).charts).toEqual(new Map([['a', []]]));
  });

  test.each(['entries: {}\n', 'entries:\n', '', 'entries: []\n'])('an index with %j has none, or is none', (entries) => {
    const text = `apiVersion: v1\n${entries}`;
    if (entries === 'entries: []\n') expect(() => parse(text)).toThrow('entries must be a map');
    else expect(parse(text).charts.size).toBe(0);
  });
});

test('names that prototypes have are charts like any other', () => {
  const entries = ['__proto__', 'constructor'].map((name) => `  ${name}:\n  - name: ${name}\n    version: 1.0.0\n`).join('');
  for (const read of [parse(index(entries)), parseWhole(index(entries))]) {
    expect([...read.charts.keys()]).toEqual(['__proto__', 'constructor']);
    expect(versions(read, '__proto__')).toEqual(['1.0.0']);
  }
});

describe('what is no index', () => {
  test.each<[string, string, RegExp]>([
    ['nothing', '', /^empty index\.yaml file$/],
    ['a page of HTML', '<!DOCTYPE html>\n<html>\n<body>404: not found</body></html>\n', /^the index is not one of Helm's: /],
    ['a text', 'Not Found', /^the index is not one of Helm's: the index must be a map$/],
    ['JSON of something else', '{"message": "rate limited"}', /^no API version specified$/],
    ['a list', '- a\n- b\n', /must be a map$/],
    ['an index without API version', 'entries: {}\n', /^no API version specified$/],
    ['versions that are no list', 'apiVersion: v1\nentries:\n  a:\n    name: a\n', /entries\.a must be a list$/],
    ['a version that is no map', index('  a:\n  - text\n'), /a version of a chart must be a map$/],
    ['a chart twice', index('  a: []\n  b: []\n  a: []\n'), /duplicated mapping key in line 5$/],
    [
      'an alias bomb',
      `apiVersion: v1\na: &a [x,x]\n${'bcdefghijklmnopqrstuvwxyz'
        .split('')
        .map((key, at) => `${key}: &${key} [${Array(9).fill(`*${'abcdefghijklmnopqrstuvwxyz'[at]}`)}]\n`)
        .join('')}entries: {x: *z}\n`,
      /excessive aliasing$/,
    ],
    ['100,000 open brackets', '['.repeat(100_000), /^the index is not one of Helm's: /],
    ['JSON nested 100,000 deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, /^the index is not one of Helm's: /],
    [
      '100,000 levels of blocks',
      Array.from({ length: 3_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      /^no API version specified$|not one of Helm's/,
    ],
  ])('%s', (_, text, message) => {
    expect(() => parse(text)).toThrow(HelmError);
    expect(() => parse(text)).toThrow(expect.objectContaining({ kind: 'invalid-index', message: expect.stringMatching(message) }));
  });

  test('bytes that are no text', () => {
    expect(() => parseIndex(new Uint8Array([0xff, 0xfe, 0x00]), { maxBytes: 10 })).toThrow(
      "the index is not one of Helm's: not valid UTF-8",
    );
  });

  test('too much', () => {
    expect(() => parseIndex(new Uint8Array(11), { maxBytes: 10 })).toThrow(
      new HelmError('too-large', 'index exceeds the maximum index file size of 10 bytes'),
    );
  });
});

describe('reading line by line', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '1.0.0',
      '2.0.0-rc.1',
      'v1.2',
      '0.1',
      'yes',
      'null',
      '1e3',
      'a: b',
      'x #y',
      '- a',
      'two\nlines',
      ' ',
      'é',
      "it's",
      '"',
      '*a',
      '&a',
      '1.0.0+b',
    ),
    fc.string({ minLength: 80, maxLength: 120, unit: fc.constantFrom('a', ' ', 'b', ':', '-', "'") }),
  );
  const dependency = fc.record(
    {
      name: text,
      alias: text,
      tags: fc.array(text, { maxLength: 2 }),
      'import-values': fc.array(fc.oneof(text, fc.dictionary(text, text, { maxKeys: 2 }))),
    },
    { requiredKeys: [] },
  );
  const version = fc.record(
    {
      name: fc.oneof(fc.constant('a'), text),
      version: fc.oneof(fc.constantFrom('1.0.0', '1.2.3', '2.0.0-rc.1'), text),
      apiVersion: fc.constantFrom('v1', 'v2', ''),
      appVersion: fc.oneof(text, fc.integer(), fc.boolean()),
      type: fc.constantFrom('application', 'library', '', 'x'),
      created: text,
      digest: text,
      deprecated: fc.boolean(),
      urls: fc.array(text, { maxLength: 3 }),
      description: text,
      keywords: fc.array(text, { maxLength: 2 }),
      annotations: fc.dictionary(text, text, { maxKeys: 2 }),
      maintainers: fc.array(fc.oneof(fc.constant(null), fc.record({ name: text }, { requiredKeys: [] })), { maxLength: 2 }),
      dependencies: fc.array(fc.oneof({ weight: 5, arbitrary: dependency }, fc.constant(null)), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );
  const document = fc
    .dictionary(
      fc.oneof(fc.constantFrom('a', 'b', '__proto__'), text),
      fc.array(fc.oneof({ weight: 9, arbitrary: version }, fc.constant(null)), { maxLength: 4 }),
      { maxKeys: 4 },
    )
    .map((entries) => renderYaml({ apiVersion: 'v1', entries, generated: '2026-01-02T03:04:05Z' }));

  test.each([
    ['of a chart', '  a :\n  - name: a\n    version: 1.0.0\n'],
    ['of a version', '  a:\n  - name: a\n    version : 1.0.0\n'],
    ['of a dependency', '  a:\n  - name: a\n    version: 1.0.0\n    dependencies:\n    - alias : b\n'],
  ])('spaces before the colon of a key are not of it: %s', (_, entries) => {
    expect(parse(index(entries))).toEqual(parseWhole(index(entries)));
  });

  test.each([
    ['in another version', "  a:\n  - x: '\n  - y: '\n    name: a\n"],
    ['in another chart', '  a:\n  - x: "\n  b: "\n    name: a\n'],
    ['outside of the entries', "  a:\n  - x: '\nb: '\n    name: a\n"],
    ['behind a tag', "  a:\n  - x: !!str '\nb: '\n    name: a\n"],
    ['in brackets', '  a:\n  - x: [\n  b]\n    name: a\n'],
    ['in a list of lists', "  a:\n  - - - '\n  - y: '\n  - name: a\n"],
  ])('a text that is not looked at may end where its lines are indented less: %s', (_, entries) => {
    const outcome = (read: (text: string) => ChartIndex) => attempt(() => unordered(read(index(entries))));
    expect(outcome(parse)).toEqual(outcome(parseWhole));
  });

  test('comes to what a YAML parser comes to', () => {
    fc.assert(
      fc.property(document, (rendered) => void expect(unordered(parse(rendered))).toEqual(unordered(parseWhole(rendered)))),
      { numRuns: 300 },
    );
  });

  test('and does so for files that somebody changed by hand', () => {
    const change = fc.record({
      at: fc.nat(),
      length: fc.nat(3),
      text: fc.oneof(fc.constantFrom(' ', '\n', '-', ':', '#', '"', "'", '  - ', '\t', '&x ', '*x', '\n    ', '|', '>', '{', '['), text),
    });
    fc.assert(
      fc.property(document, fc.array(change, { minLength: 1, maxLength: 3 }), (rendered, changes) => {
        const changed = changes.reduce((now, { at, length, text: inserted }) => {
          const place = at % (now.length + 1);
          return now.slice(0, place) + inserted + now.slice(place + length);
        }, rendered);
        const whole = attempt(() => parseWhole(changed));
        // Of what no parser takes, the parts that do not matter may be wrong.
        if (whole !== undefined) expect(unordered(parse(changed))).toEqual(unordered(whole));
      }),
      { numRuns: 500 },
    );
  });
});

/** Objects put keys that are numbers first, so that a YAML parser comes to some charts sooner. */
const unordered = (read: ChartIndex): ChartIndex => ({ ...read, problems: read.problems.toSorted() });

function attempt(read: () => ChartIndex): ChartIndex | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof HelmError) return undefined;
    throw error;
  }
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startCpuTime } from '../cpu-time.ts';
import { InvalidYaml, type ReadYamlOptions, readYaml } from './read.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const MANIFEST: ReadYamlOptions = { dialect: 'manifest', duplicates: 'refused', maxBytes: 1024 * 1024 };
const CONFIG: ReadYamlOptions = { dialect: 'config', duplicates: 'last', maxBytes: 1024 * 1024 };
const read = (text: string): readonly unknown[] => readYaml(bytes(text), MANIFEST);
const scalar = (text: string): unknown => (read(`k: ${text}\n`)[0] as { k: unknown }).k;

describe('scalars of manifests', () => {
  test.each<[string, unknown]>([
    ['yes', 'yes'],
    ['on', 'on'],
    ['n', 'n'],
    ['true', true],
    ['True', true],
    ['tRue', 'tRue'],
    ['null', null],
    ['~', null],
    ['', null],
    ['nUll', 'nUll'],
    ['0777', 511],
    ['08', 8],
    ['0o17', 15],
    ['0x1F', 31],
    ['0b11', 3],
    ['-0x10', -16],
    ['1_000', 1000],
    ['1e3', 1000],
    ['.5', 0.5],
    ['1.50', 1.5],
    ['9007199254740993', 9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    ['-9223372036854775808', -9223372036854775808n],
    ['18446744073709551616', 18446744073709552000],
    ['0xFFFFFFFFFFFFFFFFFF', '0xFFFFFFFFFFFFFFFFFF'],
    ['12:30:45', '12:30:45'],
    ['2001-01-01', '2001-01-01T00:00:00Z'],
    ['2001-1-2', '2001-01-02T00:00:00Z'],
    ['2001-02-30', '2001-02-30'],
    ['2001-01-02 03:04:05', '2001-01-02T03:04:05Z'],
    ['2001-01-02T03:04:05', '2001-01-02T03:04:05'],
    ['2001-01-02 03:04:05Z', '2001-01-02 03:04:05Z'],
    ['2001-12-14T21:59:43.10-05:00', '2001-12-14T21:59:43.1-05:00'],
    ['"2001-01-01"', '2001-01-01'],
    ['1.2.3', '1.2.3'],
    ['e3', 'e3'],
    ['"1"', '1'],
    ['!!str 1', '1'],
  ])('%s', (text, expected) => {
    expect(scalar(text)).toStrictEqual(expected);
  });

  test.each(['.inf', '-.Inf', '.nan'])('%s has no form in JSON', (text) => {
    expect(() => scalar(text)).toThrow(/^invalid YAML: infinity/);
  });
});

describe('a block of text at the end of a file', () => {
  test.each<[string, string]>([
    ['|\n  one\n  two\n', 'one\ntwo\n'],
    ['|\n  one\n  two', 'one\ntwo'],
    ['|\n  one\n  two  ', 'one\ntwo  '],
    ['|+\n  one\n  two', 'one\ntwo'],
    ['>\n  one\n  two', 'one two'],
    ['|\n  one\n  ', 'one\n'],
    ['|\n  one\n    ', 'one\n  '],
    ['|\n  one\r', 'one\n'],
    ['|\n  one\n\n  two\r\n', 'one\n\ntwo\n'],
    ['|\n  one\n...', 'one\n'],
    ['|\n  one\n# the end', 'one\n'],
  ])('%j has the line breaks that are written', (text, expected) => {
    expect(read(`k: ${text}`)).toEqual([{ k: expected }]);
  });
});

describe('scalars of kustomizations and JSON patches', () => {
  test.each<[string, unknown]>([
    ['yes', true],
    ['Off', false],
    ['y', true],
    ['N', false],
    ['oN', 'oN'],
    ['2001-01-01', '2001-01-01'],
    ['0777', 511],
  ])('%s is %j', (text, expected) => {
    expect(readYaml(bytes(`k: ${text}\n`), CONFIG)).toEqual([{ k: expected }]);
  });

  test('of several equal keys the last one counts', () => {
    expect(readYaml(bytes('k: 1\nk: 2\n'), CONFIG)).toEqual([{ k: 2 }]);
  });
});

describe('tags in kustomizations and charts', () => {
  const tagged = (text: string): unknown => (readYaml(bytes(`k: ${text}\n`), CONFIG)[0] as { k: unknown }).k;

  test.each<[string, unknown]>([
    ['!secret word', 'word'],
    ['!secret 12', '12'],
    ['!redis.on', ''],
    ['!!string 1', '1'],
    ['!<tag:example.com,2000:x> y', 'y'],
    ['!list [1, !x 2]', [1, '2']],
    ['!map {a: 1}', { a: 1 }],
    ['!!set {a}', { a: null }],
    ['!!omap [a: 1]', [{ a: 1 }]],
    ['!!binary aGVsbG8=', 'hello'],
    ['!!str 1', '1'],
    ['!!int "1"', 1],
    ['!!bool "yes"', true],
  ])('%s', (text, value) => {
    expect(tagged(text)).toEqual(value);
  });

  test('that do not fit are refused', () => {
    expect(() => tagged('!!int x')).toThrow(InvalidYaml);
    expect(() => tagged('!!binary x')).toThrow(InvalidYaml);
  });

  test('give a map no other properties than its keys', () => {
    const map = tagged('!map {__proto__: {polluted: 1}}');
    expect(Object.hasOwn(map as object, '__proto__')).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('documents', () => {
  test('empty ones are null', () => {
    expect(read('---\n# nothing\n---\na: 1\n---\n---\nb: 2\n...\n')).toEqual([null, { a: 1 }, null, { b: 2 }]);
    expect(read('')).toEqual([]);
    expect(read('# only a comment\n')).toEqual([]);
  });

  test('JSON is YAML, and a byte order mark is nothing', () => {
    expect(read('{"a": [1, {"b": null}], "c": "\\u00e9"}')).toEqual([{ a: [1, { b: null }], c: 'é' }]);
    expect(read('\uFEFFa: 1\n')).toEqual([{ a: 1 }]);
  });

  test('JSON comes back as it was', () => {
    // Integers only: those beyond 2^53 come back with all their digits, which JSON.parse drops.
    const json = fc.object({ values: [fc.string({ unit: 'binary' }), fc.boolean(), fc.constant(null), fc.integer()], maxDepth: 4 });
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(read(text))).toBe(`[${text}]`);
      }),
    );
  });

  test('anchors, aliases and merge keys are followed', () => {
    expect(read('a: &x {b: 1, c: 2}\nd: *x\ne:\n  <<: *x\n  c: 3\n')).toEqual([
      { a: { b: 1, c: 2 }, d: { b: 1, c: 2 }, e: { b: 1, c: 3 } },
    ]);
  });
});

test('lines within brackets begin anywhere', () => {
  expect(read('a: {\n  b: 1\n}\nc: [\n1,\n2\n]\n')).toEqual([{ a: { b: 1 }, c: [1, 2] }]);
  expect(() => read('a: {\n  b: 1\n}\nc: [\n1,\n2\n]\nd: *x\n')).toThrow(expect.objectContaining({ at: { line: 8, column: 5 } }));
});

test('an error in such a line is where the author sees it', () => {
  expect(() => read('a: [\nb: {,\n')).toThrow(expect.objectContaining({ at: { line: 2, column: 5 } }));
  expect(() => read('a: [\n')).toThrow(expect.objectContaining({ at: { line: 2, column: 1 } }));
});

test('many such lines cost no time', () => {
  const spentMs = startCpuTime();
  expect(() => read(`a: {\n${'b: {},\n'.repeat(100_000)}`)).toThrow(InvalidYaml);
  expect(spentMs()).toBeLessThan(10_000);
});

describe('errors', () => {
  test.each<[string, string, { readonly line: number; readonly reason?: RegExp }]>([
    ['a flow that is not closed', 'kind: ConfigMap\nmetadata: {name: x\n', { line: 3 }],
    ['a tab for indentation', 'a:\n\tb: 1\n', { line: 2 }],
    ['a key that is there twice', 'a: 1\nb: 2\na: 3\n', { line: 3, reason: /duplicated mapping key/ }],
    ['an alias without its anchor', 'a: 1\nb: *nowhere\n', { line: 2 }],
    ['a tag that nobody knows', 'a: !!js/function "x"\n', { line: 1 }],
  ])('%s: line and column', (_, text, { line, reason = /./ }) => {
    expect(() => read(text)).toThrow(InvalidYaml);
    const at = { line, column: expect.any(Number) };
    expect(() => read(text)).toThrow(expect.objectContaining({ at, message: expect.stringMatching(reason) }));
  });

  test('bytes that are no text', () => {
    expect(() => readYaml(new Uint8Array([0x61, 0x3a, 0xff, 0xfe]), MANIFEST)).toThrow('not valid UTF-8');
  });
});

describe('hostile files', () => {
  const bomb = (levels: number): string =>
    `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: levels }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(',')}]\n`).join('')}`;

  test('aliases of aliases are counted by what they stand for', () => {
    expect(() => read(bomb(9))).toThrow(/^invalid YAML: excessive aliasing/);
    expect(read(bomb(3))).toHaveLength(1);
  });

  test('many aliases are refused before anything is built of them', () => {
    expect(() => read(`a: &a x\nb: [${'*a,'.repeat(20_000)}]\n`)).toThrow(InvalidYaml);
  });

  test('depth has an end, in flow and in block style', () => {
    expect(() => read(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)).toThrow(InvalidYaml);
    expect(() => read(Array.from({ length: 500 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'))).toThrow(InvalidYaml);
    expect(read(`${'['.repeat(50)}${']'.repeat(50)}`)).toHaveLength(1);
  });

  test('an anchor that contains itself is refused', () => {
    expect(() => read('a: &a [*a]\n')).toThrow(InvalidYaml);
  });

  test('__proto__, constructor and toString are keys like any other', () => {
    const [object] = read('__proto__: {polluted: true}\nconstructor: 1\ntoString: 2\n');
    expect(Object.keys(object as object).sort()).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('a merge key does not reach the prototype either', () => {
    const [object] = read('base: &b {__proto__: {polluted: true}}\nuse:\n  <<: *b\n');
    expect((object as { use: { polluted?: boolean } }).use.polluted).toBeUndefined();
  });

  test('size has an end', () => {
    const file = new Uint8Array(1024 * 1024 + 1).fill(0x20);
    expect(() => readYaml(file, MANIFEST)).toThrow('larger than 1048576 bytes');
    expect(readYaml(file.subarray(1), MANIFEST)).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ReadYamlOptions, readYaml } from './read.ts';
import { renderYaml } from './render.ts';

const CONFIG: ReadYamlOptions = { dialect: 'config', duplicates: 'last', maxBytes: 1024 * 1024 };
const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

// The expected texts are what sigs.k8s.io/yaml 1.6.0 makes of the same values.
describe('as sigs.k8s.io/yaml prints it', () => {
  test('maps, lists and what is empty', () => {
    const value = { b: { c: [1, { d: 2, e: [] }, [3, [4]]], f: {} }, a: null, list: [{ x: [true] }], left: undefined };
    expect(renderYaml(value)).toBe(
      lines('a: null', 'b:', '  c:', '  - 1', '  - d: 2', '    e: []', '  - - 3', '    - - 4', '  f: {}', 'list:', '- x:', '  - true'),
    );
  });

  test('keys: numbers by their value, letters last', () => {
    const keys = ['b', 'a10', 'a9', 'B', '_x', 'a', '10', '9', 'a-b'];
    expect(renderYaml(Object.fromEntries(keys.map((key) => [key, 0])))).toBe(
      lines('_x: 0', '"9": 0', '"10": 0', 'B: 0', 'a: 0', 'a-b: 0', 'a9: 0', 'a10: 0', 'b: 0'),
    );
  });

  test.each<[unknown, string]>([
    ['plain text', 'plain text'],
    ['', '""'],
    ['yes', '"yes"'],
    ['1.10', '"1.10"'],
    ['0x1F', '"0x1F"'],
    ['2001-01-01', '"2001-01-01"'],
    ['12:30', '"12:30"'],
    ['1.2.3', '1.2.3'],
    ['a: b', "'a: b'"],
    ['a:b', 'a:b'],
    ["it's: so", "'it''s: so'"],
    ['- a', "'- a'"],
    ['*', "'*'"],
    [' a', "' a'"],
    ['tab\there', '"tab\\there"'],
    ['smile 😀', '"smile \\U0001F600"'],
    ['äöü', 'äöü'],
    [1.5, '1.5'],
    [1e6, '1000000'],
    [1000000.5, '1.0000005e+06'],
    [0.00001, '1e-05'],
    [1e21, '1e+21'],
    [9007199254740993n, '9007199254740993'],
    [-0, '0'],
    [false, 'false'],
  ])('%s', (value, text) => {
    expect(renderYaml({ k: value })).toBe(`k: ${text}\n`);
  });

  test('lines', () => {
    const value = { a: 'one\ntwo\n', b: 'one\n\ntwo', c: '  one\n', d: 'end\n\n', e: 'space \nthere', list: ['x\ny'] };
    const expected = ['a: |', '  one', '  two', 'b: |-', '  one', '', '  two', 'c: |2', '    one', 'd: |+', '  end', ''];
    expect(renderYaml(value)).toBe(lines(...expected, 'e: "space \\nthere"', 'list:', '- |-', '  x', '  y'));
  });

  test('long text is folded behind column 80, where there is one space', () => {
    const words = (count: number): string => Array(count).fill('words').join(' ');
    expect(renderYaml({ k: words(16), q: `: ${words(14)}  ${words(2)}` })).toBe(
      lines(`k: ${words(14)}`, `  ${words(2)}`, `q: ': ${words(13)}`, `  words  ${words(2)}'`),
    );
  });
});

test('what is rendered is read again as it was', () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 });
  fc.assert(
    fc.property(json, (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      // Whole numbers beyond 2^53 come back as bigint, which is how they keep their digits.
      const [back] = readYaml(new TextEncoder().encode(renderYaml(plain)), CONFIG);
      expect(JSON.parse(JSON.stringify(back, (_key, item) => (typeof item === 'bigint' ? Number(item) : item)))).toEqual(plain);
    }),
  );
});

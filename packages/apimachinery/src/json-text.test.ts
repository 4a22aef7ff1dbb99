import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson, parsePlainJson, renderJson } from './json-text.ts';

/** Lists in lists, with something in the innermost. */
const nested = (depth: number, inner = ''): string => '['.repeat(depth) + inner + ']'.repeat(depth);

test('integers that a number cannot hold keep their digits', () => {
  const text = '{"a":9007199254740993,"b":[-9223372036854775808],"c":1.5,"d":12345678901234567.5,"e":"12345678901234567"}';

  expect(parseJson(text)).toEqual({
    a: 9007199254740993n,
    b: [-9223372036854775808n],
    c: 1.5,
    d: 12345678901234568,
    e: '12345678901234567',
  });
  expect(renderJson({ a: 9007199254740993n })).toBe('{"a":9007199254740993}');
});

describe('nesting', () => {
  test.each(['', '1234567890123456789'])('is taken to a depth of 1000 (around %j)', (inner) => {
    expect(renderJson(parseJson(nested(1_000, inner)))).toBe(nested(1_000, inner));
  });

  test.each(['', '1234567890123456789'])('beyond that is a SyntaxError, whatever its depth (around %j)', (inner) => {
    for (const depth of [1_001, 5_000, 100_000, 1_000_000])
      expect(() => parseJson(nested(depth, inner)), String(depth)).toThrow(
        new SyntaxError('the JSON is nested more deeply than 1000 levels'),
      );
  });

  test('of objects counts like that of lists, and what is in a text counts nothing', () => {
    expect(() => parseJson('{"a":'.repeat(600) + '['.repeat(600))).toThrow(/more deeply than 1000/);
    const texts = ['['.repeat(2_000), '\\"['.repeat(2_000), `${'\\\\'.repeat(2_000)}`, '{\\\\\\"'.repeat(2_000)];
    for (const text of texts) expect(parseJson(`{"a":"${text}","b":[]}`)).toMatchObject({ b: [] });
    expect(() => parseJson(`{"a":"\\\\",${'"b":['.repeat(1)}${nested(1_000)}]}`)).toThrow(/more deeply than 1000/);
  });

  test('has nothing to do with digits in a text', () => {
    expect(parseJson('{"a":"1234567890123456789","b":12345678,"c":"\\"1234567890123456789"}')).toEqual({
      a: '1234567890123456789',
      b: 12345678,
      c: '"1234567890123456789',
    });
  });

  test('that closes what it opens does not add up', () => {
    expect(parseJson(`[${'[[]],'.repeat(5_000)}{}]`)).toHaveLength(5_001);
  });
});

test('a text that is no JSON is a SyntaxError, also one that never ends', () => {
  for (const text of ['', '{', '"', '"\\', `["${'\\'.repeat(5_001)}`, 'x'.repeat(5_000)])
    expect(() => parseJson(text)).toThrow(SyntaxError);
});

test('what JSON.parse takes is taken, with the same result', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (text) => {
      const exact = (_key: string, value: unknown) => (typeof value === 'number' && !Number.isSafeInteger(value) ? 0.5 : value);
      const rounded = (_key: string, value: unknown) => (typeof value === 'bigint' ? 0.5 : exact(_key, value));
      expect(JSON.stringify(parseJson(text), rounded)).toBe(JSON.stringify(JSON.parse(text), exact));
    }),
  );
});

test('plain JSON has numbers alone, and no more depth', () => {
  expect(parsePlainJson('{"a":[12345678901234567890,1]}')).toEqual({ a: [12345678901234567000, 1] });
  expect(() => parsePlainJson('['.repeat(1_001))).toThrow(SyntaxError);
});

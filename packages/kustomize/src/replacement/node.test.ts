import { readYamlNodes } from '@gotk/apimachinery/yaml';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../resource/resource.ts';
import { Budget } from './budget.ts';
import { copyOf, jsonOf, Mismatch, nodeOf, scalar } from './node.ts';

describe('a text is read as the type that the field has', () => {
  test.each<[string, string | undefined, Json]>([
    ['8080', undefined, 8080],
    ['8080', '!!str', '8080'],
    ['8080', '!!float', 8080],
    ['0x1F', '!!int', 31],
    ['true', '!!bool', true],
    ['yes', undefined, 'yes'],
    ['', undefined, null],
    ['', '!!null', null],
    ['null', undefined, null],
    ['2001-01-01', undefined, '2001-01-01T00:00:00Z'],
    ['a: b', undefined, 'a: b'],
  ])('%j as %s', (text, tag, value) => {
    expect(jsonOf(scalar(text, tag))).toBe(value);
  });

  test('integers keep their digits', () => {
    expect(jsonOf(scalar('12345678901234567890', undefined))).toBe(12345678901234567890n);
  });

  test.each([
    ['abc', '!!int'],
    ['1.5', '!!int'],
    ['', '!!int'],
    ['yes', '!!bool'],
    ['5', '!!null'],
    ['.inf', undefined],
    ['.nan', '!!float'],
  ])('%j is no %s', (text, tag) => {
    expect(() => jsonOf(scalar(text, tag))).toThrow(Mismatch);
  });
});

test('a text is the one that was written, as long as it means the same', () => {
  const [written] = readYamlNodes('a: 1.10\nb: 0x1F\nc: True\nd: 2001-01-01\ne:\nf: "1.10"\ng: 1.10\n');
  const value = { a: 1.1, b: 31, c: true, d: '2001-01-01T00:00:00Z', e: null, f: '1.10', g: 1.2 };
  const node = nodeOf(value, written);
  const texts = node.kind === 'mapping' ? node.entries.map(({ value: item }) => (item.kind === 'scalar' ? item.text : '')) : [];
  expect(texts).toEqual(['1.10', '0x1F', 'True', '2001-01-01', '', '1.10', '1.2']);
  expect(jsonOf(node)).toEqual(value);
});

test('nodes mean what they were made of', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      // A reader gives large integers as bigint, which JSON.parse does not know.
      const exact = (_: string, item: unknown) => (typeof item === 'number' && !Number.isSafeInteger(item) ? 0 : item);
      const json = JSON.parse(JSON.stringify(value, exact)) as Json;
      expect(jsonOf(nodeOf(json, undefined))).toEqual(json);
    }),
  );
});

test('a key named __proto__ is data', () => {
  const value = JSON.parse('{"__proto__": {"a": 1}}') as Json;
  expect(JSON.stringify(jsonOf(copyOf(nodeOf(value, undefined), new Budget())))).toBe('{"__proto__":{"a":1}}');
});

test('what is too deep is refused before the stack is full', () => {
  let node = nodeOf([], undefined);
  for (let depth = 0; depth < 100_000; depth++) node = { kind: 'sequence', tag: '!!seq', isFlow: false, items: [node] };
  expect(() => jsonOf(node)).toThrow(Mismatch);
  expect(() => copyOf(node, new Budget())).toThrow(Mismatch);
});

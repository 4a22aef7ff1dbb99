import { expect, test } from 'vitest';
import { TemplateSet } from '../index.ts';
import { fromPlain } from './from-plain.ts';

const rendered = (template: string, plain: unknown): string => {
  const set = new TemplateSet();
  set.parse('t', template);
  return set.execute('t', fromPlain(plain));
};

test('numbers of a file are floats, as Go reads them', () => {
  expect(rendered('{{.replicas}} {{.big}} {{printf "%T" .replicas}}', { replicas: 3, big: 1234567 })).toBe('3 1.234567e+06 float64');
});

test('bigints are 64 bits wide', () => {
  expect(rendered('{{.n}} {{printf "%T" .n}}', { n: 2n ** 63n })).toBe('-9223372036854775808 int64');
});

test('every name is a key, and nothing but a key', () => {
  expect(rendered('{{.}}', JSON.parse('{"__proto__": {"a": 1}, "constructor": null, "list": [true, "x", null]}'))).toBe(
    'map[__proto__:map[a:1] constructor:<nil> list:[true x <nil>]]',
  );
});

test('what is nested without end is refused', () => {
  const list: unknown[] = [];
  list.push(list);
  expect(() => fromPlain(list)).toThrow('value is nested more than 1000 levels deep');
});

test('what is no value is refused', () => {
  expect(() => fromPlain({ a: () => 1 })).toThrow(TypeError);
});

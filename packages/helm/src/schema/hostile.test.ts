import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import type { Chart } from '../chart/chart.ts';
import type { Values } from '../values/merge-maps.ts';
import { createSchemaCache } from './schema-cache.ts';
import { validateValues } from './validate-values.ts';

const chartOf = (schema: string): Chart => ({
  metadata: { apiVersion: 'v2', name: 'app', version: '1.0.0' },
  values: {},
  schema: new TextEncoder().encode(schema),
  templates: [],
  files: [],
  dependencies: [],
});
const check = (schema: unknown, values: Values): unknown =>
  validateValues(chartOf(typeof schema === 'string' ? schema : JSON.stringify(schema)), values, createSchemaCache());
const refused = (kind: string, message: RegExp): unknown => expect.objectContaining({ kind, message: expect.stringMatching(message) });

function withinMs(limit: number, run: () => void): void {
  const spentMs = startCpuTime();
  run();
  expect(spentMs()).toBeLessThan(limit);
}

describe('row 17: a schema of values', () => {
  test('whose references lead through a hundred thousand others is an error', () => {
    const chain = (length: number): unknown => {
      const links = Array.from({ length }, (_, at) => [`d${at}`, { $ref: `#/$defs/d${at + 1}` }]);
      return { $ref: '#/$defs/d0', $defs: { ...Object.fromEntries(links), [`d${length}`]: { type: 'string' } } };
    };
    expect(() => check(chain(100_000), {})).toThrow(refused('too-large', /more than 50000 schemas/));
    expect(() => check(chain(2_000), {})).toThrow(refused('too-large', /leads to more than 500 others/));
    expect(() => check(chain(400), {})).toThrow(refused('invalid-values', /got object, want string/));
  });

  test('that refers to itself without end is an error', () => {
    expect(() => check({ $ref: '#' }, {})).toThrow(refused('invalid-values', /reference cycle/));
    expect(() => check({ anyOf: [{ $ref: '#' }] }, {})).toThrow(refused('invalid-values', /reference cycle/));
    expect(() => check({ properties: { a: { $ref: '#' } } }, { a: { a: {} } })).not.toThrow();
  });

  test('that is nested a hundred thousand deep is an error', () => {
    expect(() => check(`${'{"not":'.repeat(100_000)}true${'}'.repeat(100_000)}`, {})).toThrow(
      refused('invalid-schema', /nested more deeply than 1000 levels/),
    );
    expect(() => check(`${'{"not":'.repeat(900)}true${'}'.repeat(900)}`, {})).toThrow(
      refused('too-large', /leads to more than 500 others/),
    );
  });

  test('that doubles its work forty times is an error', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`d${at}`, { allOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] }]),
    );
    withinMs(10_000, () => {
      expect(() => check({ $ref: '#/$defs/d0', $defs: { ...$defs, d40: { type: 'object' } } }, {})).toThrow(
        refused('too-large', /more than 1000000 looks/),
      );
    });
  });

  test.each([
    'file:///dev/zero',
    'file:///etc/passwd',
    'http://169.254.169.254/latest',
    'https://example.com/schema.json',
    '//example.com/x',
    '../x.json',
    'ftp://a/b',
  ])('that refers to %s is an error, and nothing is read', (url) => {
    expect(() => check({ properties: { a: { $ref: url } } }, {})).toThrow(refused('invalid-schema', /schemas are not fetched, nor read/));
    expect(() => check({ $schema: url }, {})).toThrow(refused('invalid-schema', /schemas are not fetched, nor read/));
  });

  test('with a pattern that would take forever takes no time', () => {
    const a = 'a'.repeat(10_000);
    withinMs(5_000, () => {
      expect(() =>
        check({ properties: { x: { pattern: '^(a+)+$' }, y: { pattern: '^(([a-z])+.)+[A-Z]([a-z])+$' } } }, { x: `${a}!`, y: a }),
      ).toThrow(refused('invalid-values', /does not match pattern/));
    });
    expect(() => check({ properties: { x: { pattern: '((a{100}){100}){100}' } } }, { x: 'a' })).toThrow(refused('invalid-schema', /regex/));
    expect(() => check({ properties: { x: { pattern: 'a'.repeat(10_001) } } }, { x: 'a' })).toThrow(refused('too-large', /longer than/));
  });

  test('that finds ten thousand things wrong says so in a message of some length', () => {
    const values = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`key${at}`, at]));
    expect(() => check({ additionalProperties: { type: 'string' } }, values)).toThrow(refused('invalid-values', /…\n$/));
    try {
      check({ additionalProperties: { type: 'string' } }, values);
    } catch (error) {
      expect(String(error).length).toBeLessThan(20_000);
    }
  });

  test('with keys of the prototype is a schema like any other', () => {
    const schema = '{"properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}},"required":["toString","__proto__"]}';
    expect(() => check(schema, JSON.parse('{"__proto__":1}'))).toThrow(
      refused('invalid-values', /missing property 'toString'\n.*'\/__proto__': got number, want string/),
    );
    expect(() => check('{"$ref":"#/constructor"}', {})).toThrow(refused('invalid-schema', /not found/));
    expect(({} as { type?: string }).type).toBeUndefined();
  });

  test('that is no JSON is an error', () => {
    expect(() => check('{', {})).toThrow(refused('invalid-schema', /app:\n/));
    expect(() => check('', {})).toThrow(refused('invalid-schema', /app:\n/));
  });
});

test('int64 is compared with all its digits', () => {
  expect(() => check('{"properties":{"a":{"maximum":9007199254740992}}}', { a: 9007199254740993n })).toThrow(/maximum/);
  expect(() => check('{"properties":{"a":{"const":9007199254740993,"type":"integer"}}}', { a: 9007199254740993n })).not.toThrow();
});

test('the same schema is compiled once', () => {
  const cache = createSchemaCache();
  const schema = new TextEncoder().encode('{"type": "object"}');
  expect(cache.compiled(schema)).toBe(cache.compiled(new Uint8Array(schema)));
});

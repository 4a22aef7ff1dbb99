import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Chart, HelmError, loadChart, renderChartFiles } from '../index.ts';
import { mergeMaps, type Values } from './merge-maps.ts';
import { readValues } from './read-values.ts';
import { effectiveValuesFiles, mergeChartValues, mergeSourceValues, withDefaultValues } from './values-files.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined): string => new TextDecoder().decode(data);
const chart = (files: Readonly<Record<string, string>>): Chart =>
  loadChart(
    new Map(
      Object.entries({ 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.1.0\n', ...files }).map(([path, its]) => [path, bytes(its)]),
    ),
    { unpack: () => [] },
  );
const strict = { ignoreMissing: false };

describe('maps', () => {
  test('are merged at any depth; anything else is replaced, null included', () => {
    expect(mergeMaps({ a: { b: 1, c: { d: 2 } }, e: [1], f: { g: 1 } }, { a: { c: { d: null } }, e: [2], f: 'x' })).toEqual({
      a: { b: 1, c: { d: null } },
      e: [2],
      f: 'x',
    });
  });

  const values = fc.dictionary(
    fc.constantFrom('a', 'b', '__proto__'),
    fc.letrec((tie) => ({ v: fc.oneof(fc.integer(), fc.constant(null), fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('v'))) }))
      .v,
  );
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

  test('merged with nothing are what they were, and with themselves too', () => {
    fc.assert(
      fc.property(values, (all) => {
        const own = plain(all) as Values;
        expect(mergeMaps(own, {})).toEqual(own);
        expect(mergeMaps({}, own)).toEqual(own);
        expect(mergeMaps(own, own)).toEqual(own);
      }),
    );
  });

  test('keep __proto__ as a key', () => {
    const merged = mergeMaps(readValues(bytes('__proto__: {a: 1}\n'), 'a'), readValues(bytes('__proto__: {polluted: 2}\n'), 'b'));
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"a":1,"polluted":2}}');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('values files of a source', () => {
  const files: Readonly<Record<string, string>> = {
    'a.yaml': 'x: {a: 1, b: 1}\n',
    'dir/b.yaml': 'x: {b: 2}\n',
    'empty.yaml': '# nothing\n',
    'list.yaml': '- a\n',
  };
  const read = (path: string): Uint8Array | undefined => (files[path] === undefined ? undefined : bytes(files[path]));

  test('are merged in their order, later ones over earlier ones', () => {
    expect(mergeSourceValues(read, ['a.yaml', './dir/../dir/b.yaml', 'empty.yaml'], strict)).toEqual({
      values: { x: { a: 1, b: 2 } },
      files: ['a.yaml', './dir/../dir/b.yaml', 'empty.yaml'],
    });
  });

  test('have to be there, unless they may be missing', () => {
    expect(() => mergeSourceValues(read, ['c.yaml'], strict)).toThrow(
      new HelmError('values-file-not-found', "no values file found at path '/c.yaml' (reference 'c.yaml')"),
    );
    expect(mergeSourceValues(read, ['c.yaml', 'a.yaml'], { ignoreMissing: true }).files).toEqual(['a.yaml']);
  });

  test('are looked for in the source only', () => {
    expect(() => mergeSourceValues(read, ['../../etc/passwd'], strict)).toThrow(
      "no values file found at path '/etc/passwd' (reference '../../etc/passwd')",
    );
    expect(mergeSourceValues(read, ['../a.yaml'], strict).values).toEqual({ x: { a: 1, b: 1 } });
  });

  test('have to be maps', () => {
    expect(() => mergeSourceValues(read, ['list.yaml'], strict)).toThrow(
      new HelmError('invalid-values', "unmarshaling values from 'list.yaml' failed: values must be a map"),
    );
  });
});

test('values files of a chart are its own', () => {
  const app = chart({ 'values.yaml': 'a: 1\nmissing: 1\n', 'prod.yaml': 'a: 2\n' });
  expect(mergeChartValues(app, ['values.yaml', './prod.yaml'], strict)).toEqual({
    values: { a: 2, missing: 1 },
    files: ['values.yaml', './prod.yaml'],
  });
  expect(() => mergeChartValues(app, ['templates/a.yaml'], strict)).toThrow("no values file found at path 'templates/a.yaml'");
});

test('values.yaml alone changes nothing', () => {
  expect(effectiveValuesFiles(['./values.yaml'])).toEqual([]);
  expect(effectiveValuesFiles(['values.yaml', 'values.yaml'])).toHaveLength(2);
});

describe('new default values', () => {
  test('are written as Helm writes them, whole numbers with all their digits, and text as text', () => {
    const values = readValues(
      bytes('z: on\nid: 9007199254740993\nversion: "1.10"\nempty: ""\nfloat: 1.50\nlist: [1, {a: "yes"}]\n'),
      'a.yaml',
    );
    const { chart: app, changed } = withDefaultValues(chart({ 'values.yaml': 'a: 1\n' }), values);
    expect(changed).toBe(true);
    expect(text(app.valuesFile)).toBe('empty: ""\nfloat: 1.5\nid: 9007199254740993\nlist:\n- 1\n- a: "yes"\nversion: "1.10"\nz: true\n');
    expect(renderChartFiles(app).map(({ name }) => name)).toEqual(['a/Chart.yaml', 'a/values.yaml']);
  });

  test('that are the old ones change nothing, and none are an empty file', () => {
    const app = chart({ 'values.yaml': 'a: 1\n' });
    expect(withDefaultValues(app, { a: 1 })).toEqual({ chart: app, changed: false });
    expect(withDefaultValues(app, {}).chart.valuesFile).toEqual(new Uint8Array());
  });

  test('need a file to replace', () => {
    expect(() => withDefaultValues(chart({}), { a: 1 })).toThrow(
      new HelmError('invalid-chart', 'failed to locate values file: values.yaml'),
    );
  });
});

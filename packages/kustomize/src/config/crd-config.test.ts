import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import type { Json, JsonMap } from '../resource/resource.ts';
import { configFromCrds } from './crd-config.ts';

const read = (text: string) => configFromCrds({ bytes: new TextEncoder().encode(text), path: 'crd.json' });
const readJson = (definitions: Json) => read(JSON.stringify(definitions));
/** The definition of a kind of its own, or, with `{ isPart: true }`, of a part of others. */
const schema = (properties: JsonMap, { isPart = false } = {}): JsonMap => ({
  Schema: { properties: { ...(isPart ? {} : { kind: {}, apiVersion: {}, metadata: {} }), ...properties } },
});
const IDENTITY = { 'x-kubernetes-identity': '' };
const NOTHING = { commonAnnotations: [], commonLabels: [], namePrefix: [], nameReference: [] };
const secretBy = (nameKey?: string): JsonMap => ({
  'x-kubernetes-object-ref-api-version': 'v1',
  'x-kubernetes-object-ref-kind': 'Secret',
  ...(nameKey === undefined ? {} : { 'x-kubernetes-object-ref-name-key': nameKey }),
});

describe('a property', () => {
  test.each<[string, keyof typeof NOTHING]>([
    ['x-kubernetes-annotation', 'commonAnnotations'],
    ['x-kubernetes-label-selector', 'commonLabels'],
    ['x-kubernetes-identity', 'namePrefix'],
  ])('with %s is one of %s', (extension, list) => {
    expect(readJson({ 'com.example.v1.Toy': schema({ p: { [extension]: '' } }) })).toEqual({
      ...NOTHING,
      [list]: [{ kind: 'Toy', path: ['p'] }],
    });
  });

  test.each([
    [undefined, 'name'],
    ['key', 'key'],
  ])('that refers to another object does so by name, or by the key that it says', (nameKey, key) => {
    expect(readJson({ Toy: schema({ p: secretBy(nameKey) }) }).nameReference).toEqual([
      { kind: 'Secret', version: 'v1', fields: [{ kind: 'Toy', path: ['p', key] }] },
    ]);
  });

  test('needs kind and version to refer to another object, and text for every extension', () => {
    expect(
      readJson({ Toy: schema({ p: { 'x-kubernetes-object-ref-kind': 'Secret' }, q: { 'x-kubernetes-identity': true }, r: null }) }),
    ).toEqual(NOTHING);
  });

  test('with a slash in its name is a path', () => {
    expect(readJson({ Toy: schema({ 'a/b': IDENTITY }) }).namePrefix).toEqual([{ kind: 'Toy', path: ['a', 'b'] }]);
  });
});

describe('a definition', () => {
  test('counts for the kinds that refer to it, by its bare name', () => {
    const definitions = {
      'a.Toy': schema({ spec: { $ref: 'Spec' } }),
      'b.Box': schema({ first: { $ref: 'Spec' }, second: { $ref: '#/definitions/Spec' }, third: { $ref: 'missing' } }),
      Spec: schema({ inner: { $ref: 'Inner' } }, { isPart: true }),
      Inner: schema({ id: IDENTITY }, { isPart: true }),
    };
    expect(readJson(definitions).namePrefix).toEqual([
      { kind: 'Toy', path: ['spec', 'inner', 'id'] },
      { kind: 'Box', path: ['first', 'inner', 'id'] },
    ]);
  });

  test('is no kind without kind, apiVersion and metadata', () => {
    expect(readJson({ Part: schema({ id: IDENTITY }, { isPart: true }) })).toEqual(NOTHING);
  });

  test('is not looked into but by reference', () => {
    expect(
      readJson({
        Toy: schema({ spec: { properties: { id: IDENTITY } }, list: { items: { $ref: 'Part' } } }),
        Part: schema({ id: IDENTITY }, { isPart: true }),
      }),
    ).toEqual(NOTHING);
  });

  test('may write its schema in capitals, but not what is in that', () => {
    const { Schema } = schema({ id: IDENTITY });
    expect(readJson({ Toy: { SCHEMA: Schema ?? null } }).namePrefix).toHaveLength(1);
    expect(readJson({ Toy: { Schema: { Properties: schema({ id: IDENTITY }) } } })).toEqual(NOTHING);
  });

  test('called as something of JavaScript is one like others', () => {
    expect(read('{"Toy": {"Schema": {"properties": {"kind": {}, "apiVersion": {}, "metadata": {"$ref": "__proto__"}}}}}')).toEqual(NOTHING);
  });
});

describe('definitions that refer to each other', () => {
  test('in a circle are refused', () => {
    const definitions = { Toy: schema({ spec: { $ref: 'Part' } }), Part: schema({ part: { $ref: 'Part' } }, { isPart: true }) };
    expect(() => readJson(definitions)).toThrow(
      new BuildError("crd.json: 'Toy' is nested more deeply than 32 levels, at 'spec/part/part/part'"),
    );
  });

  test('again and again are refused before they are too many', () => {
    const parts = Array.from({ length: 20 }, (_, n) => [
      `P${n}`,
      schema({ a: { $ref: `P${n + 1}` }, b: { $ref: `P${n + 1}` } }, { isPart: true }),
    ]);
    expect(() => readJson({ Toy: schema({ a: { $ref: 'P0' } }), ...Object.fromEntries(parts) })).toThrow(
      /^crd\.json: more than 100000 properties/,
    );
  });
});

describe('a file', () => {
  test('may be YAML, or say nothing', () => {
    const lines = ['Toy:', '  Schema:', '    properties: {kind: {}, apiVersion: {}, metadata: {}, id: {x-kubernetes-identity: ""}}'];
    expect(read(lines.join('\n')).namePrefix).toEqual([{ kind: 'Toy', path: ['id'] }]);
    expect(read('# later\n')).toEqual(NOTHING);
  });

  test.each([
    ['', 'crd.json: the file is empty'],
    ['[]', 'crd.json: must be OpenAPI definitions by name'],
    ['{"Toy": "x"}', 'crd.json: Toy: must be a schema with properties'],
    ['{"Toy": {"Schema": []}}', 'crd.json: Toy: must be a schema with properties'],
    [
      '{"Toy": {"Schema": {"properties": {"kind": {}, "apiVersion": {}, "metadata": 1}}}}',
      'crd.json: Toy.metadata: must be a schema with properties',
    ],
  ])('%j: %s', (text, message) => {
    expect(() => read(text)).toThrow(new BuildError(message));
  });
});

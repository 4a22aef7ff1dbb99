import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { strategicMerge } from '../merge/strategic-merge.ts';
import { isClusterScoped } from '../resource/cluster-scoped.ts';
import type { JsonMap } from '../resource/resource.ts';
import { builtinSchemas } from './builtin-schemas.ts';
import { readOpenApi, schemasOf } from './openapi-document.ts';
import { layered, type SchemaSet } from './schema-set.ts';

const GVK = 'x-kubernetes-group-version-kind';
const toy = { group: 'example.com', version: 'v1', kind: 'Toy' };
const list = (more: object) => ({ type: 'array', 'x-kubernetes-patch-strategy': 'merge', ...more });
const byId = { 'x-kubernetes-patch-merge-key': 'id' };

const documentWith = (properties: object, definitions: object = {}) => ({
  definitions: { 'com.example.v1.Toy': { type: 'object', properties, [GVK]: [toy] }, ...definitions },
});
const object = (fields: JsonMap): JsonMap => ({ apiVersion: 'example.com/v1', kind: 'Toy', metadata: { name: 'a' }, ...fields });

function merged(schemas: SchemaSet, target: JsonMap, patch: JsonMap): unknown {
  const {
    apiVersion: _,
    kind: _kind,
    metadata: _metadata,
    ...fields
  } = strategicMerge(object(target), object(patch), { schemas, at: 'p' }) ?? {};
  return fields;
}
const ids = (...names: string[]) => names.map((id) => ({ id }));

describe('a list of a custom kind', () => {
  const target = { parts: [{ id: 'a', n: 1 }, { id: 'b' }] };
  const patch = { parts: [{ id: 'a', m: 2 }] };
  const together = { parts: [{ id: 'a', n: 1, m: 2 }, { id: 'b' }] };

  test.each<[string, object, unknown]>([
    ['is merged by its merge key', list(byId), together],
    ['is merged when that is one of several strategies', { ...list(byId), 'x-kubernetes-patch-strategy': 'retainKeys,merge' }, together],
    [
      'is merged by its map keys before its merge key',
      list({ 'x-kubernetes-list-map-keys': ['id'], 'x-kubernetes-patch-merge-key': 'n' }),
      together,
    ],
    ['is replaced without a strategy', { type: 'array', ...byId }, patch],
    ['is replaced by another strategy', { ...list(byId), 'x-kubernetes-patch-strategy': 'replace' }, patch],
  ])('%s', (_, schema, expected) => {
    expect(merged(schemasOf(documentWith({ parts: schema }), 'o'), target, patch)).toEqual(expected);
  });

  test('is merged behind references, in items and in the values of maps', () => {
    const schemas = schemasOf(
      documentWith(
        { spec: { $ref: '#/definitions/Spec' } },
        {
          Spec: { type: 'object', additionalProperties: { $ref: '#/definitions/Alias' } },
          Alias: { $ref: '#/definitions/Boxes' },
          Boxes: list({ ...byId, items: { $ref: '#/definitions/Box' } }),
          Box: { properties: { parts: list(byId) } },
        },
      ),
      'o',
    );
    const spec = (parts: JsonMap[]): JsonMap => ({ spec: { any: [{ id: 'box', parts }] } });
    expect(merged(schemas, spec(ids('a', 'b')), spec(ids('c')))).toEqual(spec(ids('c', 'a', 'b')));
  });

  test('may refer to a part of a definition, with a slash in its name', () => {
    const schemas = schemasOf(
      documentWith(
        { parts: { $ref: '#/definitions/other~1one/properties/parts' } },
        { 'other/one': { properties: { parts: list(byId) } } },
      ),
      'o',
    );
    expect(merged(schemas, { parts: ids('a') }, { parts: ids('b') })).toEqual({ parts: ids('b', 'a') });
  });

  test('whose reference leads nowhere is replaced', () => {
    const schemas = schemasOf(documentWith({ parts: { $ref: '#/definitions/Missing' } }), 'o');
    expect(merged(schemas, { parts: ids('a') }, { parts: ids('b') })).toEqual({ parts: ids('b') });
  });

  test('whose reference is a circle is an error, not a loop', () => {
    const schemas = schemasOf(
      documentWith({ parts: { $ref: '#/definitions/A' } }, { A: { $ref: '#/definitions/B' }, B: { $ref: '#/definitions/A' } }),
      'o',
    );
    expect(() => merged(schemas, { parts: [] }, { parts: [] })).toThrow(BuildError);
  });

  test('of plain values is a set when it has no keys', () => {
    expect(merged(schemasOf(documentWith({ parts: list({}) }), 'o'), { parts: ['a', 'b'] }, { parts: ['c', 'b'] })).toEqual({
      parts: ['c', 'b', 'a'],
    });
  });
});

test('a document takes the place of the built-in kinds, but not of kustomize’s own', () => {
  const schemas = schemasOf(documentWith({}), 'o');
  expect([...schemas.kinds.keys()].toSorted()).toEqual(['example.com/v1 Toy', 'kustomize.config.k8s.io/v1beta1 Kustomization']);
});

test('layered on the built-in schemas, it may refer to them', () => {
  const custom = schemasOf(documentWith({ spec: { $ref: '#/definitions/io.k8s.api.core.v1.PodSpec' } }), 'o');
  const pod = (...names: string[]): JsonMap => ({ spec: { containers: names.map((name) => ({ name })) } });
  expect(merged(layered(builtinSchemas, custom), pod('a'), pod('b'))).toEqual(pod('b', 'a'));
  expect(merged(custom, pod('a'), pod('b'))).toEqual(pod('b'));
});

describe('whether a kind has a namespace', () => {
  const path = (kind: string) => ({ get: { [GVK]: { ...toy, kind } } });
  const schemas = schemasOf(
    {
      paths: {
        '/apis/example.com/v1/toys': path('Toy'),
        '/apis/example.com/v1/namespaces/{namespace}/toys/{name}': path('Toy'),
        '/apis/example.com/v1/boxes/{name}': path('Box'),
        '/apis/example.com/v1/shelves': { post: path('Shelf').get },
        '/apis/apps/v1/deployments': { get: { [GVK]: { group: 'apps', version: 'v1', kind: 'Deployment' } } },
      },
    },
    'o',
  );

  test.each<[string, boolean]>([
    ['Toy', false],
    ['Box', true],
    ['Shelf', false],
  ])('is read from the paths to get it by: %s', (kind, isCluster) => {
    expect(isClusterScoped({ ...toy, kind }, schemas)).toBe(isCluster);
  });

  test('is beyond dispute for the kinds of Kubernetes', () => {
    expect(isClusterScoped({ group: 'apps', version: 'v1', kind: 'Deployment' }, schemas)).toBe(false);
  });
});

describe('what is no OpenAPI document', () => {
  test.each<[string, unknown]>([
    ['a list', []],
    ['definitions that are none', { definitions: 3 }],
    ['a definition that is none', { definitions: { a: 'text' } }],
    ['properties that are none', { definitions: { a: { properties: 4 } } }],
    ['a property that is none', { definitions: { a: { properties: { b: 4 } } } }],
    ['a kind without a version', { definitions: { a: { [GVK]: [{ kind: 'A' }] } } }],
    ['a path with half a kind', { paths: { '/a': { get: { [GVK]: { version: 'v1' } } } } }],
  ])('%s is an error', (_, document) => {
    expect(() => schemasOf(document, 'openapi.yaml')).toThrow(BuildError);
    expect(() => schemasOf(document, 'openapi.yaml')).toThrow(/^openapi\.yaml/);
  });

  test('schemas within each other without end are refused before the stack is full', () => {
    const text = `{"definitions":{"a":${'{"items":'.repeat(20_000)}{}${'}'.repeat(20_000)}}}`;
    expect(() => schemasOf(readOpenApi(new TextEncoder().encode(text), 'o'), 'o')).toThrow(BuildError);
  });

  test('nothing is a document without definitions', () => {
    expect(schemasOf(undefined, 'o').kinds.size).toBe(1);
  });

  test.each(['', '{', '{definitions: {}}', 'a: [b'])('the file %j is an error', (text) => {
    expect(() => readOpenApi(new TextEncoder().encode(text), 'openapi.json')).toThrow(BuildError);
  });

  test('a property called __proto__ is one like any other', () => {
    const document = JSON.parse('{"definitions":{"a":{"properties":{"__proto__":{"type":"array"}}}}}');
    expect(schemasOf(document, 'o').definitions.get('a')).toHaveProperty('properties');
    expect(({} as { type?: string }).type).toBeUndefined();
  });
});

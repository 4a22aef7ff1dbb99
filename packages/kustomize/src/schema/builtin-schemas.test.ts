import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gvkOf, isRecord } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { isClusterScoped } from '../resource/cluster-scoped.ts';
import { builtinSchemas, builtinScopes } from './builtin-schemas.ts';
import { fieldSchema, itemSchema, mergeKeys, type Schema } from './schema-set.ts';

// What the OpenAPI code of kustomize 5.8.2 says of every kind that it knows: whether it has a namespace, and its lists that are merged, as their number
// and the start of the SHA-256 of their sorted paths with keys. Left out are lists of kinds, options of requests, and what lies in lists that are replaced.
const recorded = readFileSync(join(import.meta.dirname, '../../testdata/builtin-schemas.txt'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split(' | '));

function mergedLists(schema: Schema, path: string): readonly string[] {
  const { properties } = schema;
  const keys = mergeKeys(schema);
  const items = keys === undefined ? undefined : itemSchema(builtinSchemas, schema);
  return [
    ...(keys === undefined ? [] : [`${path}=${keys.join(',')}`]),
    ...(items === undefined ? [] : mergedLists(items, `${path}[]`)),
    ...(isRecord(properties) ? Object.keys(properties) : []).flatMap((field) =>
      mergedLists(fieldSchema(builtinSchemas, schema, field) ?? {}, `${path}/${field}`),
    ),
  ];
}

function factsOf(kind: string): string {
  const schema = builtinSchemas.kinds.get(kind);
  if (schema === undefined) return '-';
  const lists = mergedLists(schema, '').toSorted();
  return `${lists.length} ${createHash('sha256').update(lists.join('\n')).digest('hex').slice(0, 8)}`;
}

test.each(recorded)('%s is known as kustomize knows it', (kind = '', scope, facts) => {
  const [apiVersion = '', name = ''] = kind.split(' ');
  expect(factsOf(kind)).toBe(facts);
  expect(builtinScopes.get(kind)).toBe(scope === 'unknown' ? undefined : scope === 'namespaced');
  expect(isClusterScoped(gvkOf({ apiVersion, kind: name }))).toBe(scope === 'cluster');
});

test('no other kind is known', () => {
  const known = new Set([...builtinSchemas.kinds.keys(), ...builtinScopes.keys()]);
  expect([...known].toSorted()).toEqual(recorded.map(([kind]) => kind).toSorted());
});

test('every reference leads to a definition', () => {
  for (const [name, schema] of builtinSchemas.definitions) {
    const fields = isRecord(schema.properties) ? Object.keys(schema.properties) : [];
    for (const field of fields) expect(fieldSchema(builtinSchemas, schema, field), `${name}.${field}`).toBeDefined();
  }
});

test('a kind that nobody knows has a namespace, and so have newer versions of kinds that are known', () => {
  expect(isClusterScoped({ group: 'example.com', version: 'v1', kind: 'Node' })).toBe(false);
  expect(isClusterScoped({ group: 'storage.k8s.io', version: 'v2', kind: 'StorageClass' })).toBe(false);
});

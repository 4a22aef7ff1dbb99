import { expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { type JsonMap, newResource } from '../resource/resource.ts';
import { SchemaChoice } from '../schema/schema-choice.ts';
import { Loader } from '../tree/loader.ts';
import { memoryTree } from '../tree/memory-tree.ts';
import { validate } from './validate.ts';

function validated(kind: string, config: JsonMap, labels: JsonMap = {}): JsonMap {
  const loader = Loader.at(memoryTree({ k: '' }), '', { restrictions: 'root-only' });
  const resource = newResource({ apiVersion: 'v1', kind: 'Toy', metadata: { name: 'a', labels: { ...labels } } }, 'a.yaml');
  const plugin = { kind, object: { apiVersion: 'builtin', kind, metadata: { name: 'v' }, ...config }, origin: undefined, at: 'v.yaml' };
  validate([plugin], [resource], { loader, schemas: new SchemaChoice() });
  return resource.object;
}
const labelling = (labels: JsonMap): JsonMap => ({ labels, fieldSpecs: [{ path: 'metadata/labels', create: true }] });

test('a validator may leave its mark, and nothing else', () => {
  expect(validated('LabelTransformer', labelling({ 'validated-by': 'me' }), { x: 'y' }).metadata).toEqual({
    name: 'a',
    labels: { x: 'y', 'validated-by': 'me' },
  });
  expect(() => validated('LabelTransformer', labelling({ 'validated-by': 'me', other: '1' }), { x: 'y' })).toThrow(
    new BuildError('v.yaml: a validator must not change objects'),
  );
});

test('to give objects another history is to change them', () => {
  expect(() => validated('PrefixTransformer', { prefix: '-', fieldSpecs: [{ path: 'metadata/name' }] }, { x: 'y' })).toThrow(
    /must not change/,
  );
});

test('it may find fault', () => {
  expect(() => validated('ReplicaCountTransformer', { replica: { name: 'b' } })).toThrow(BuildError);
});

test('to have no labels in a map of labels is nothing to find fault with', () => {
  expect(validated('ImageTagTransformer', {}).metadata).toEqual({ name: 'a', labels: {} });
});

import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { type BuildResource, type JsonMap, newResource } from './resource.ts';
import { ResourceSet, refuseDuplicates } from './resource-set.ts';

const resource = (metadata: JsonMap, { kind = 'ConfigMap', apiVersion = 'v1', file = 'a.yaml' } = {}): BuildResource =>
  newResource({ apiVersion, kind, metadata }, file);
const together = (...resources: readonly BuildResource[]) => refuseDuplicates(resources, 'k.yaml');
const twice = (id: string, where = 'a.yaml') => new BuildError(`k.yaml: ${id} is defined twice, in ${where}`);

test('keeps the order in which resources are added', () => {
  const set = new ResourceSet([resource({ name: 'b' })], 'k.yaml');
  set.add([resource({ name: 'c' }), resource({ name: 'a' })]);
  expect(set.resources.map(({ object }) => object.metadata)).toEqual([{ name: 'b' }, { name: 'c' }, { name: 'a' }]);
});

describe('the same object twice', () => {
  test('is refused, whether at once or one after the other', () => {
    expect(() => together(resource({ name: 'a' }), resource({ name: 'a' }))).toThrow(twice('ConfigMap/a'));
    const set = new ResourceSet([resource({ name: 'a' })], 'k.yaml');
    expect(() => set.add([resource({ name: 'a' }, { file: 'b.yaml' })])).toThrow(twice('ConfigMap/a', 'a.yaml and b.yaml'));
  });

  test('is one without a namespace and one in that called default', () => {
    expect(() => together(resource({ name: 'a' }), resource({ name: 'a', namespace: 'default' }))).toThrow(twice('ConfigMap/a'));
    expect(() => together(resource({ name: 'a', namespace: 'x' }), resource({ name: 'a', namespace: 'x' }))).toThrow(
      twice('ConfigMap/x/a'),
    );
  });

  test('is one of a kind without namespaces, whatever namespace it names', () => {
    const kind = { kind: 'Node' };
    expect(() => together(resource({ name: 'a', namespace: 'x' }, kind), resource({ name: 'a' }, kind))).toThrow(twice('Node/a'));
  });
});

test('another namespace, kind, group or version makes another object', () => {
  const name = { name: 'a' };
  expect(() =>
    together(
      resource(name),
      resource({ ...name, namespace: 'x' }),
      resource(name, { kind: 'Secret' }),
      resource(name, { apiVersion: 'v2' }),
      resource(name, { apiVersion: 'apps/v1' }),
    ),
  ).not.toThrow();
});

test('has a limit', () => {
  const many = Array.from({ length: 50_001 }, (_, n) => resource({ name: `a${n}` }));
  expect(() => together(...many.slice(1))).not.toThrow();
  expect(() => together(...many)).toThrow(new BuildError('k.yaml: more than 50000 objects'));
});

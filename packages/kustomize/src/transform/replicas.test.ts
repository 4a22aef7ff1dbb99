import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { fieldSpec } from '../config/field-spec.ts';
import { type BuildResource, type Json, newResource } from '../resource/resource.ts';
import { setReplicas } from './replicas.ts';

const at = 'k.yaml: replicas[0]';
const resource = (kind: string, spec: Json | undefined = {}): BuildResource =>
  newResource({ apiVersion: 'apps/v1', kind, metadata: { name: 'web' }, ...(spec === undefined ? {} : { spec }) }, 'a.yaml');
function scaled(...resources: readonly BuildResource[]): readonly (Json | undefined)[] {
  setReplicas(resources, { name: 'web', count: 3 }, { at });
  return resources.map(({ object }) => object.spec);
}

test.each(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'])('a %s has replicas', (kind) => {
  expect(scaled(resource(kind))).toEqual([{ replicas: 3 }]);
});

test('all that have the name, and can have replicas, get them; at least one has to', () => {
  expect(scaled(resource('Deployment'), resource('DaemonSet'), resource('StatefulSet'))).toEqual([{ replicas: 3 }, {}, { replicas: 3 }]);
  expect(() => scaled(resource('DaemonSet'))).toThrow(new BuildError("k.yaml: replicas[0]: there is no 'web' that has replicas"));
});

test('former names count', () => {
  const renamed = { ...resource('Deployment'), past: [{ kind: 'Deployment', namespace: 'default', name: 'web' }] };
  renamed.object.metadata = { name: 'p-web' };
  expect(scaled(renamed)).toEqual([{ replicas: 3 }]);
});

test('what was of a kind with replicas is found, but has none any more', () => {
  expect(scaled({ ...resource('DaemonSet'), past: [{ kind: 'Deployment', namespace: 'default', name: 'web' }] })).toEqual([{}]);
});

describe('the number', () => {
  test.each<[string, Json]>([
    ['a number', { replicas: 1 }],
    ['text', { replicas: 'a' }],
    ['null', { replicas: null }],
    ['no spec', null],
  ])('takes the place of %s', (_, spec) => {
    expect(scaled(resource('Deployment', spec))).toEqual([{ replicas: 3 }]);
  });

  test.each<Json>([{}, [1]])('does not take the place of %j', (replicas) => {
    expect(() => scaled(resource('Deployment', { replicas }))).toThrow("k.yaml: replicas[0]: 'spec/replicas' of 'web' is not a number");
  });

  test('goes where the configuration says, which may be nowhere in an object', () => {
    const fields = [fieldSpec('spec/size', { kind: 'Deployment' })];
    const [empty, full] = [resource('Deployment'), resource('Deployment', { size: 1 })];
    setReplicas([empty, full], { name: 'web', count: 3 }, { fields, at });
    expect([empty, full].map(({ object }) => object.spec)).toEqual([{}, { size: 3 }]);
  });
});

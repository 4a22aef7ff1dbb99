import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { type BuildResource, type JsonMap, newResource } from '../resource/resource.ts';
import { absorb } from './absorb.ts';
import type { Behavior } from './generator-rule.ts';

const resource = (kind: string, metadata: JsonMap, content: JsonMap = {}): BuildResource =>
  newResource({ apiVersion: 'v1', kind, metadata, ...content }, 'a.yaml');
const configMap = (metadata: JsonMap, content?: JsonMap) => resource('ConfigMap', metadata, content);
const secret = (metadata: JsonMap, content?: JsonMap) => resource('Secret', metadata, content);
const add = (to: readonly BuildResource[], made: BuildResource, behavior: Behavior = 'merge') =>
  absorb(to, { resource: made, behavior }, 'k.yaml');
const objectOf = (to: BuildResource, made: BuildResource, behavior: Behavior): JsonMap | undefined => add([to], made, behavior)[0]?.object;

describe('create', () => {
  test('puts the object behind the others', () => {
    const [old, made] = [configMap({ name: 'a' }), configMap({ name: 'b' })];
    expect(add([old], made, 'create')).toEqual([old, made]);
  });

  test('must find nothing of that name', () => {
    const failure = new BuildError("k.yaml: ConfigMap/a is there already: its behavior must be 'merge' or 'replace'");
    expect(() => add([configMap({ name: 'a' })], configMap({ name: 'a' }), 'create')).toThrow(failure);
  });
});

describe('the object to merge with, or to replace', () => {
  test.each<Behavior>(['merge', 'replace'])('must be there, to %s it', (behavior) => {
    const failure = new BuildError(`k.yaml: there is no ConfigMap/a to ${behavior}`);
    expect(() => add([configMap({ name: 'b' }), secret({ name: 'a' })], configMap({ name: 'a' }), behavior)).toThrow(failure);
  });

  test('is found by the name that it has, and by those that it had', () => {
    const old = { ...configMap({ name: 'c' }), past: ['a', 'b'].map((name) => ({ kind: 'ConfigMap', namespace: 'default', name })) };
    for (const name of ['a', 'b', 'c']) expect(objectOf(old, configMap({ name }), 'merge')?.metadata).toEqual({ name: 'c' });
  });

  test('is found in its own namespace only, of which none is default', () => {
    const [plain, other] = [configMap({ name: 'a' }), configMap({ name: 'a', namespace: 'other' })];
    const made = configMap({ name: 'a', namespace: 'default' }, { data: { x: '1' } });
    expect(add([other, plain], made).map(({ object }) => object.data)).toEqual([undefined, { x: '1' }]);
    expect(() => add([other], made)).toThrow(BuildError);
  });

  test('must be one', () => {
    const [first, second] = ['p-a', 'q-a'].map((name) => ({
      ...configMap({ name }),
      past: [{ kind: 'ConfigMap', namespace: 'default', name: 'a' }],
    }));
    const all = [first, second].flatMap((each) => each ?? []);
    expect(() => add(all, configMap({ name: 'a' }))).toThrow(new BuildError('k.yaml: several objects are called ConfigMap/a'));
  });
});

describe('merge', () => {
  test('adds data to that which is there, as text', () => {
    const old = configMap({ name: 'a' }, { data: { x: 1, y: true, z: null }, binaryData: { b: 'eA==' } });
    expect(objectOf(old, configMap({ name: 'a' }, { data: { x: 'new' } }), 'merge')).toMatchObject({
      data: { x: 'new', y: 'true', z: '' },
      binaryData: { b: 'eA==' },
    });
  });

  test('leaves no empty maps', () => {
    expect(objectOf(configMap({ name: 'a' }, { data: {} }), configMap({ name: 'a' }), 'merge')).not.toHaveProperty('data');
  });

  test('takes the plain text of a Secret for its data, as the API server does', () => {
    const old = secret({ name: 'a' }, { type: 'T', data: { x: 'eA==', y: 'eQ==' }, stringData: { x: 's' } });
    const made = secret({ name: 'a' }, { type: 'Opaque', data: { y: 'Mg==' } });
    expect(objectOf(old, made, 'merge')).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      type: 'Opaque',
      data: { x: 'cw==', y: 'Mg==' },
    });
  });
});

test('replace leaves nothing of the content', () => {
  const old = secret({ name: 'a' }, { data: { x: 'eA==' }, stringData: { z: 's' }, immutable: true });
  expect(objectOf(old, secret({ name: 'a' }, { data: { y: 'eQ==' } }), 'replace')).toEqual(
    secret({ name: 'a' }, { data: { y: 'eQ==' } }).object,
  );
});

describe.each<Behavior>(['merge', 'replace'])('%s', (behavior) => {
  test('joins labels and annotations, and drops other metadata but name and namespace', () => {
    const old = configMap({ name: 'a', namespace: 'shop', labels: { l: '1', m: '1' }, annotations: { n: '1' }, finalizers: ['f'] });
    const made = configMap({ name: 'a', namespace: 'shop', labels: { l: '2' } });
    expect(objectOf(old, made, behavior)?.metadata).toEqual({
      name: 'a',
      namespace: 'shop',
      labels: { l: '2', m: '1' },
      annotations: { n: '1' },
    });
  });

  test('keeps the namespace as it is written', () => {
    expect(objectOf(configMap({ name: 'a' }), configMap({ name: 'a', namespace: 'default' }), behavior)?.metadata).toEqual({ name: 'a' });
  });

  test.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
  ])('hashes the name if both do (%s and %s: %s)', (before, made, after) => {
    const all = add([{ ...configMap({ name: 'a' }), isHashed: before }], { ...configMap({ name: 'a' }), isHashed: made }, behavior);
    expect(all[0]?.isHashed).toBe(after);
  });

  test('leaves the object in its place, with its history', () => {
    const old = { ...configMap({ name: 'p-a' }), past: [{ kind: 'ConfigMap', namespace: 'default', name: 'a' }], prefixes: ['p-'] };
    const [found, last] = add([old, configMap({ name: 'z' })], configMap({ name: 'a' }), behavior);
    expect(found).toMatchObject({ past: old.past, prefixes: ['p-'], object: { metadata: { name: 'p-a' } } });
    expect(last?.object.metadata).toEqual({ name: 'z' });
  });
});

test('what is merged comes from where it came from, what is replaced from the generator', () => {
  const old = { ...configMap({ name: 'a' }), origin: { path: 'a.yaml' } };
  const made = { ...configMap({ name: 'a' }), origin: { configuredIn: 'k.yaml' } };
  expect(add([old], made, 'merge')[0]?.origin).toEqual({ path: 'a.yaml' });
  expect(add([old], made, 'replace')[0]?.origin).toEqual({ configuredIn: 'k.yaml' });
});

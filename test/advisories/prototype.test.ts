import { gitRepositoryDefinition, kustomizationDefinition, validate } from '@gotk/api';
import {
  applyMergePatch,
  createMergePatch,
  deepEqual,
  type KubeObject,
  parseJson,
  parseLabelSelector,
  renderJson,
} from '@gotk/apimachinery';
import { isStateless, statusOf } from '@gotk/kstatus';
import { compileCel } from '@gotk/kstatus/cel';
import { build, memoryTree, type Overlay } from '@gotk/kustomize';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createSecretMask } from '../../packages/auth/src/secret-mask.ts';
import { FLUSH, renderPacket } from '../../packages/git/src/protocol/pkt-line.ts';
import { listed, scriptedServer } from '../../packages/git/test/git-server.ts';
import { createObjectCache } from '../../packages/kube/src/informer/object-cache.ts';

/** What every object has without having it. */
const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'isPrototypeOf'];
const before = Object.getOwnPropertyNames(Object.prototype);
const ARRAY = Object.getOwnPropertyNames(Array.prototype);

/** An object that has this very key, as JSON.parse would make it. */
const having = (key: string, value: unknown): Readonly<Record<string, unknown>> =>
  JSON.parse(JSON.stringify({ X: value }).replace('"X"', JSON.stringify(key)));
const polluting = { polluted: true, x: 1 };

afterEach(() => {
  expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined();
  expect(({} as { readonly x?: unknown }).x).toBeUndefined();
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  expect(Object.getOwnPropertyNames(Array.prototype)).toEqual(ARRAY);
});

describe('CVE-2026-89011: no name that somebody gives reaches a prototype: it is a name like any other', () => {
  test.each(KEYS)('in JSON and in merge patches: %s', (key) => {
    const text = `{"a":{"${key}":{"polluted":true}},"n":12345678901234567890}`;
    const parsed = parseJson(text) as Record<string, Record<string, unknown>>;
    expect(renderJson(parsed)).toBe(text);
    expect(Object.hasOwn(parsed.a ?? {}, key)).toBe(true);

    const merged = applyMergePatch({ kept: 1 }, having(key, polluting)) as Record<string, unknown>;
    expect(Object.entries(merged)).toEqual([
      ['kept', 1],
      [key, polluting],
    ]);
    expect(Object.entries(applyMergePatch(having(key, { y: 1 }), having(key, { z: 2 })) as object)).toEqual([[key, { y: 1, z: 2 }]]);
    expect(Object.entries(applyMergePatch(having(key, 1), having(key, null)) as object)).toEqual([]);
    // What an object only inherits is not in it.
    expect(Object.entries(createMergePatch({}, having(key, { a: 1 })) ?? {})).toEqual([[key, { a: 1 }]]);
    expect(Object.entries(createMergePatch(having(key, 1), {}) ?? {})).toEqual([[key, null]]);
    expect(deepEqual({}, having(key, 1))).toBe(false);
    expect(deepEqual(having(key, 1), { other: 1 })).toBe(false);
  });

  test.each(KEYS)('in references, and in what a server says of them: %s', async (key) => {
    const oid = 'a'.repeat(40);
    const name = `refs/heads/${key}`;
    const lines = [`${oid} ${name}`, `${oid} ${name}/corsProxy`, `${oid} refs/${key}/x`, `${oid} ${name} ${key}:x symref-target:${key}`];
    await using it = await scriptedServer({ command: (response) => response.end([...lines.map(renderPacket), FLUSH].join('')) });
    const refs = await listed(it.remote);
    expect(refs.get(name)).toMatchObject({ name, oid });
    expect([...refs.keys()]).toEqual([name, `${name}/corsProxy`, `refs/${key}/x`]);
  });

  test.each(KEYS)('in labels, and in what selects by them: %s', (key) => {
    if (/^[A-Za-z]/.test(key)) {
      expect(parseLabelSelector(key)({})).toBe(false);
      expect(parseLabelSelector(`!${key}`)({})).toBe(true);
      expect(parseLabelSelector(`${key}=y`)(having(key, 'y') as Record<string, string>)).toBe(true);
    } else expect(() => parseLabelSelector(key)).toThrow(/is not a label requirement/);
  });

  test.each(KEYS)('in expressions, and in the objects that they look at: %s', (key) => {
    const truth = (expression: string, self: object) => compileCel(expression, { variables: ['self'], result: 'bool' }).evaluate({ self });
    expect(truth(`has(self.${key})`, {})).toBe(false);
    expect(truth(`has(self.${key}) && self['${key}'].polluted`, having(key, polluting))).toBe(true);
    expect(() => truth(`self.${key} == null`, {})).toThrow(/No such key/);
  });

  test.each(KEYS)('in objects, their kinds, names, namespaces and conditions: %s', (key) => {
    const object: KubeObject = {
      apiVersion: `${key}/${key}`,
      kind: key,
      metadata: { name: key, namespace: key, labels: having(key, 'x') as Record<string, string>, uid: 'u', resourceVersion: '1' },
    };
    expect(() =>
      statusOf({ ...object, ...having(key, polluting), status: { ...having(key, {}), conditions: [having(key, 1)] } } as never),
    ).not.toThrow();
    expect(isStateless(object as never)).toBe(false);
    const cache = createObjectCache<KubeObject>({ [key === '__proto__' ? 'p' : key]: ({ metadata }) => [metadata.name] });
    expect(cache.set(object)).toHaveLength(1);
    expect(cache.get({ namespace: key, name: key })).toBe(object);
    expect(cache.get({ namespace: 'other', name: key })).toBeUndefined();
    for (const definition of [gitRepositoryDefinition, kustomizationDefinition]) {
      const problems = validate(definition.spec, { ...having(key, polluting), ...{ commonMetadata: { labels: having(key, 5) } } }, 'spec');
      expect(problems.map(({ path }) => path)).toContain('spec.interval');
    }
  });

  test.each(KEYS)('in Secrets whose values are masked: %s', (key) => {
    const mask = createSecretMask();
    mask.learnSecret({ data: having(key, Buffer.from('s3cret-value-1').toString('base64')) });
    mask.learn(JSON.stringify(having(key, { password: 's3cret-value-2' })));
    expect(mask.mask(`${key}: s3cret-value-1, s3cret-value-2`)).toBe(`${key}: *****, *****`);
  });
});

describe('GHSA-8gh8, CVE-2026-8657: patches change the object that they are for, and no other', () => {
  const configMap = (more = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n${more}`;
  const built = (overlay: Overlay, { kustomization = '', manifest = configMap() } = {}) =>
    build(memoryTree({ 'kustomization.yaml': `resources: [a.yaml]\n${kustomization}`, 'a.yaml': manifest }), '', { overlay }).objects;
  const operation = (op: string, path: string, from = '') => ({
    patches: [{ patch: JSON.stringify([{ op, path, from, value: polluting }]), target: { kind: 'ConfigMap' } }],
  });

  test.each([
    '/__proto__/polluted',
    '/constructor/prototype/polluted',
    '/metadata/__proto__/polluted',
    '/toString/x',
    '/metadata/constructor/x',
  ])('%s leads nowhere', (path) => {
    for (const op of ['add', 'replace', 'remove', 'test', 'copy', 'move'])
      expect(() => built(operation(op, path, path)), op).toThrow(/there is no object or list|there is nothing at this path/);
  });

  test.each(KEYS)('a field may be called %s', (key) => {
    for (const op of ['add', 'replace'])
      expect(Object.getOwnPropertyDescriptor(built(operation(op, `/${key}`))[0], key)?.value).toEqual(polluting);
    const nested = built({
      patches: [
        {
          patch: JSON.stringify([
            { op: 'add', path: `/${key}`, value: {} },
            { op: 'add', path: `/${key}/x`, value: 1 },
          ]),
          target: { kind: 'ConfigMap' },
        },
      ],
    });
    expect(Object.getOwnPropertyDescriptor(nested[0], key)?.value).toEqual({ x: 1 });
    expect(() => built(operation('remove', `/${key}`))).toThrow(/nothing at this path/);
    const merged = built({ patches: [{ patch: configMap(`"${key}": {polluted: true}\n`) }] });
    expect(Object.getOwnPropertyDescriptor(merged[0], key)?.value).toEqual({ polluted: true });
  });

  test.each(KEYS)('so may a label, an annotation, a kind and a name: %s', (key) => {
    const [object] = built(
      { commonMetadata: { labels: having(key, 'y') as Record<string, string>, annotations: having(key, 'z') as Record<string, string> } },
      {
        kustomization: `namePrefix: p-\ncommonAnnotations: {"${key}": x}\nlabels: [{pairs: {"${key}": x}}]\n`,
        manifest: configMap(`data: {"${key}": x}\n`).replace('kind: ConfigMap', `kind: ${key}`).replace('name: a', `name: ${key}`),
      },
    );
    expect(object?.kind).toBe(key);
    expect(object?.metadata.name).toBe(`p-${key}`);
    expect(Object.entries(object?.metadata.labels ?? {})).toEqual([[key, 'y']]);
    expect(Object.entries(object?.metadata.annotations ?? {})).toEqual([[key, 'z']]);
  });

  test.each(KEYS.slice(0, 2))('a kustomization has no field of that name: %s', (key) => {
    expect(() => built({}, { kustomization: `"${key}": {resources: [b.yaml]}\n` })).toThrow(/unknown field/);
    expect(() => built({}, { kustomization: `images: [{name: x, "${key}": {newName: y}}]\n` })).toThrow(/unknown field/);
  });
});

describe('CVE-2026-89011: with a prototype that cannot be changed nothing fails', () => {
  let thaw: () => void;
  // Not frozen for good: this is a process that others test in.
  beforeAll(() => {
    const descriptor = Object.getOwnPropertyDescriptor(Object.prototype, '__proto__');
    const bang = () => {
      throw new Error('__proto__ was used as a way to a prototype');
    };
    Object.defineProperty(Object.prototype, '__proto__', { configurable: true, get: bang, set: bang });
    thaw = () => Object.defineProperty(Object.prototype, '__proto__', descriptor ?? {});
  });
  afterAll(() => thaw());

  test('as under --disable-proto=throw: a build, a patch, an expression and a status go on', () => {
    const files = {
      'kustomization.yaml':
        'resources: [a.yaml]\nnamePrefix: p-\nnamespace: apps\ncommonLabels: {app: web}\nimages: [{name: nginx, newTag: "2"}]\n',
      'a.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: a, __proto__: {polluted: true}}\nspec: {containers: [{name: c, image: nginx}], __proto__: {x: 1}}\n',
    };
    const patch = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, __proto__: {x: 1}}]}\n';
    const patches = [{ patch }, { patch: '[{"op": "add", "path": "/__proto__", "value": 1}]', target: { kind: 'Pod' } }];
    const [pod] = build(memoryTree(files), '', { overlay: { patches } }).objects;
    expect(pod?.metadata.name).toBe('p-a');
    expect(() => renderJson(applyMergePatch(pod, parseJson('{"__proto__":{"x":1}}')))).not.toThrow();
    expect(() => statusOf(pod as never)).not.toThrow();
    expect(compileCel('has(self.metadata)', { variables: ['self'], result: 'bool' }).evaluate({ self: pod })).toBe(true);
  });
});

import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { patchRule } from '../kustomization/rules.ts';
import { type BuildResource, type JsonMap, newResource } from '../resource/resource.ts';
import { SchemaChoice } from '../schema/schema-choice.ts';
import { Loader } from '../tree/loader.ts';
import { memoryTree } from '../tree/memory-tree.ts';
import { applyPatches } from './patch.ts';

const resource = (name: string, extra: JsonMap = {}, past: BuildResource['past'] = []): BuildResource => ({
  ...newResource({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...extra }, 'a.yaml'),
  past: [...past],
});
const patch = (name: string, body: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${body}\n`;

function patched(
  resources: readonly BuildResource[],
  rules: readonly JsonMap[],
  files: Readonly<Record<string, string>> = {},
): readonly JsonMap[] {
  const parsed = rules.map((rule, index) => patchRule(rule, `app/kustomization.yaml: patches[${index}]`));
  return applyPatches(resources, parsed, {
    loader: Loader.at(memoryTree(files), 'app', { restrictions: 'none' }),
    schemas: new SchemaChoice(),
    field: 'patches',
  }).map(({ object }) => object);
}

describe('without a target', () => {
  test('the patch names its one object', () => {
    const objects = patched([resource('a'), resource('b')], [{ patch: patch('b', 'data: {k: v}') }]);
    expect(objects.map(({ data }) => data)).toEqual([undefined, { k: 'v' }]);
  });

  test('by any name that it has had', () => {
    const renamed = resource('z', {}, [
      { kind: 'ConfigMap', namespace: 'default', name: 'a' },
      { kind: 'ConfigMap', namespace: 'x', name: 'b' },
    ]);
    expect(patched([renamed], [{ patch: patch('a', 'data: {k: v}') }])[0]).toMatchObject({ metadata: { name: 'z' }, data: { k: 'v' } });
    expect(() => patched([renamed], [{ patch: patch('b', 'data: {k: v}') }])).toThrow(/there is no ConfigMap\/b to patch/);
  });

  test.each([
    ['another version', 'apiVersion: v2\nkind: ConfigMap\nmetadata: {name: a}\n'],
    ['no version', 'kind: ConfigMap\nmetadata: {name: a}\n'],
    ['another kind', 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n'],
    ['another namespace', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: other}\n'],
  ])('%s finds nothing, which is an error', (_, text) => {
    expect(() => patched([resource('a')], [{ patch: text }])).toThrow(/^app\/kustomization\.yaml: patches\[0\]: there is no \S+ to patch$/);
  });

  test('several documents are several patches; none is no patch', () => {
    const files = { 'app/p.yaml': `${patch('a', 'data: {k: a}')}---\n${patch('b', 'data: {k: b}')}`, 'app/empty.yaml': '# nothing yet\n' };
    const objects = patched([resource('a'), resource('b')], [{ path: 'p.yaml' }, { path: 'empty.yaml' }], files);
    expect(objects.map(({ data }) => data)).toEqual([{ k: 'a' }, { k: 'b' }]);
  });

  test('two objects that had the name are one too many', () => {
    const past = [{ kind: 'ConfigMap', namespace: 'default', name: 'a' }];
    expect(() => patched([resource('x', {}, past), resource('y', {}, past)], [{ patch: patch('a', '') }])).toThrow(
      /several objects are called/,
    );
  });
});

describe('with a target', () => {
  const target = { kind: 'ConfigMap' };

  test('every selected object gets the patch, which need not name any', () => {
    expect(patched([resource('a'), resource('b')], [{ target, patch: patch('whatever', 'data: {k: v}') }])).toEqual([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { k: 'v' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' }, data: { k: 'v' } },
    ]);
  });

  test('selecting nothing is no error', () => {
    expect(patched([resource('a')], [{ target: { kind: 'Secret' }, patch: patch('a', 'data: {k: v}') }])[0]?.data).toBeUndefined();
  });

  test('name, namespace, kind and version stay, unless the rule allows others', () => {
    const text = 'apiVersion: v9\nkind: Secret\nmetadata: {name: new, namespace: new}\n';
    expect(patched([resource('a')], [{ target, patch: text }])[0]).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
    });
    const options = { allowNameChange: true, allowKindChange: true };
    expect(patched([resource('a')], [{ target, patch: text, options }])[0]).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'new' },
    });
  });

  test('a name that was changed is remembered', () => {
    const one = resource('a');
    patched([one], [{ target, patch: 'kind: ConfigMap\nmetadata: {name: new}\n', options: { allowNameChange: true } }]);
    expect(one.past.map(({ name }) => name)).toEqual(['a']);
  });

  test('objects are deleted by a directive', () => {
    const objects = patched([resource('a'), resource('b')], [{ target: { name: 'a' }, patch: patch('x', '$patch: delete') }]);
    expect(objects.map(({ metadata }) => metadata)).toEqual([{ name: 'b' }]);
  });

  test('what two objects get from one patch is not shared', () => {
    const [one, two] = patched([resource('a'), resource('b')], [{ target, patch: patch('x', 'list: [{k: v}]') }]);
    (one as unknown as { list: { k: string }[] }).list.forEach((item) => {
      item.k = 'changed';
    });
    expect(two?.list).toEqual([{ k: 'v' }]);
  });
});

describe('operations', () => {
  const operations = (value: string) => `- op: add\n  path: /data\n  value: ${value}\n`;

  test('in YAML or JSON, inline or in a file', () => {
    const files = { 'app/p.json': '[{"op":"add","path":"/data","value":{"k":"json"}}]' };
    const target = { kind: 'ConfigMap' };
    expect(patched([resource('a')], [{ target, patch: operations('{k: yaml}') }])[0]?.data).toEqual({ k: 'yaml' });
    expect(patched([resource('a')], [{ target, path: 'p.json' }], files)[0]?.data).toEqual({ k: 'json' });
  });

  test('have the older scalars of YAML', () => {
    expect(patched([resource('a')], [{ target: { kind: 'ConfigMap' }, patch: operations('{k: yes}') }])[0]?.data).toEqual({ k: true });
  });

  test('may change name and kind, which are remembered', () => {
    const one = resource('a');
    patched(
      [one],
      [{ target: { name: 'a' }, patch: '- {op: replace, path: /metadata/name, value: b}\n- {op: replace, path: /kind, value: K}\n' }],
    );
    expect(one).toMatchObject({ object: { kind: 'K', metadata: { name: 'b' } }, past: [{ kind: 'ConfigMap', name: 'a' }] });
  });

  test('need a target', () => {
    expect(() => patched([resource('a')], [{ patch: operations('{}') }])).toThrow(/JSON 6902 operations need a target/);
  });

  test('of none change nothing', () => {
    expect(patched([resource('a')], [{ target: {}, patch: '[]' }])).toEqual([resource('a').object]);
  });
});

test('each patch sees what the one before left', () => {
  const target = { kind: 'ConfigMap' };
  const rules = [
    { target, patch: patch('x', 'data: {k: v}') },
    { target, patch: '[{"op": "test", "path": "/data/k", "value": "v"}, {"op": "replace", "path": "/data/k", "value": "w"}]' },
  ];
  expect(patched([resource('a')], rules)[0]?.data).toEqual({ k: 'w' });
});

test.each<[string, JsonMap, RegExp]>([
  ['no file', { path: 'p.yaml' }, /patches\[0\]: there is no file 'p\.yaml'/],
  ['a way out', { path: '../../p.yaml' }, /is not in or below the root/],
  ['text', { patch: 'hello', target: {} }, /not a Kubernetes object/],
  ['no kind', { patch: 'data: {}', target: {} }, /missing kind/],
  ['no name', { patch: 'kind: ConfigMap', target: {} }, /missing metadata\.name in ConfigMap/],
  ['two documents for a target', { patch: `${patch('a', '')}---\n${patch('a', '')}`, target: {} }, /must be one document/],
  ['operations and objects', { patch: `${patch('a', '')}---\n- {op: remove, path: /data}\n`, target: {} }, /must be the only document/],
])('%s is an error', (_, rule, message) => {
  expect(() => patched([resource('a')], [rule])).toThrow(BuildError);
  expect(() => patched([resource('a')], [rule])).toThrow(message);
});

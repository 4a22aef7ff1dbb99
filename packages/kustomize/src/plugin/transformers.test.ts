import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { type BuildResource, type Json, type JsonMap, newResource } from '../resource/resource.ts';
import { SchemaChoice } from '../schema/schema-choice.ts';
import { Loader } from '../tree/loader.ts';
import { memoryTree } from '../tree/memory-tree.ts';
import { transformerOf } from './transformers.ts';

const web = (): BuildResource =>
  newResource(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx' }] } } },
    },
    'a.yaml',
  );
const patch = JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 2 } });
const operations = JSON.stringify([{ op: 'add', path: '/spec/replicas', value: 2 }]);
const files = { 'app/patch.yaml': patch, 'app/ops.json': operations, 'patch.yaml': patch, 'ops.json': operations, 'rules.yaml': '' };

/** The plugin as it is, and as it leaves one Deployment. */
function transformer(kind: string, config: JsonMap) {
  const loader = Loader.at(memoryTree(files), 'app', { restrictions: 'root-only' });
  const object = { apiVersion: 'builtin', kind, metadata: { name: 'a' }, ...config };
  return transformerOf({ kind, object, origin: undefined, at: 't.yaml' }, { loader, schemas: new SchemaChoice() });
}
const after = (kind: string, config: JsonMap): JsonMap | undefined => transformer(kind, config)([web()])[0]?.object;

const target = { kind: 'Deployment', name: 'web' };
const to = (path: string): Json => [{ path, create: true }];

test.each<[string, JsonMap, JsonMap]>([
  ['AnnotationsTransformer', { annotations: { a: 1 }, fieldSpecs: to('metadata/annotations') }, { metadata: { annotations: { a: '1' } } }],
  ['LabelTransformer', { labels: { a: true }, fieldSpecs: to('metadata/labels') }, { metadata: { labels: { a: 'true' } } }],
  ['NamespaceTransformer', { metadata: { name: 'a', namespace: 'n' } }, { metadata: { namespace: 'n' } }],
  ['PrefixTransformer', { prefix: 'p-', suffix: '-s', fieldSpecs: to('metadata/name') }, { metadata: { name: 'p-web' } }],
  ['SuffixTransformer', { prefix: 'p-', suffix: '-s', fieldSpecs: to('metadata/name') }, { metadata: { name: 'web-s' } }],
  ['PrefixSuffixTransformer', { prefix: 'p-', suffix: '-s', fieldSpecs: to('metadata/name') }, { metadata: { name: 'p-web-s' } }],
  ['ReplicaCountTransformer', { replica: { name: 'web', count: 2 }, fieldSpecs: to('spec/replicas') }, { spec: { replicas: 2 } }],
  ['PatchTransformer', { path: 'patch.yaml' }, { spec: { replicas: 2 } }],
  ['PatchTransformer', { patch: operations, target }, { spec: { replicas: 2 } }],
  ['PatchJson6902Transformer', { path: 'ops.json', target }, { spec: { replicas: 2 } }],
  ['PatchJson6902Transformer', { jsonOp: operations, target }, { spec: { replicas: 2 } }],
  ['PatchStrategicMergeTransformer', { paths: ['patch.yaml'] }, { spec: { replicas: 2 } }],
  ['PatchStrategicMergeTransformer', { patches: patch }, { spec: { replicas: 2 } }],
  ['ValueAddTransformer', { targets: [{ fieldPath: 'spec/at' }] }, { spec: { at: 'app' } }],
])('%s with %j', (kind, config, expected) => {
  expect(after(kind, config)).toMatchObject(expected);
});

test('ImageTagTransformer finds containers by itself', () => {
  const object = after('ImageTagTransformer', { imageTag: { name: 'nginx', newTag: 1.5 } });
  expect(object?.spec).toEqual({ template: { spec: { containers: [{ name: 'c', image: 'nginx:1.5' }] } } });
});

test('what a transformer does not know, it leaves out', () => {
  expect(after('NamespaceTransformer', { other: 1, fieldSpecs: [{ path: 'a', other: 1 }] })).toEqual(web().object);
});

describe('a file that a transformer names has to be within the directory', () => {
  test.each<[string, JsonMap, string]>([
    ['PatchTransformer', { path: '../patch.yaml' }, '../patch.yaml'],
    ['PatchJson6902Transformer', { path: '../ops.json', target }, '../ops.json'],
    ['PatchStrategicMergeTransformer', { paths: ['../patch.yaml'] }, '../patch.yaml'],
    ['ReplacementTransformer', { replacements: [{ path: '../rules.yaml' }] }, '../rules.yaml'],
    ['ValueAddTransformer', { targetFilePath: '../rules.yaml' }, '../rules.yaml'],
  ])('%s with %j', (kind, config, path) => {
    expect(() => after(kind, config)).toThrow(BuildError);
    expect(() => after(kind, config)).toThrow(`'${path}' is not in or below 'app'`);
  });
});

describe('a configuration is checked before anything is transformed', () => {
  test.each<[string, JsonMap, string]>([
    ['ConfigMapGenerator', {}, 't.yaml: there is no transformer of this kind'],
    ['constructor', {}, 't.yaml: there is no transformer of this kind'],
    ['PrefixTransformer', { prefix: 'p-' }, 't.yaml: needs fieldSpecs'],
    ['PatchStrategicMergeTransformer', {}, 't.yaml: needs paths or patches'],
    [
      'NamespaceTransformer',
      { setRoleBindingSubjects: 'all' },
      't.yaml: setRoleBindingSubjects must be one of defaultOnly, allServiceAccounts, none',
    ],
    ['LabelTransformer', { labels: [] }, 't.yaml: labels must be an object'],
    ['LabelTransformer', { fieldSpecs: [{ path: [] }] }, 't.yaml: fieldSpecs[0]: path must be a string'],
  ])('%s with %j', (kind, config, message) => {
    expect(() => transformer(kind, config)).toThrow(new BuildError(message));
  });
});

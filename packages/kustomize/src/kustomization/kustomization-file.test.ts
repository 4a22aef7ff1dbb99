import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { memoryTree } from '../tree/memory-tree.ts';
import { findKustomizationFile, type KustomizationFile, readKustomizationFile } from './kustomization-file.ts';

const read = (text: string): KustomizationFile =>
  readKustomizationFile(memoryTree({ 'app/kustomization.yaml': text }), 'app/kustomization.yaml');

describe('finding', () => {
  test.each(['kustomization.yaml', 'kustomization.yml', 'Kustomization'])('%s', (name) => {
    expect(findKustomizationFile(memoryTree({ [`app/${name}`]: '' }), 'app')).toBe(`app/${name}`);
  });

  test('none, and one of another case', () => {
    expect(findKustomizationFile(memoryTree({ 'app/KUSTOMIZATION.yaml': '', 'kustomization.yaml': '' }), 'app')).toBeUndefined();
  });

  test('two are an error that names both', () => {
    const tree = memoryTree({ 'app/kustomization.yaml': '', 'app/Kustomization': '' });
    expect(() => findKustomizationFile(tree, 'app')).toThrow('app/kustomization.yaml and app/Kustomization');
  });
});

test('every supported field, in the order in which it is applied', () => {
  const file = read(`
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
metadata: {name: ignored}
resources: [a.yaml]
bases: [../base]
namespace: shop
namePrefix: p-
nameSuffix: -s
labels: [{pairs: {a: b}, includeSelectors: true, includeTemplates: true, includeVolumeClaimTemplates: true}]
commonLabels: {c: d}
commonAnnotations: {e: f}
images: [{name: nginx, newName: web, newTag: "1", digest: sha256:x}]
imageTags: [{name: old, tagSuffix: -x}]
patchesStrategicMerge: [p1.yaml, "kind: X\\nmetadata: {name: z}"]
patches: [{path: p2.yaml, target: {kind: X, name: ""}, options: {allowNameChange: true}}]
patchesJson6902: [{patch: "[]", target: {name: z}}]
`);
  expect(file).toMatchObject({
    file: 'app/kustomization.yaml',
    directory: 'app',
    resources: ['a.yaml', '../base'],
    namespace: 'shop',
    namePrefix: 'p-',
    nameSuffix: '-s',
    labels: [{ pairs: { a: 'b' }, includeSelectors: true }],
    commonLabels: { c: 'd' },
    commonAnnotations: { e: 'f' },
    images: [
      { name: 'nginx', newName: 'web', newTag: '1', digest: 'sha256:x' },
      { name: 'old', tagSuffix: '-x' },
    ],
    patchesJson6902: [{ source: { text: '[]' }, target: { name: 'z' } }],
    isEmpty: false,
  });
  expect(file.patchesStrategicMerge.map(({ source }) => source)).toEqual([
    { textOrPath: 'p1.yaml' },
    { textOrPath: 'kind: X\nmetadata: {name: z}' },
  ]);
  expect(file.patches).toMatchObject([{ source: { path: 'p2.yaml' }, target: { kind: 'X' } }]);
});

test('names of fields are read without regard to case, as kustomize does', () => {
  expect(read('NamePrefix: x-\nRESOURCES: [a]\n')).toMatchObject({ namePrefix: 'x-', resources: ['a'] });
});

test('kind and apiVersion may be left out', () => {
  expect(read('resources: [a]\n').resources).toEqual(['a']);
});

test.each([
  ['', true],
  ['apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n', true],
  ['namespace:\n', true],
  ['resources: []\n', false],
  ['metadata: {name: x}\n', false],
])('%j asks for nothing: %j', (text, expected) => {
  expect(read(text).isEmpty).toBe(expected);
});

test('a component is one by its kind', () => {
  expect(read('apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n').kind).toBe('Component');
  expect(read('kind: Component\n').kind).toBe('Component');
  expect(() => read('apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Component\n')).toThrow(/is not a kustomization/);
});

test.each(['helmCharts', 'helmChartInflationGenerator'])('%s need an engine that this is not', (field) => {
  expect(() => read(`${field}: [{name: a}]\n`)).toThrow(
    new BuildError(`app/kustomization.yaml: ${field}: this build inflates no Helm charts`),
  );
  expect(read(`resources: [a]\n${field}: []\nhelmGlobals: {chartHome: charts}\n`).resources).toEqual(['a']);
});

describe('mistakes', () => {
  test.each<[string, RegExp]>([
    ['resource: [a]', /unknown field 'resource'/],
    ['resources: a.yaml', /resources must be a list of strings/],
    ['resources: [1]', /resources must be a list of strings/],
    ['namePrefix: 1', /namePrefix must be a string/],
    ['namespace: yes', /namespace must be a string/],
    ['commonLabels: {a: true}', /commonLabels\.a must be a string: quote it/],
    ['commonAnnotations: {a: 1}', /commonAnnotations\.a must be a string: quote it/],
    ['commonLabels: [a]', /commonLabels must be an object/],
    ['labels: {a: b}', /labels must be a list of objects/],
    ['labels: [{pair: {a: b}}]', /labels\[0\]: unknown field 'pair'/],
    ['labels: [{pairs: {a: b}, includeSelectors: "true"}]', /labels\[0\]: includeSelectors must be true or false/],
    ['images: [{name: a, newTag: 1.10}]', /images\[0\]: newTag must be a string/],
    ['images: [{name: a, tag: x}]', /images\[0\]: unknown field 'tag'/],
    ['patches: [p.yaml]', /patches must be a list of objects/],
    ['patches: [{target: {kind: X}}]', /patches\[0\]: needs either patch or path/],
    ['patches: [{patch: " ", target: {kind: X}}]', /patches\[0\]: needs either patch or path/],
    ['patches: [{patch: x, path: p.yaml}]', /patches\[0\]: needs either patch or path/],
    ['patches: [{path: p.yaml, target: {labels: x}}]', /patches\[0\]\.target: unknown field 'labels'/],
    ['patches: [{path: p.yaml, options: {allowAll: true}}]', /patches\[0\]\.options: unknown field 'allowAll'/],
    ['patchesJson6902: [{path: p.yaml, target: {kind: X}}]', /patchesJson6902\[0\]: target\.name is required/],
    ['kind: Deployment', /kind 'Deployment' is neither 'Kustomization' nor 'Component'/],
    ['apiVersion: kustomize.config.k8s.io/v1', /is not a kustomization/],
    ['apiVersion: kustomize.toolkit.fluxcd.io/v1', /is not a kustomization/],
    ['- a', /must be one YAML document with fields/],
    ['a: 1\n---\nb: 2', /must be one YAML document with fields/],
    ['a: [', /^app\/kustomization\.yaml:\d+:\d+: invalid YAML/],
  ])('%j', (text, message) => {
    expect(() => read(`${text}\n`)).toThrow(BuildError);
    expect(() => read(`${text}\n`)).toThrow(message);
  });
});

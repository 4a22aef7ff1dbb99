import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { describe, expect, test } from 'vitest';
import { build } from './build.ts';
import { BuildError } from './build-error.ts';
import { memoryTree } from './tree/memory-tree.ts';

const configMap = (name: string, namespace?: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${namespace === undefined ? '' : `  namespace: ${namespace}\n`}`;
const namesOf = (files: Readonly<Record<string, string>>, path = '.'): readonly string[] =>
  build(memoryTree(files), path).objects.map(({ metadata }) => metadata.name);

describe('cycles', () => {
  test.each([1, 2, 5])('of length %d are named as they run', (length) => {
    const files = Object.fromEntries(
      Array.from({ length }, (_, n) => [`d${n}/kustomization.yaml`, `resources: [../d${(n + 1) % length}]\n`]),
    );
    const names = Array.from({ length: length + 1 }, (_, n) => `d${n % length}/kustomization.yaml`);
    expect(() => namesOf(files, 'd0')).toThrow(
      new BuildError(`d${length - 1}/kustomization.yaml: resources[0]: cycle of kustomizations: ${names.join(' -> ')}`),
    );
  });

  test('behind a way that is none are named without it', () => {
    const files = {
      'start/kustomization.yaml': 'resources: [../a]\n',
      'a/kustomization.yaml': 'resources: [../b]\n',
      'b/kustomization.yaml': 'resources: [../a]\n',
    };
    expect(() => namesOf(files, 'start')).toThrow(
      'b/kustomization.yaml: resources[0]: cycle of kustomizations: a/kustomization.yaml -> b/kustomization.yaml -> a/kustomization.yaml',
    );
  });

  test('a directory that names itself, or its parent, is one', () => {
    expect(() => namesOf({ 'kustomization.yaml': 'resources: [.]\n' })).toThrow(/cycle of kustomizations/);
    expect(() => namesOf({ 'kustomization.yaml': 'resources: [a]\n', 'a/kustomization.yaml': 'resources: [..]\n' })).toThrow(/cycle/);
  });

  test('one base on two ways is none, if the objects get different names', () => {
    const files = {
      'kustomization.yaml': 'resources: [a, b]\n',
      'a/kustomization.yaml': 'namePrefix: a-\nresources: [../base]\n',
      'b/kustomization.yaml': 'namePrefix: b-\nresources: [../base]\n',
      'base/kustomization.yaml': 'resources: [c.yaml]\n',
      'base/c.yaml': configMap('c'),
    };
    expect(namesOf(files)).toEqual(['a-c', 'b-c']);
  });
});

describe('a few files that stand for many', () => {
  /** `l<depth>` builds `l<depth - 1>` twice, and so on down; at the bottom is one file. */
  const doubling = (depth: number, bottom: string): Readonly<Record<string, string>> => ({
    'l0/kustomization.yaml': 'resources: [bottom.yaml]\n',
    'l0/bottom.yaml': bottom,
    ...Object.fromEntries(
      Array.from({ length: depth }, (_, n) => [
        [`l${n + 1}/kustomization.yaml`, `resources: [../a${n + 1}, ../b${n + 1}]\n`],
        [`a${n + 1}/kustomization.yaml`, `namePrefix: a-\nresources: [../l${n}]\n`],
        [`b${n + 1}/kustomization.yaml`, `namePrefix: b-\nresources: [../l${n}]\n`],
      ]).flat(),
    ),
  });

  test('are refused in time, though they come to no object', () => {
    const spentMs = startCpuTime();
    expect(() => namesOf(doubling(40, '# nothing\n'), 'l40')).toThrow(/: more than 10000 kustomizations to build/);
    expect(spentMs()).toBeLessThan(5_000);
  });

  test('are refused in time, when they come to a million objects', () => {
    const configMaps = Array.from({ length: 60 }, (_, n) => configMap(`c${n}`)).join('---\n');
    expect(() => namesOf(doubling(20, configMaps), 'l20')).toThrow(/: more than 50000 objects/);
  });

  test('are built as long as they are few', () => {
    expect(namesOf(doubling(6, configMap('c')), 'l6')).toHaveLength(64);
  });

  test('of which each is within the next are refused before the stack is full', () => {
    const files = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`d${n}/kustomization.yaml`, `resources: [../d${n + 1}]\n`]));
    expect(() => namesOf(files, 'd0')).toThrow(/: more than 100 kustomizations within each other/);
  });
});

describe('the same object twice', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['one file named twice', { 'kustomization.yaml': 'resources: [a.yaml, ./a.yaml]\n', 'a.yaml': configMap('a') }],
    ['two documents of one file', { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': `${configMap('a')}---\n${configMap('a')}` }],
    ['two files', { 'kustomization.yaml': 'resources: [a.yaml, b.yaml]\n', 'a.yaml': configMap('a'), 'b.yaml': configMap('a') }],
    [
      'in the default namespace, and in none',
      { 'kustomization.yaml': 'resources: [a.yaml, b.yaml]\n', 'a.yaml': configMap('a'), 'b.yaml': configMap('a', 'default') },
    ],
    [
      'in two namespaces that become one',
      { 'kustomization.yaml': 'namespace: x\nresources: [a.yaml, b.yaml]\n', 'a.yaml': configMap('a', 'y'), 'b.yaml': configMap('a', 'z') },
    ],
    [
      'by a patch that renames',
      {
        'kustomization.yaml':
          'resources: [a.yaml, b.yaml]\npatches: [{target: {kind: ConfigMap}, patch: "[{\\"op\\":\\"add\\",\\"path\\":\\"/metadata/name\\",\\"value\\":\\"z\\"}]"}]\n',
        'a.yaml': configMap('a'),
        'b.yaml': configMap('b'),
      },
    ],
  ])('%s', (_, files) => {
    expect(() => namesOf(files)).toThrow(BuildError);
    expect(() => namesOf(files)).toThrow(/^kustomization\.yaml: ConfigMap\/\S+ is defined twice, in /);
  });

  test('the message names both files', () => {
    const files = { 'kustomization.yaml': 'resources: [a.yaml, b.yaml]\n', 'a.yaml': configMap('a'), 'b.yaml': configMap('a') };
    expect(() => namesOf(files)).toThrow('is defined twice, in a.yaml and b.yaml');
  });

  test('of another version or kind, or in another namespace, it is another object', () => {
    const objects = [
      configMap('a'),
      configMap('a', 'x'),
      configMap('a').replace('ConfigMap', 'Secret'),
      configMap('a').replace('v1', 'v2'),
    ];
    expect(namesOf({ 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': objects.join('---\n') })).toHaveLength(4);
  });
});

test('objects come in the order of the entries, and of the documents; those of a list behind the others of its file', () => {
  const list =
    'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: l1}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: l2}}\n';
  const files = {
    'kustomization.yaml': 'resources: [z.yaml, base, a.yaml]\n',
    'z.yaml': `${list}---\n${configMap('z2')}---\n${configMap('z1')}`,
    'base/kustomization.yaml': 'resources: [b.yaml]\n',
    'base/b.yaml': configMap('b'),
    'a.yaml': configMap('a'),
  };
  expect(namesOf(files)).toEqual(['z2', 'z1', 'l1', 'l2', 'b', 'a']);
});

describe('what is not there, or not what it should be', () => {
  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['no file', { 'kustomization.yaml': 'resources: [a.yaml]\n' }, /resources\[0\]: there is no file or directory 'a\.yaml'/],
    [
      'no kustomization in a base',
      { 'kustomization.yaml': 'resources: [base]\n', 'base/a.yaml': configMap('a') },
      /^base: no kustomization file/,
    ],
    [
      'an empty base',
      { 'kustomization.yaml': 'resources: [base]\n', 'base/kustomization.yaml': '' },
      /^base\/kustomization\.yaml: the kustomization is empty/,
    ],
    ['a way out', { 'kustomization.yaml': 'resources: [../a.yaml]\n' }, /is not in or below the root/],
    ['a remote base', { 'kustomization.yaml': 'resources: ["https://example.com/a"]\n' }, /remote bases are not fetched/],
    ['text', { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': 'hello\n' }, /^a\.yaml: not a Kubernetes object/],
    [
      'no kind',
      { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': 'apiVersion: v1\nmetadata: {name: a}\n' },
      /^a\.yaml: missing kind/,
    ],
    [
      'no name, in the second document',
      {
        'kustomization.yaml': 'resources: [a.yaml]\n',
        'a.yaml': `${configMap('a')}---\napiVersion: v1\nkind: X\nmetadata: {generateName: a-}\n`,
      },
      /^a\.yaml: document 2: missing metadata\.name in X/,
    ],
    [
      'a name that is a number',
      { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': configMap('123') },
      /name must be a string: quote it/,
    ],
    [
      'a list of text',
      { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': 'kind: List\nitems: [a]\n' },
      /^a\.yaml: items\[0\]: not a/,
    ],
    ['items that are none', { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': 'kind: List\nitems: {}\n' }, /items must be a list/],
  ])('%s', (_, files, message) => {
    expect(() => namesOf(files)).toThrow(BuildError);
    expect(() => namesOf(files)).toThrow(message);
  });

  test('an empty file, and a list of nothing, are no objects', () => {
    const files = {
      'kustomization.yaml': 'resources: [a.yaml, b.yaml]\n',
      'a.yaml': '# later\n',
      'b.yaml': 'apiVersion: v1\nkind: List\nitems:\n',
    };
    expect(namesOf(files)).toEqual([]);
  });
});

test('a list may be longer than a call has arguments', () => {
  const files = { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': `{"kind": "List", "items": [${'{},'.repeat(300_000)}{}]}` };
  expect(() => namesOf(files)).toThrow(new BuildError('a.yaml: items[0]: missing kind'));
});

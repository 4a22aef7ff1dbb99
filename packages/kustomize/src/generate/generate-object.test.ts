import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import type { JsonMap } from '../resource/resource.ts';
import { Loader } from '../tree/loader.ts';
import { memoryTree } from '../tree/memory-tree.ts';
import { base64Lines, generateObject } from './generate-object.ts';
import { type GeneratorRule, generatorRule } from './generator-rule.ts';

const files = { text: 'hé\n', marked: '\ufeffx', binary: Uint8Array.of(0xff, 0) };
function generated(kind: GeneratorRule['kind'], rule: JsonMap) {
  const loader = Loader.at(memoryTree(files), '', { restrictions: 'root-only' });
  return generateObject(generatorRule(kind, { name: 'a', ...rule }, 'k.yaml: generator[0]'), loader);
}
const configMap = (rule: JsonMap): JsonMap => generated('ConfigMap', rule).resource.object;
const secret = (rule: JsonMap): JsonMap => generated('Secret', rule).resource.object;

describe('a ConfigMap', () => {
  test('holds text as text, and other files as base64', () => {
    const object = configMap({ files: ['text', 'marked', 'binary'] });
    expect(object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      data: { text: 'hé\n', marked: '\ufeffx' },
      binaryData: { binary: '/wA=' },
    });
  });

  test('without anything in it has no data', () => {
    expect(configMap({})).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
  });

  test('may have any key', () => {
    expect(Object.entries(configMap({ literals: ['__proto__=1', 'constructor=2'] }).data ?? {})).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });
});

describe('a Secret', () => {
  test('is opaque unless it has another type, and holds everything as base64', () => {
    expect(secret({ literals: ['a=1'], files: ['binary'] })).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      type: 'Opaque',
      data: { a: 'MQ==', binary: '/wA=' },
    });
    expect(secret({ type: 'kubernetes.io/tls' }).type).toBe('kubernetes.io/tls');
  });

  test('without anything in it has empty data', () => {
    expect(secret({}).data).toEqual({});
  });
});

test.each([
  [0, ''],
  [51, 'A'.repeat(68)],
  [52, `${'A'.repeat(70)}\n==\n`],
  [54, `${'A'.repeat(70)}\nAA\n`],
  [105, `${'A'.repeat(70)}\n${'A'.repeat(70)}\n`],
])('%d bytes are base64 in lines of 70 characters, if there are so many', (length, text) => {
  expect(base64Lines(new Uint8Array(length))).toBe(text);
});

describe('what a rule says besides', () => {
  test('is in the metadata', () => {
    const options = { labels: { l: '1' }, annotations: { n: '1' }, immutable: true };
    expect(configMap({ namespace: 'shop', options })).toMatchObject({
      metadata: { name: 'a', namespace: 'shop', labels: { l: '1' }, annotations: { n: '1' } },
      immutable: true,
    });
  });

  test('is whether it gets a hash', () => {
    expect(generated('ConfigMap', {}).resource.isHashed).toBe(true);
    expect(generated('ConfigMap', { options: { disableNameSuffixHash: true } }).resource.isHashed).toBe(false);
  });

  test.each([
    ['merge', 'merge'],
    ['replace', 'replace'],
    ['create', 'create'],
    ['Merge', 'create'],
  ])('the behavior %s is %s', (written, behavior) => {
    expect(generated('Secret', { behavior: written }).behavior).toBe(behavior);
  });

  test('is a name', () => {
    expect(() => configMap({ name: '' })).toThrow(new BuildError('k.yaml: generator[0]: name is required'));
  });
});

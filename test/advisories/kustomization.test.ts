import { build, memoryTree } from '@gotk/kustomize';
import { describe, expect, test } from 'vitest';
import { costOf } from './cost.ts';

const DEPLOYMENT = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {containers: []}}}\n';
const BOMB = `a0: &a0 [x]\n${Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`)}]`).join('\n')}\n`;
const DEEP = `x: ${'{a: '.repeat(20_000)}1${'}'.repeat(20_000)}\n`;

/** Builds a kustomization next to an object. */
const built = (kustomization: object, files: Readonly<Record<string, string>> = {}) =>
  build(
    memoryTree({ 'kustomization.yaml': JSON.stringify({ resources: ['a.yaml'], ...kustomization }), 'a.yaml': DEPLOYMENT, ...files }),
    '',
  );

async function refused(work: () => unknown): Promise<void> {
  const { cpuMs, error } = await costOf(work);
  expect(error).toMatchObject({ name: 'BuildError' });
  expect(cpuMs).toBeLessThan(2_000);
}

describe('CVE-2022-24878: what a kustomization names costs no more than it is worth', () => {
  const FIELDS = ['configurations', 'crds', 'generators', 'transformers', 'validators', 'components', 'patchesStrategicMerge'];
  test.each(
    FIELDS.flatMap(
      (field) =>
        [
          [field, 'aliases', BOMB],
          [field, 'depth', DEEP],
        ] as const,
    ),
  )('%s: a bomb of %s', async (field, _, text) => {
    await refused(() => built({ [field]: ['x.yaml'] }, { 'x.yaml': text }));
  });

  test.each([
    ['generators', { 'g/kustomization.yaml': 'generators: [../h]', 'h/kustomization.yaml': 'generators: [../g]' }],
    ['transformers', { 'g/kustomization.yaml': 'transformers: [../h]', 'h/kustomization.yaml': 'transformers: [../g]' }],
    ['validators', { 'g/kustomization.yaml': 'validators: [../g]' }],
  ])('a circle through %s', async (field, files) => {
    await refused(() => built({ [field]: ['g'] }, files));
  });

  test('definitions that refer to each other many times', async () => {
    const head = { apiVersion: {}, kind: {}, metadata: {} };
    const definitions = Array.from({ length: 30 }, (_, i) => {
      const properties = Array.from({ length: 4 }, (_unused, j) => [`p${j}`, { $ref: `T${i + 1}` }]);
      return [`T${i}`, { Schema: { properties: { ...head, ...Object.fromEntries(properties) } } }];
    });
    await refused(() => built({ crds: ['x.yaml'] }, { 'x.yaml': JSON.stringify(Object.fromEntries(definitions)) }));
  });

  test('a path of a hundred thousand fields', async () => {
    const path = Array(100_000).fill('a').join('/');
    await refused(() =>
      built(
        { configurations: ['x.yaml'], commonLabels: { a: 'b' } },
        { 'x.yaml': JSON.stringify({ commonLabels: [{ path, create: true }] }) },
      ),
    );
  });

  test('one large file in thousands of objects', async () => {
    const files = Array.from({ length: 100 }, (_, i) => `k${i}=big`);
    const configMapGenerator = Array.from({ length: 1_000 }, (_, i) => ({ name: `m${i}`, files }));
    await refused(() => built({ configMapGenerator }, { big: 'x'.repeat(1_000_000) }));
  });

  test('names that grow with each kustomization around them', async () => {
    await refused(() => built({ namePrefix: 'p'.repeat(70_000) }));
  });
});

describe('CVE-2026-89011: whatever is called so is data', () => {
  test.each(['__proto__', 'constructor', 'prototype', 'toString'])(
    '%s in generators, labels, annotations, variables and plugins',
    (key) => {
      const plugin = `{"apiVersion":"builtin","kind":"LabelTransformer","metadata":{"name":"p"},"labels":{"${key}":"x"},"fieldSpecs":[{"path":"metadata/labels","create":true}]}`;
      const { objects } = built({
        configMapGenerator: [{ name: 'm', literals: [`${key}=x`], options: { disableNameSuffixHash: true } }],
        vars: [{ name: key, objref: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' } }],
        transformers: [plugin],
      });
      for (const { metadata } of objects) expect(Object.entries(metadata.labels ?? {})).toEqual([[key, 'x']]);
      expect(Object.entries((objects[1] as { data?: object }).data ?? {})).toEqual([[key, 'x']]);
      expect(({} as { x?: unknown }).x).toBeUndefined();
    },
  );
});

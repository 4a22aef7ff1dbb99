import type { ObjectMeta } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { build } from '../build.ts';
import { memoryTree } from '../tree/memory-tree.ts';

type Written = readonly [apiVersion: string, kind: string, metadata?: Partial<ObjectMeta>];

function ordered(objects: readonly Written[], sortOptions: object = { order: 'legacy' }): readonly string[] {
  const all = objects.map(([apiVersion, kind, metadata]) => JSON.stringify({ apiVersion, kind, metadata: { name: 'n', ...metadata } }));
  const tree = memoryTree({
    'kustomization.yaml': JSON.stringify({ resources: ['all.yaml'], sortOptions }),
    'all.yaml': all.join('\n---\n'),
  });
  return build(tree, '').objects.map(({ apiVersion, kind, metadata: { namespace, name } }) =>
    [apiVersion, kind, namespace, name].filter(Boolean).join(' '),
  );
}

test('what others need comes first, what stands in the way of others last', () => {
  const kinds = ordered([
    ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
    ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
    ['apps/v1', 'Deployment'],
    ['v1', 'Pod'],
    ['v1', 'ConfigMap'],
    ['v1', 'Namespace'],
  ]).map((text) => text.split(' ')[1]);
  expect(kinds).toEqual(['Namespace', 'ConfigMap', 'Deployment', 'Pod', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']);
});

test('of one rank: by group, the core being the last, then by version, kind, namespace and name', () => {
  expect(
    ordered([
      ['v1', 'Pod', { name: 'b', namespace: 'x' }],
      ['v1', 'Pod', { name: 'a', namespace: 'x' }],
      ['v1', 'Pod', { name: 'a', namespace: 'x-y' }],
      ['v1', 'Pod', { name: 'a' }],
      ['b/v1', 'Thing'],
      ['a/v2', 'Thing'],
      ['a/v1', 'Thong'],
      ['a/v1', 'Thing'],
    ]),
  ).toEqual(['a/v1 Thing n', 'a/v1 Thong n', 'a/v2 Thing n', 'b/v1 Thing n', 'v1 Pod x-y a', 'v1 Pod x a', 'v1 Pod x b', 'v1 Pod a']);
});

test('a Namespace of the core comes before those of others', () => {
  const objects: readonly Written[] = [
    ['example.com/v1', 'Namespace'],
    ['v1', 'Namespace'],
  ];
  expect(ordered(objects)).toEqual(['v1 Namespace n', 'example.com/v1 Namespace n']);
});

test('kinds may be listed by whoever asks; of a kind that is in both lists the end counts', () => {
  const objects = ['A', 'B', 'C', 'D'].map((kind): Written => ['v1', kind]);
  const legacySortOptions = { orderFirst: ['D', 'B'], orderLast: ['A', 'B'] };
  expect(ordered(objects, { order: 'legacy', legacySortOptions })).toEqual(['v1 D n', 'v1 C n', 'v1 A n', 'v1 B n']);
  expect(ordered(objects, { order: 'fifo' })).toEqual(['v1 A n', 'v1 B n', 'v1 C n', 'v1 D n']);
});

import { kustomizations } from '@gotk/api';
import { expect, inject, test } from 'vitest';
import { configMap } from './manifests.ts';
import { condition, failsWith, isReady, resources, testbed } from './testbed.ts';

const billionLaughs = `apiVersion: v1
kind: ConfigMap
metadata: { name: bomb }
data: &a
  x: &b [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]
  c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
  d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
  e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
  f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]
  g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f, *f]
  h: [*g, *g, *g, *g, *g, *g, *g, *g, *g, *g]
`;

test.each([
  ['an alias bomb', { 'bad.yaml': billionLaughs }, 'BuildFailed'],
  [
    'nesting without end',
    {
      'bad.yaml': `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep"},"data":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
    },
    'BuildFailed',
  ],
  [
    'a regular expression that backtracks',
    {
      'kustomization.yaml': `resources: [good.yaml]\npatches:\n  - target: { kind: ConfigMap, name: '(a+)+$' }\n    patch: '[]'\n`,
      'good.yaml': configMap(`${'a'.repeat(60)}-b`, {}),
    },
    'Ready',
  ],
  [
    'keys that would be prototypes',
    {
      'bad.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: proto }\ndata: { __proto__: { polluted: "yes" }, constructor: "x" }\n',
    },
    'any',
  ],
] as const)('%s harms nobody: the neighbour keeps its pace', async (...[, files, expected]) => {
  await using bed = await testbed();
  const repository = await bed.repository({
    ...files,
    'neighbour/cm.yaml': configMap('neighbour', {}),
    'kustomization.yaml': 'resources: [bad.yaml]\n',
    ...files,
  });
  await bed.gitRepository('repo', { url: repository.url, ignore: '' });
  await bed.source('repo', isReady);
  await bed.kustomization('poisoned', { path: './' });
  await bed.kustomization('neighbour', { path: './neighbour' });
  const started = performance.now();
  await bed.applier('neighbour', isReady);
  expect(performance.now() - started).toBeLessThan(3_000);
  const settled = await bed.applier(
    'poisoned',
    (it) => condition(it, 'Ready') !== undefined && condition(it, 'Reconciling')?.reason !== 'Progressing',
  );
  if (expected === 'BuildFailed') expect(settled).toSatisfy(failsWith('BuildFailed'));
  if (expected === 'Ready') expect(isReady(settled)).toBe(true);
  const metrics = await (await fetch(inject('metricsUrls')['kustomize-controller'] ?? '')).text();
  expect(Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(metrics)?.[1])).toBeLessThan(1);
});

test('a name that goes up and down within the source is a path like any other', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'app/a.yaml': configMap('a', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { path: './x/../app' });
  await bed.applier('app', isReady);
  expect(await bed.get(resources.configMap, 'a')).toBeDefined();
});

test('an object of any owner is deleted only when it carries our labels', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': configMap('a', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  await bed.apply(resources.configMap, { metadata: { name: 'foreign' } });
  // Somebody with the right to write the status puts an object into the inventory that was never ours.
  const entries = [
    { id: `${bed.namespace}_foreign__ConfigMap`, v: 'v1' },
    { id: 'nonsense', v: '' },
    { id: '../../x_y_z_Kind', v: 'v1' },
  ];
  await bed.client.patch(
    kustomizations,
    { key: { namespace: bed.namespace, name: 'app' }, patch: { type: 'merge', body: { status: { inventory: { entries } } } } },
    { signal: bed.signal, subresource: 'status' },
  );
  const token = await bed.request(kustomizations, 'app');
  await bed.applier('app', (it) => it.status?.lastHandledReconcileAt === token);
  expect(await bed.get(resources.configMap, 'foreign')).toBeDefined();
});

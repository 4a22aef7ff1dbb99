import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kustomizations } from '@gotk/api';
import { expect, inject, test } from 'vitest';
import { configMap, deployment } from './manifests.ts';
import { condition, isReady, resources, testbed } from './testbed.ts';

test('a commit becomes objects, with owner labels, inventory, history and events', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'app/one.yaml': configMap('one', { a: '1' }), 'app/two.yaml': configMap('two', { b: '2' }) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { path: './app' });

  const applied = await bed.applier('app', isReady);
  const commit = await repository.git('rev-parse', 'HEAD');
  const revision = `main@sha1:${commit}`;
  expect(condition(applied, 'Ready')).toMatchObject({ reason: 'ReconciliationSucceeded', message: `Applied revision: ${revision}` });
  expect(applied.metadata.finalizers).toEqual(['finalizers.fluxcd.io']);
  expect(applied.status).toMatchObject({
    lastAppliedRevision: revision,
    lastAttemptedRevision: revision,
    inventory: {
      entries: [
        { id: `${bed.namespace}_one__ConfigMap`, v: 'v1' },
        { id: `${bed.namespace}_two__ConfigMap`, v: 'v1' },
      ],
    },
    history: [{ lastReconciledStatus: 'ReconciliationSucceeded', totalReconciliations: 1, metadata: { revision } }],
  });
  const one = await bed.get(resources.configMap, 'one');
  expect(one).toMatchObject({
    data: { a: '1' },
    metadata: { labels: { 'kustomize.toolkit.fluxcd.io/name': 'app', 'kustomize.toolkit.fluxcd.io/namespace': bed.namespace } },
  });
  expect(one?.metadata.managedFields?.map(({ manager, operation }) => ({ manager, operation }))).toEqual([
    { manager: 'kustomize-controller', operation: 'Apply' },
  ]);
  await expect
    .poll(() => bed.events('Kustomization', 'app'), { timeout: 20_000 })
    .toEqual(
      expect.arrayContaining([
        { type: 'Normal', reason: 'Progressing', message: expect.stringContaining(`ConfigMap/${bed.namespace}/one created`) },
        {
          type: 'Normal',
          reason: 'ReconciliationSucceeded',
          message: expect.stringMatching(/^Reconciliation finished in .*, next run in 10m$/),
        },
      ]),
    );
});

test('a new commit changes what changed, and prunes what is gone', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'one.yaml': configMap('one', { a: '1' }), 'two.yaml': configMap('two', { b: '2' }) });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  const before = await bed.get(resources.configMap, 'one');

  const commit = await repository.commit('second', { 'two.yaml': null, 'three.yaml': configMap('three', {}) });
  const applied = await bed.applier('app', (it) => isReady(it) && it.status?.lastAppliedRevision === `main@sha1:${commit}`);

  expect(applied.status?.inventory?.entries.map(({ id }) => id)).toEqual([
    `${bed.namespace}_one__ConfigMap`,
    `${bed.namespace}_three__ConfigMap`,
  ]);
  expect(await bed.get(resources.configMap, 'two')).toBeUndefined();
  expect((await bed.get(resources.configMap, 'one'))?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
});

test('without prune, what is gone from Git stays in the cluster', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'one.yaml': configMap('one', {}), 'two.yaml': configMap('two', {}) });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', { prune: false });
  await bed.applier('app', isReady);

  const commit = await repository.commit('second', { 'two.yaml': null });
  await bed.applier('app', (it) => it.status?.lastAppliedRevision === `main@sha1:${commit}`);
  expect(await bed.get(resources.configMap, 'two')).toBeDefined();
});

test('an overlay of the spec changes names, namespace, labels, annotations, images and patches', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({
    'base/kustomization.yaml': 'resources: [cm.yaml, deployment.yaml]\n',
    'base/cm.yaml': configMap('settings', { level: 'info' }),
    'base/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 0
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: 'registry.example.com/web:1', envFrom: [{ configMapRef: { name: settings } }] }]
`,
    'prod/kustomization.yaml': 'resources: [../base]\nnamePrefix: prod-\n',
  });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', {
    path: './prod',
    nameSuffix: '-eu',
    commonMetadata: { labels: { team: 'a' }, annotations: { note: 'b' } },
    images: [{ name: 'registry.example.com/web', newTag: '2' }],
    patches: [{ patch: '- op: replace\n  path: /data/level\n  value: debug\n', target: { kind: 'ConfigMap' } }],
  });
  await bed.applier('app', isReady);

  expect(await bed.get(resources.configMap, 'prod-settings-eu')).toMatchObject({
    data: { level: 'debug' },
    metadata: { labels: { team: 'a' }, annotations: { note: 'b' } },
  });
  expect(await bed.get(resources.deployment, 'prod-web-eu')).toMatchObject({
    spec: {
      template: {
        spec: { containers: [{ image: 'registry.example.com/web:2', envFrom: [{ configMapRef: { name: 'prod-settings-eu' } }] }] },
      },
    },
  });
});

test('an overlay with a component: what is generated has another name with other content, those who refer to it follow, and the old one is pruned', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({
    'base/kustomization.yaml': 'resources: [app.yaml]\nconfigMapGenerator: [{name: settings, literals: [color=red]}]\n',
    'base/app.yaml': deployment('app', 'app:1').replace(
      "image: 'app:1'",
      "image: 'app:1', envFrom: [{ configMapRef: { name: settings } }]",
    ),
    'debug/kustomization.yaml':
      'kind: Component\nconfigMapGenerator: [{name: settings, behavior: merge, literals: [level=debug]}]\nreplicas: [{name: app, count: 0}]\n',
    'app/kustomization.yaml': `resources: [../base]
components: [../debug]
replacements:
- source: { kind: Deployment, name: app, fieldPath: spec.template.spec.containers.0.image, options: { delimiter: ':', index: 1 } }
  targets: [{ select: { kind: Deployment }, fieldPaths: [metadata.annotations.version], options: { create: true } }]
`,
  });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', { path: './app' });
  const applied = await bed.applier('app', isReady);
  const nameIn = ({ status }: typeof applied) =>
    status?.inventory?.entries.find(({ id }) => id.endsWith('_ConfigMap'))?.id.split('_')[1] ?? '';
  const first = nameIn(applied);
  expect(first).toMatch(/^settings-[a-z0-9]{10}$/);
  expect(await bed.get(resources.configMap, first)).toMatchObject({ data: { color: 'red', level: 'debug' } });
  expect(await bed.get(resources.deployment, 'app')).toMatchObject({
    metadata: { annotations: { version: '1' } },
    spec: { replicas: 0, template: { spec: { containers: [{ envFrom: [{ configMapRef: { name: first } }] }] } } },
  });

  const commit = await repository.commit('blue', {
    'base/kustomization.yaml': 'resources: [app.yaml]\nconfigMapGenerator: [{name: settings, literals: [color=blue]}]\n',
  });
  const second = nameIn(await bed.applier('app', (it) => isReady(it) && it.status?.lastAppliedRevision === `main@sha1:${commit}`));
  expect(second).not.toBe(first);
  expect(await bed.get(resources.deployment, 'app')).toMatchObject({
    spec: { template: { spec: { containers: [{ envFrom: [{ configMapRef: { name: second } }] }] } } },
  });
  expect(await bed.get(resources.configMap, first)).toBeUndefined();
});

test('a CRD, its custom resources, a namespace and what goes into it can come in one commit', async () => {
  await using bed = await testbed();
  const group = `${bed.namespace}.example.com`;
  const repository = await bed.repository({
    'crd.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.${group} }
spec:
  group: ${group}
  scope: Namespaced
  names: { kind: Widget, plural: widgets, singular: widget, listKind: WidgetList }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }
`,
    'widget.yaml': `apiVersion: ${group}/v1\nkind: Widget\nmetadata: { name: w, namespace: ${bed.namespace}-extra }\nspec: { size: 1 }\n`,
    'namespace.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${bed.namespace}-extra }\n`,
    'other.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: other, namespace: ${bed.namespace}-extra }\n`,
  });
  await bed.gitRepository('repo', { url: repository.url });
  const { targetNamespace: _none, ...spec } = { targetNamespace: undefined, path: './' };
  await bed.apply({ ...kustomizations } as never, {
    metadata: { name: 'app' },
    spec: { interval: '10m', prune: true, sourceRef: { kind: 'GitRepository', name: 'repo' }, ...spec },
  });
  const applied = await bed.applier('app', isReady);
  expect(applied.status?.inventory?.entries).toHaveLength(4);

  await bed.client.delete(kustomizations, { namespace: bed.namespace, name: 'app' }, { signal: bed.signal });
  await bed.untilGone(kustomizations, 'app');
});

test('what the API server warns of is in the log, with the object that it is about', async () => {
  await using bed = await testbed();
  const deprecated = 'apiVersion: v1\nkind: Endpoints\nmetadata: { name: old }\n';
  const repository = await bed.repository({ 'old.yaml': deprecated });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  const log = await readFile(join(inject('directory'), 'kustomize-controller.log'), 'utf8');
  const line = log.split('\n').find((text) => text.includes('the API server warns') && text.includes(bed.namespace));
  expect(JSON.parse(line ?? '{}')).toMatchObject({
    level: 'info',
    name: 'app',
    object: `Endpoints/${bed.namespace}/old`,
    warnings: [expect.stringContaining('v1 Endpoints is deprecated')],
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kustomizations } from '@gotk/api';
import { customResourceDefinitions, eventually, issueServingCertificate } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { configMap, deployment } from './manifests.ts';
import { condition, hasApplied, isReady, resources, testbed } from './testbed.ts';

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
          message: expect.stringMatching(/^Reconciliation finished in .*, next run in 10m0s$/),
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

test('the CA bundle that another program puts in the place of a placeholder is left alone', async () => {
  await using bed = await testbed();
  const group = `${bed.namespace}.example.com`;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const clientConfig = { caBundle: 'Cg==', service: { namespace: 'default', name: 'converts' } };
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
      conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig } },
    },
  };
  const repository = await bed.repository({ 'crd.yaml': JSON.stringify(definition) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app');
  await bed.applier('app', isReady);

  const caBundle = Buffer.from(issueServingCertificate(['converts.default.svc']).ca).toString('base64');
  const body = { spec: { conversion: { webhook: { clientConfig: { caBundle } } } } };
  const key = { namespace: '', name: definition.metadata.name };
  await bed.client.patch(
    customResourceDefinitions,
    { key, patch: { type: 'merge', body } },
    { signal: bed.signal, fieldManager: 'injector' },
  );
  const token = await bed.request(kustomizations, 'app');
  const after = await bed.applier('app', (it) => it.status?.lastHandledReconcileAt === token);
  expect(isReady(after)).toBe(true);
  expect(await bed.client.get(customResourceDefinitions, key, { signal: bed.signal })).toMatchObject(body);
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

test('a field that its kind does not have is left out, and said to be', async () => {
  await using bed = await testbed();
  const manifest = (name: string, spec: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  ${spec}
  replicas: 0
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: none, imagePolicy: Always }] }
`;
  const repository = await bed.repository({ 'a.yaml': manifest('a', 'replicass: 2'), 'b.yaml': manifest('b', 'paused: true') });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', { wait: false });
  await bed.applier('app', isReady);
  const told = async () => (await bed.events('Kustomization', 'app')).map(({ message }) => message).join('\n');
  const image = '.spec.template.spec.containers[0].imagePolicy';
  await eventually(async () => {
    const lines = (await told()).split('\n');
    expect(lines).toContain(`Deployment/${bed.namespace}/a created without what its kind does not have: .spec.replicass, ${image}`);
    expect(lines).toContain(`Deployment/${bed.namespace}/b created without what its kind does not have: ${image}`);
  });
  // Its status has others who write to it, whenever they come to it.
  const ours = async () => {
    const { generation, managedFields } = (await bed.get(resources.deployment, 'a'))?.metadata ?? {};
    return { generation, fields: managedFields?.filter(({ manager }) => manager === 'kustomize-controller') };
  };
  const first = await ours();
  expect(JSON.stringify(first.fields)).not.toContain('replicass');

  const commit = await repository.commit('change', { 'b.yaml': manifest('b', 'paused: false') });
  await bed.applier('app', hasApplied(commit));
  expect(await ours()).toEqual(first);
});

import { gitRepositories, kustomizations } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { condition, failsWith, isReady, isStalled, messageOf, resources, type Testbed, testbed } from './testbed.ts';

/** A kind of the test's own, and a repository with one object of it. */
async function widget(bed: Testbed) {
  const group = `${bed.namespace}.example.com`;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const spec = {
    group,
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
    versions: [{ name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }],
  };
  const manifest = (size: number) => `apiVersion: ${group}/v1\nkind: Widget\nmetadata: { name: w }\nspec: { size: ${size} }\n`;
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec,
  };
  const repository = await bed.repository({ 'app/widget.yaml': manifest(1), 'crd/crd.yaml': JSON.stringify(definition) });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('crd', { path: './crd', wait: true });
  await bed.applier('crd', isReady);
  const resource: Resource = { group, version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true };
  return {
    resource,
    repository,
    manifest,
    apiVersion: `${group}/v1`,
    says: (phase: string) =>
      bed.client.patch(
        resource,
        { key: { namespace: bed.namespace, name: 'w' }, patch: { type: 'merge', body: { status: { phase } } } },
        { signal: bed.signal, subresource: 'status' },
      ),
  };
}

test.each([
  ['wait', { wait: true }],
  ['healthChecks', {}],
])('with %s, healthCheckExprs tell when an object is healthy, or never will be, as soon as it says so', async (_what, options) => {
  await using bed = await testbed();
  const { apiVersion, resource, repository, manifest, says } = await widget(bed);
  const healthChecks = [{ apiVersion, kind: 'Widget', name: 'w', namespace: bed.namespace }];
  const healthCheckExprs = [
    { apiVersion, kind: 'Widget', current: "status.phase == 'Up'", failed: "status.phase == 'Broken'", inProgress: '!has(status.phase)' },
  ];
  await bed.kustomization('app', { path: './app', timeout: '1m', healthCheckExprs, healthChecks, ...options });
  await bed.until(resource, 'w', () => true);
  await bed.applier('app', (it) => condition(it, 'Reconciling')?.message.startsWith('Running health checks') === true);
  const before = performance.now();
  await says('Up');
  await bed.applier('app', isReady);
  expect(performance.now() - before).toBeLessThan(2_000);

  await says('Broken');
  await repository.commit('larger', { 'app/widget.yaml': manifest(2) });
  const failed = await bed.applier('app', failsWith('HealthCheckFailed'));
  expect(condition(failed, 'Ready')?.message).toBe(
    `health check failed: Widget/${bed.namespace}/w failed: spec.healthCheckExprs, 'failed' for kind 'Widget' is true`,
  );
  expect(condition(failed, 'Healthy')).toMatchObject({ status: 'False', reason: 'HealthCheckFailed' });
});

test('an expression that never has an answer fails the check in time, naming expression and kind', async () => {
  await using bed = await testbed();
  const { apiVersion } = await widget(bed);
  await bed.kustomization('app', {
    path: './app',
    wait: true,
    timeout: '2s',
    healthCheckExprs: [{ apiVersion, kind: 'Widget', current: 'status.conditions.all(c, c.ok)' }],
  });
  const named = /Widget\/.*\/w InProgress: spec\.healthCheckExprs, 'current' for kind 'Widget': failed to evaluate CEL expression .*status/;
  // What has not been evaluated once within these seconds has no answer of that sort.
  await bed.applier('app', (it) => failsWith('HealthCheckFailed')(it) && named.test(messageOf(it)));
});

test('an expression that can never be evaluated stalls the object, naming field and kind, before anything is applied', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'map.yaml': configMap('map', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.source('repo', isReady);
  const check = { apiVersion: 'example.com/v1', kind: 'Widget' };
  await bed.kustomization('app', { healthCheckExprs: [{ ...check, current: 'status.phase ==' }] });
  const stalled = await bed.applier('app', isStalled);
  expect(condition(stalled, 'Ready')).toMatchObject({
    status: 'False',
    reason: 'InvalidCELExpression',
    message: expect.stringContaining("spec.healthCheckExprs[0].current for kind 'Widget': invalid CEL expression"),
  });
  expect(await bed.get(resources.configMap, 'map')).toBeUndefined();
  await bed.kustomization('app', { healthCheckExprs: [{ ...check, current: "status.phase == 'Up'" }] });
  await bed.applier('app', isReady);
});

test('a Kustomization that applies itself does not wait for itself', async () => {
  await using bed = await testbed();
  const spec = { interval: '10m', path: './', prune: true, wait: true, timeout: '5s', targetNamespace: bed.namespace };
  const itself = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'app' },
    spec: { ...spec, sourceRef: { kind: 'GitRepository', name: 'repo' } },
  };
  const repository = await bed.repository({ 'app.yaml': JSON.stringify(itself), 'map.yaml': configMap('map', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', spec);
  await bed.applier('app', isReady);
  await bed.client.delete(gitRepositories, { namespace: bed.namespace, name: 'repo' }, { signal: bed.signal });
  await bed.client.delete(kustomizations, { namespace: bed.namespace, name: 'app' }, { signal: bed.signal });
  await bed.untilGone(kustomizations, 'app');
});

test('an object that asked to be left alone is not waited for', async () => {
  await using bed = await testbed();
  const policy = '  annotations: { kustomize.toolkit.fluxcd.io/ssa: IfNotPresent }\n';
  const claim = (extra: string) =>
    `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: claim\n${extra}spec: { accessModes: [ReadWriteOnce], storageClassName: none, resources: { requests: { storage: 1Gi } } }\n`;
  const claims: Resource = { group: '', version: 'v1', kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims', namespaced: true };
  await bed.apply(claims, {
    metadata: { name: 'claim' },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'none', resources: { requests: { storage: '1Gi' } } },
  });
  const repository = await bed.repository({ 'claim.yaml': claim(policy), 'map.yaml': configMap('map', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { wait: true, timeout: '5s' });
  await bed.applier('app', isReady);
});

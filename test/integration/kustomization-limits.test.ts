import { type GitRepository, kustomizations } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { ANYTHING, tenant } from './tenants.ts';
import { failsWith, isReady, messageOf, resources, type Testbed, testbed } from './testbed.ts';

const SYSTEM = 'kube-system';
const at = (namespace: string, manifest: string) => manifest.replace(/\n {2}name: (\S+)\n/, `\n  name: $1\n  namespace: ${namespace}\n`);
const crd = (group: string) =>
  JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  });
const binding = JSON.stringify({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'everything' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'User', name: 'tenant' }],
});

/** A tenant who may do anything in a namespace, and nothing elsewhere; a Kustomization of theirs whose objects go where they say. */
async function tenantsOwn(bed: Testbed, files: Readonly<Record<string, string>>, spec: object = {}) {
  await tenant(bed, ANYTHING);
  const repository = await bed.repository({ 'mine.yaml': at(bed.namespace, configMap('mine', {})), ...files });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' } satisfies Partial<GitRepository['spec']>);
  await bed.apply(kustomizations as unknown as Resource, {
    metadata: { name: 'app' },
    spec: {
      interval: '10m',
      retryInterval: '1s',
      path: './',
      prune: true,
      timeout: '5s',
      serviceAccountName: 'deployer',
      sourceRef: { kind: 'GitRepository', name: 'repo' },
      ...spec,
    },
  });
  return repository;
}

test.each([
  [
    'an object',
    () => at(SYSTEM, configMap('theirs', {})),
    /^ConfigMap\/kube-system\/theirs .*\(Forbidden\): .* cannot patch resource "configmaps" .* in the namespace "kube-system"/,
  ],
  [
    'a definition',
    (bed: Testbed) => crd(`${bed.namespace}.example.com`),
    /\(Forbidden\): .* cannot (patch|get|list|watch) resource "customresourcedefinitions" .* at the cluster scope/,
  ],
  [
    'a namespace',
    (bed: Testbed) => `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${bed.namespace}-more }\n`,
    /\(Forbidden\): .* cannot (patch|get) resource "namespaces"/,
  ],
  ['more rights', () => binding, /\(Forbidden\): .* cannot patch resource "clusterrolebindings"/],
] as const)(
  'row 12, P9: a tenant who may touch one namespace does not get %s elsewhere: the API server says so, and nothing of that revision is applied',
  async (_what, render, message) => {
    await using bed = await testbed();
    await tenantsOwn(bed, { 'theirs.yaml': render(bed) });
    // A run of five seconds may end before anybody has said anything, on a busy machine.
    const failed = await bed.applier('app', (it) => failsWith('ReconciliationFailed')(it) && message.test(messageOf(it)));
    expect(messageOf(failed)).toContain(`system:serviceaccount:${bed.namespace}:deployer`);
    expect(await bed.get(resources.configMap, 'mine')).toBeUndefined();
  },
);

test('row 12, P9: a tenant who writes what is not theirs into the inventory cannot have it deleted', async () => {
  await using bed = await testbed();
  await using other = await testbed();
  await tenantsOwn(bed, {});
  await bed.applier('app', isReady);
  // It even looks as if it were of this Kustomization.
  const labels = { 'kustomize.toolkit.fluxcd.io/name': 'app', 'kustomize.toolkit.fluxcd.io/namespace': bed.namespace };
  await other.apply(resources.configMap, { metadata: { name: 'theirs', labels } });
  const { status } = await bed.applier('app', isReady);
  const entries = [...(status?.inventory?.entries ?? []), { id: `${other.namespace}_theirs__ConfigMap`, v: 'v1' }];
  await bed.client.patch(
    kustomizations,
    { key: { namespace: bed.namespace, name: 'app' }, patch: { type: 'merge', body: { status: { inventory: { entries } } } } },
    { signal: bed.signal, subresource: 'status' },
  );
  await bed.request(kustomizations, 'app');
  const failed = await bed.applier('app', failsWith('PruneFailed'));
  expect(messageOf(failed)).toMatch(new RegExp(`ConfigMap/${other.namespace}/theirs .*cannot (get|delete) resource "configmaps"`));
  expect(await other.get(resources.configMap, 'theirs')).toBeDefined();
  await bed.client.patch(
    kustomizations,
    {
      key: { namespace: bed.namespace, name: 'app' },
      patch: { type: 'merge', body: { status: { inventory: { entries: status?.inventory?.entries } } } },
    },
    { signal: bed.signal, subresource: 'status' },
  );
});

test('row 12, P9: a tenant learns nothing of what is elsewhere by asking for its health', async () => {
  await using bed = await testbed();
  await tenantsOwn(bed, {}, { healthChecks: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'kube-root-ca.crt', namespace: SYSTEM }] });
  const refusal = /cannot get resource "configmaps" in API group "" in the namespace "kube-system"/;
  await bed.applier('app', (it) => failsWith('HealthCheckFailed')(it) && refusal.test(messageOf(it)));
});

import { readFile } from 'node:fs/promises';
import { kustomizations } from '@gotk/api';
import type { Resource, Unstructured } from '@gotk/apimachinery';
import { customResourceDefinitions } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { configMap, deployment } from './manifests.ts';
import { ownCluster } from './own-controller.ts';
import { ownToolkit } from './own-toolkit.ts';
import { condition, failsWith, hasApplied, isReady, messageOf, resources, type Testbed } from './testbed.ts';

const cluster = ownCluster({ audited: true });

async function follows(bed: Testbed, files: Readonly<Record<string, string>>) {
  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app');
  return repository;
}

test('--custom-apply-stage-kinds: what it names is applied before the rest', async () => {
  await using bed = await cluster.testbed();
  await using _toolkit = await ownToolkit(cluster, bed, [
    '--custom-apply-stage-kinds=apps/Deployment,example.com/Other',
    '--concurrent-ssa=8',
  ]);
  await follows(bed, { 'web.yaml': deployment('web', 'example.com/web:1'), 'a.yaml': configMap('a', {}), 'b.yaml': configMap('b', {}) });
  await bed.applier('app', isReady);
  const versionOf = async (resource: Resource, name: string) => {
    const managers = (await bed.get(resource, name))?.metadata;
    return Number(managers?.resourceVersion);
  };
  const web = await versionOf(resources.deployment, 'web');
  expect(web).toBeLessThan(await versionOf(resources.configMap, 'a'));
  expect(web).toBeLessThan(await versionOf(resources.configMap, 'b'));
});

test('--override-manager: what it names may add nothing; others may', async () => {
  await using bed = await cluster.testbed();
  await using _toolkit = await ownToolkit(cluster, bed, ['--override-manager=terraform', '--override-manager=crossplane']);
  await bed.apply(resources.configMap, { metadata: { name: 'it' }, data: { theirs: 'x' } });
  await bed.merge(resources.configMap, 'it', { data: { before: 'x' } }, 'terraform-provider');
  await follows(bed, { 'it.yaml': configMap('it', { a: '1' }) });
  await bed.applier('app', isReady);
  expect((await bed.get(resources.configMap, 'it'))?.data).toEqual({ a: '1', theirs: 'x' });
  await bed.merge(resources.configMap, 'it', { data: { later: 'x' } }, 'crossplane');
  await bed.until(resources.configMap, 'it', ({ data }) => (data as { later?: string }).later === undefined);
  expect((await bed.get(resources.configMap, 'it'))?.data).toEqual({ a: '1', theirs: 'x' });
});

/** A kind of two versions, of which the newer one has a field with a default. */
function widgets(group: string): { readonly crd: object; readonly at: (version: 'v1' | 'v2') => Resource } {
  const size = { type: 'object', properties: { size: { type: 'string' } } };
  const sizeAndColour = {
    type: 'object',
    default: {},
    properties: { size: { type: 'string' }, colour: { type: 'string', default: 'red' } },
  };
  const version = (name: string, spec: object) => ({
    name,
    served: true,
    storage: name === 'v2',
    schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
  });
  return {
    crd: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `widgets.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets' },
        versions: [version('v1', size), version('v2', sizeAndColour)],
      },
    },
    at: (served) => ({ group, version: served, kind: 'Widget', plural: 'widgets', namespaced: true }),
  };
}

test('the gate MigrateAPIVersion: entries of an older version are brought to the one that is applied', async () => {
  await using bed = await cluster.testbed();
  await using _toolkit = await ownToolkit(cluster, bed, ['--feature-gates=MigrateAPIVersion=true']);
  const group = `${bed.namespace}.example.com`;
  const { crd, at } = widgets(group);
  const widget = (name: string, version: string) =>
    `apiVersion: ${group}/${version}\nkind: Widget\nmetadata: { name: ${name} }\nspec: { size: small }\n`;
  const both = (version: string) => ({ 'it.yaml': widget('it', version), 'other.yaml': widget('other', version) });
  const repository = await follows(bed, { 'crd.yaml': JSON.stringify(crd), ...both('v1') });
  await bed.applier('app', isReady);
  await bed.merge(at('v1'), 'it', { metadata: { annotations: { note: 'x' } } }, 'somebody');
  const versions = ({ metadata }: Unstructured) => new Set(metadata.managedFields?.map(({ apiVersion }) => apiVersion));
  expect(versions((await bed.get(at('v2'), 'it')) as Unstructured)).toContain(`${group}/v1`);

  const commit = await repository.commit('newer', both('v2'));
  await bed.applier('app', hasApplied(commit));
  expect(versions((await bed.get(at('v2'), 'it')) as Unstructured)).toEqual(new Set([`${group}/v2`]));
  await bed.client.delete(customResourceDefinitions, { namespace: '', name: `widgets.${group}` }, { signal: bed.signal });
});

test('the gate DirectSourceFetch: sources are read from the API server, and waited for as ever', async () => {
  await using bed = await cluster.testbed();
  await using _toolkit = await ownToolkit(cluster, bed, ['--feature-gates=DirectSourceFetch=true']);
  await bed.kustomization('app');
  const waiting = await bed.applier('app', failsWith('ArtifactFailed'));
  expect(condition(waiting, 'Ready')?.message).toBe(`Source 'GitRepository/${bed.namespace}/repo' not found`);
  const repository = await follows(bed, { 'a.yaml': configMap('a', {}) });
  await bed.applier('app', isReady);
  const commit = await repository.commit('newer', { 'a.yaml': configMap('a', { key: '2' }) });
  await bed.applier('app', hasApplied(commit));
  const reads = (await readFile(cluster.auditLog, 'utf8'))
    .split('\n')
    .filter((line) => line.includes(`"namespace":"${bed.namespace}"`) && line.includes('"userAgent":"kustomize-controller'))
    .filter((line) => line.includes('"verb":"get"') && line.includes('"resource":"gitrepositories"'));
  expect(reads.length).toBeGreaterThanOrEqual(3);
});

test('the gate DisableFailFastBehavior: one that has failed does not end the wait for the others', async () => {
  await using bed = await cluster.testbed();
  await using _toolkit = await ownToolkit(cluster, bed, ['--feature-gates=DisableFailFastBehavior=true']);
  const repository = await bed.repository({ 'a.yaml': configMap('a', { state: 'bad' }), 'b.yaml': configMap('b', { state: 'none' }) });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  const healthCheckExprs = [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      current: "data.state == 'good'",
      failed: "data.state == 'bad'",
      inProgress: "data.state == 'none'",
    },
  ];
  await bed.kustomization('app', { wait: true, timeout: '3s', healthCheckExprs });
  const id = (name: string) => `ConfigMap/${bed.namespace}/${name}`;
  const bothTold = new RegExp(`^health check failed after 3s: (?=.*${id('a')} Failed: )(?=.*${id('b')} InProgress: )`);
  // Of what has not been looked at within these seconds a check says less.
  await bed.applier('app', (it) => failsWith('HealthCheckFailed')(it) && bothTold.test(messageOf(it)));

  await repository.commit('both bad', { 'b.yaml': configMap('b', { state: 'bad' }) });
  await bed.kustomization('app', { wait: true, timeout: '5m', healthCheckExprs });
  const early = await bed.applier('app', (it) => condition(it, 'Ready')?.message.startsWith('health check failed: ') === true);
  expect(condition(early, 'Ready')?.message).toMatch(new RegExp(`(?=.*${id('a')} failed: )(?=.*${id('b')} failed: )`));
});

test('what refers to a class waits until the class is ready', async () => {
  await using bed = await cluster.testbed();
  await using _toolkit = await ownToolkit(cluster, bed, []);
  const group = `${bed.namespace}.example.com`;
  const classes: Resource = { group, version: 'v1', kind: 'WidgetClass', plural: 'widgetclasses', namespaced: false };
  const free = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const version = { name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: free } };
  const spec = { group, scope: 'Cluster', names: { kind: 'WidgetClass', plural: 'widgetclasses' }, versions: [version] };
  await bed.apply(customResourceDefinitions, { metadata: { name: `widgetclasses.${group}` }, spec });
  const key = { namespace: '', name: 'it' };
  const setReady = (status: string) =>
    bed.client.patch(
      classes,
      { key, patch: { type: 'merge', body: { status: { conditions: [{ type: 'Ready', status, reason: 'x', message: '' }] } } } },
      { signal: bed.signal, subresource: 'status' },
    );
  await expect
    .poll(
      () =>
        bed.apply(classes, { metadata: { name: 'it' } }).then(
          () => true,
          () => false,
        ),
      { timeout: 10_000 },
    )
    .toBe(true);
  await setReady('False');

  await follows(bed, {
    'class.yaml': `apiVersion: ${group}/v1\nkind: WidgetClass\nmetadata: { name: it }\n`,
    'it.yaml': configMap('it', {}),
  });
  await bed.until(classes, 'it', ({ metadata }) => metadata.labels?.['kustomize.toolkit.fluxcd.io/name'] === 'app');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await bed.get(resources.configMap, 'it')).toBeUndefined();
  await setReady('True');
  await bed.applier('app', isReady);
  await bed.client.delete(kustomizations, { namespace: bed.namespace, name: 'app' }, { signal: bed.signal });
  await bed.untilGone(kustomizations, 'app');
});

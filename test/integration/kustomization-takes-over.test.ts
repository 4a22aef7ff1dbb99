import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kustomizations } from '@gotk/api';
import type { KubeObject, Resource, Unstructured } from '@gotk/apimachinery';
import { expect, inject, test } from 'vitest';
import { configMap, deployment } from './manifests.ts';
import { isReady, resources, type Testbed, testbed } from './testbed.ts';

const jobs: Resource = { group: 'batch', version: 'v1', kind: 'Job', plural: 'jobs', namespaced: true };
const SSA = 'kustomize.toolkit.fluxcd.io/ssa';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Runs the real kubectl in the test's namespace. */
async function kubectl(bed: Testbed, ...args: readonly string[]): Promise<void> {
  const [program = 'kubectl', ...first] = inject('kubectl');
  await promisify(execFile)(program, [...first, '--kubeconfig', inject('kubeconfigPath'), '-n', bed.namespace, ...args]);
}

async function manifestFile(bed: Testbed, text: string): Promise<string> {
  const path = join(inject('directory'), `${bed.namespace}.yaml`);
  await writeFile(path, text);
  return path;
}

async function follows(bed: Testbed, files: Readonly<Record<string, string>>) {
  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  return repository;
}

const managersOf = ({ metadata }: KubeObject) =>
  (metadata.managedFields ?? []).map(({ manager, operation, subresource }) => [manager, operation, subresource ?? ''].join(' ')).sort();
const containersOf = ({ spec }: Unstructured): readonly string[] =>
  (spec as { template: { spec: { containers: readonly { name: string }[] } } }).template.spec.containers.map(({ name }) => name);
const OURS = 'kustomize-controller Apply ';
const labelled = { 'kustomize.toolkit.fluxcd.io/name': 'app' };

test('what was applied with kubectl is taken over as it is: nothing is made anew, and what is not in Git goes', async () => {
  await using bed = await testbed();
  const extra = deployment('web', 'example.com/web:1').replace('  replicas: 1\n', '  replicas: 1\n  minReadySeconds: 7\n');
  await kubectl(bed, 'apply', '-f', await manifestFile(bed, `${extra}---\n${configMap('settings', { a: '1', b: '2' })}`));
  const before = { web: await bed.get(resources.deployment, 'web'), settings: await bed.get(resources.configMap, 'settings') };
  expect(before.settings?.metadata.annotations).toHaveProperty([LAST_APPLIED]);

  await follows(bed, { 'web.yaml': deployment('web', 'example.com/web:1'), 'settings.yaml': configMap('settings', { a: '1' }) });
  const [web, settings] = [await bed.get(resources.deployment, 'web'), await bed.get(resources.configMap, 'settings')];
  expect(settings).toMatchObject({ data: { a: '1' }, metadata: { uid: before.settings?.metadata.uid, labels: labelled } });
  expect(settings?.data).toEqual({ a: '1' });
  expect(web?.metadata.uid).toBe(before.web?.metadata.uid);
  expect(web?.spec).not.toHaveProperty('minReadySeconds');
  for (const object of [web, settings]) expect(object?.metadata.annotations ?? {}).not.toHaveProperty([LAST_APPLIED]);
  expect(managersOf(settings as Unstructured)).toEqual([OURS]);
  expect(managersOf(web as Unstructured).filter((it) => !it.endsWith('status'))).toEqual([OURS]);
});

test('containers that Git names otherwise never run beside those of kubectl', async () => {
  await using bed = await testbed();
  await kubectl(bed, 'apply', '-f', await manifestFile(bed, deployment('web', 'example.com/web:1').replace('name: app,', 'name: old,')));
  const stop = new AbortController();
  const seen = new Set<string>();
  const { resourceVersion } = (await bed.client.list(resources.deployment, { namespace: bed.namespace, signal: bed.signal })) as {
    resourceVersion: string;
  };
  const watching = (async () => {
    const events = bed.client.watch(resources.deployment, { namespace: bed.namespace, resourceVersion, signal: stop.signal });
    for await (const event of events) if (event.type === 'MODIFIED') seen.add(containersOf(event.object).join());
  })().catch(() => undefined);
  await follows(bed, { 'web.yaml': deployment('web', 'example.com/web:1') });
  await expect.poll(() => [...seen].at(-1), { timeout: 10_000 }).toBe('app');
  stop.abort();
  await watching;
  expect([...seen].filter((names) => names !== 'old')).toEqual(['app']);
});

test('what kubectl adds to an applied object goes again; what others add stays', async () => {
  await using bed = await testbed();
  await follows(bed, { 'it.yaml': configMap('it', { a: 'git' }) });
  await bed.merge(resources.configMap, 'it', { data: { theirs: 'x' } }, 'somebody');
  await kubectl(bed, 'patch', 'configmap', 'it', '--type=merge', '-p', '{"data":{"added":"x"}}');
  await bed.until(resources.configMap, 'it', ({ data }) => (data as { added?: string }).added === undefined);
  await kubectl(bed, 'annotate', 'configmap', 'it', 'note=x');
  await bed.until(resources.configMap, 'it', ({ metadata }) => metadata.annotations?.note === undefined);
  await bed.client.apply(
    resources.configMap,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: bed.namespace, name: 'it' }, data: { applied: 'x' } },
    { fieldManager: 'kubectl', force: true, signal: bed.signal },
  );
  await bed.until(resources.configMap, 'it', ({ data }) => (data as { applied?: string }).applied === undefined);
  expect((await bed.get(resources.configMap, 'it'))?.data).toEqual({ a: 'git', theirs: 'x' });
});

test('a rollout that kubectl restarts runs to its end, and is not taken back by a later run; what else kubectl adds is', async () => {
  await using bed = await testbed();
  await follows(bed, { 'web.yaml': deployment('web', 'example.com/web:1') });
  const restartedAt = ({ spec }: Unstructured) =>
    (spec as { template: { metadata: { annotations?: Record<string, string> } } }).template.metadata.annotations?.[
      'kubectl.kubernetes.io/restartedAt'
    ];
  await kubectl(bed, 'rollout', 'restart', 'deployment/web');
  const before = await bed.until(resources.deployment, 'web', (it) => restartedAt(it) !== undefined);
  await kubectl(bed, 'rollout', 'status', 'deployment/web', '--timeout=20s');
  await kubectl(bed, 'annotate', 'deployment', 'web', 'note=x');
  await bed.until(resources.deployment, 'web', ({ metadata }) => metadata.annotations?.note === undefined);
  const token = await bed.request(kustomizations, 'app');
  await bed.applier('app', (it) => isReady(it) && it.status?.lastHandledReconcileAt === token);
  const after = await bed.get(resources.deployment, 'web');
  expect(after && restartedAt(after)).toBe(restartedAt(before));
  expect(await bed.events('Kustomization', 'app')).not.toContainEqual(
    expect.objectContaining({ message: expect.stringContaining('restartedAt') }),
  );
});

test.each(['label', 'annotation'] as const)('ssa: Merge as %s lets kubectl add, and not change what is in Git', async (where) => {
  await using bed = await testbed();
  const marked = configMap('it', { a: 'git' }).replace('  name: it\n', `  name: it\n  ${where}s: { ${SSA}: merge }\n`);
  await kubectl(bed, 'apply', '-f', await manifestFile(bed, configMap('it', { before: 'x' })));
  await follows(bed, { 'it.yaml': marked });
  await kubectl(bed, 'patch', 'configmap', 'it', '--type=merge', '-p', '{"data":{"added":"x"}}');
  await kubectl(bed, 'patch', 'configmap', 'it', '--type=merge', '-p', '{"data":{"a":"theirs"}}');
  await bed.until(resources.configMap, 'it', ({ data }) => (data as { a?: string }).a === 'git');
  expect((await bed.get(resources.configMap, 'it'))?.data).toEqual({ a: 'git', added: 'x', before: 'x' });
});

test('ssa: Override is what is done in any case', async () => {
  await using bed = await testbed();
  const marked = configMap('it', { a: 'git' }).replace('  name: it\n', `  name: it\n  annotations: { ${SSA}: OVERRIDE }\n`);
  await follows(bed, { 'it.yaml': marked });
  await kubectl(bed, 'patch', 'configmap', 'it', '--type=merge', '-p', '{"data":{"added":"x","a":"theirs"}}');
  await bed.until(resources.configMap, 'it', ({ data }) => JSON.stringify(data) === '{"a":"git"}');
});

test('an object that Flux has applied is left as it is, to the version', async () => {
  await using bed = await testbed();
  const owner = { ...labelled, 'kustomize.toolkit.fluxcd.io/namespace': bed.namespace };
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: bed.namespace, name: 'it', labels: owner },
    data: { a: '1' },
  };
  const { object: before } = await bed.client.apply(resources.configMap, object, {
    fieldManager: 'kustomize-controller',
    force: true,
    signal: bed.signal,
  });
  await follows(bed, { 'it.yaml': configMap('it', { a: '1' }) });
  const after = await bed.get(resources.configMap, 'it');
  expect(after?.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
});

test('what the controllers of before server-side apply left behind goes', async () => {
  await using bed = await testbed();
  const owner = { ...labelled, 'kustomize.toolkit.fluxcd.io/namespace': bed.namespace, 'fluxcd.io/sync-gc-mark': 'sha256.x' };
  const annotations = { 'kustomize.toolkit.fluxcd.io/checksum': 'x', 'fluxcd.io/sync-checksum': 'y', 'example.com/kept': 'z' };
  const metadata = { namespace: bed.namespace, name: 'it', labels: owner, annotations };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1', gone: 'x' } };
  const bare = { ...object, metadata: { namespace: bed.namespace, name: 'it' }, data: { a: '0' } };
  await bed.client.create(resources.configMap, bare, { signal: bed.signal });
  await bed.merge(resources.configMap, 'it', { data: object.data }, 'kustomize-controller');
  await bed.merge(resources.configMap, 'it', { metadata: { labels: owner, annotations } }, 'somebody');
  await follows(bed, { 'it.yaml': configMap('it', { a: '1' }) });
  const after = await bed.get(resources.configMap, 'it');
  expect(after?.data).toEqual({ a: '1' });
  expect(after?.metadata.annotations).toEqual({ 'example.com/kept': 'z' });
  expect(after?.metadata.labels).not.toHaveProperty(['fluxcd.io/sync-gc-mark']);
});

test('a Kustomization in Git may be asked for a look with kubectl, and keeps its finalizer', async () => {
  await using bed = await testbed();
  const inner = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'inner' },
    spec: {
      interval: '10m',
      path: './inner',
      prune: true,
      targetNamespace: bed.namespace,
      sourceRef: { kind: 'GitRepository', name: 'repo' },
    },
  };
  const repository = await bed.repository({ 'app/inner.yaml': JSON.stringify(inner), 'inner/it.yaml': configMap('it', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { path: './app' });
  await bed.applier('app', isReady);
  const ready = await bed.applier('inner', isReady);
  expect(ready.metadata.finalizers).toEqual(['finalizers.fluxcd.io']);
  await kubectl(bed, 'annotate', 'kustomization.kustomize.toolkit.fluxcd.io/inner', 'reconcile.fluxcd.io/requestedAt=token');
  const asked = await bed.applier('inner', (it) => it.status?.lastHandledReconcileAt === 'token');
  expect(asked.metadata.annotations?.['reconcile.fluxcd.io/requestedAt']).toBe('token');
  const token = await bed.request(kustomizations, 'app');
  await bed.applier('app', (it) => it.status?.lastHandledReconcileAt === token);
  expect((await bed.get(kustomizations, 'inner'))?.metadata).toMatchObject({
    finalizers: ['finalizers.fluxcd.io'],
    annotations: { 'reconcile.fluxcd.io/requestedAt': 'token' },
  });
});

test('an object from before anybody kept track of fields becomes what Git says, and nothing else', async () => {
  await using bed = await testbed();
  const bare = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: bed.namespace, name: 'it', managedFields: [] } };
  await bed.client.create(resources.configMap, bare, { signal: bed.signal });
  await bed.merge(resources.configMap, 'it', { data: { gone: 'x' }, metadata: { managedFields: [{}] } });
  await follows(bed, { 'it.yaml': configMap('it', { a: '1' }) });
  expect(await bed.get(resources.configMap, 'it')).toMatchObject({ data: { a: '1' } });
  expect((await bed.get(resources.configMap, 'it'))?.data).toEqual({ a: '1' });
});

test('an object that is only created when it is missing is not waited for once it is there', async () => {
  await using bed = await testbed();
  const marked = deployment('theirs', 'example.com/never-ready').replace(
    '  name: theirs\n',
    `  name: theirs\n  labels: { ${SSA}: IfNotPresent }\n`,
  );
  await kubectl(
    bed,
    'apply',
    '-f',
    await manifestFile(
      bed,
      deployment('theirs', 'example.com/never-ready:1').replace('  replicas: 1\n', '  replicas: 1\n  paused: true\n'),
    ),
  );
  const before = await bed.get(resources.deployment, 'theirs');
  const repository = await bed.repository({ 'theirs.yaml': marked, 'it.yaml': configMap('it', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { wait: true, timeout: '5s' });
  await bed.applier('app', isReady);
  expect((await bed.get(resources.deployment, 'theirs'))?.metadata.generation).toBe(before?.metadata.generation);
});

test('a Job, a Service and a Secret that Flux has applied are left as they are, to the version', async () => {
  await using bed = await testbed();
  const labels = { ...labelled, 'kustomize.toolkit.fluxcd.io/namespace': bed.namespace };
  const metadata = (name: string) => ({ namespace: bed.namespace, name, labels });
  // As clients with types write them.
  const job = { template: { metadata: {}, spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a:1', resources: {} }] } } };
  const port = { name: 'http', port: 80, targetPort: 0, protocol: 'TCP' };
  const applied = [
    [jobs, { apiVersion: 'batch/v1', kind: 'Job', metadata: metadata('it'), spec: job }],
    [resources.service, { apiVersion: 'v1', kind: 'Service', metadata: metadata('it'), spec: { ports: [port] } }],
    [resources.secret, { apiVersion: 'v1', kind: 'Secret', metadata: metadata('it'), data: { a: 'YQ==' } }],
  ] as const;
  for (const [resource, object] of applied)
    await bed.client.apply(resource, object as Unstructured, { fieldManager: 'kustomize-controller', force: true, signal: bed.signal });
  await bed.until(jobs, 'it', ({ status }) => (status as { succeeded?: number } | undefined)?.succeeded === 1);
  const stateOf = () => Promise.all(applied.map(async ([resource]) => (await bed.get(resource, 'it'))?.metadata));
  const before = await stateOf();
  await follows(bed, {
    'job.yaml':
      'apiVersion: batch/v1\nkind: Job\nmetadata: { name: it }\nspec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: "a:1" }] } } }\n',
    'service.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: it }\nspec: { ports: [{ name: http, port: 80 }] }\n',
    'secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: it, annotations: {} }\nstringData: { a: a }\n',
  });
  expect(await stateOf()).toEqual(before);
});

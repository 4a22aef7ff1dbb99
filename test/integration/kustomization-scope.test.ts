import { readFile } from 'node:fs/promises';
import { kustomizations } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { type ApiVerb, atRest, readAuditLog } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { ownCluster } from './own-controller.ts';
import { startOwnToolkit } from './own-toolkit.ts';
import { condition, isReady, isStalled, resources, type Testbed } from './testbed.ts';

const cluster = ownCluster({ audited: true });

/** As its schema makes it. */
const UNTOUCHED = { metadata: expect.not.objectContaining({ finalizers: expect.anything() }), status: { observedGeneration: -1 } };

/** Sources are fetched everywhere: what is at stake is what the one that applies makes of them. */
const toolkit = ({ namespace }: Testbed, ...applierFlags: readonly string[]) => startOwnToolkit(cluster, { namespace, applierFlags });

/** What the controller has asked for of objects that live in namespaces, but for its own events and leases. */
async function asked(): Promise<
  readonly { readonly verb: ApiVerb; readonly resource: string; readonly namespace: string; readonly name: string }[]
> {
  return readAuditLog(await readFile(cluster.auditLog, 'utf8')).filter(({ userAgent }) => userAgent.startsWith('kustomize-controller'));
}

/** A source of the namespace, and a Kustomization that applies it and wants a variable. */
async function follows(
  bed: Testbed,
  { labels = {}, spec = {} }: { readonly labels?: Readonly<Record<string, string>>; readonly spec?: object } = {},
) {
  const repository = await bed.repository({ 'map.yaml': configMap('map', { key: 'git' }) });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.apply(kustomizations as unknown as Resource, {
    metadata: { name: 'app', labels },
    spec: {
      interval: '10m',
      path: './',
      prune: true,
      targetNamespace: bed.namespace,
      sourceRef: { kind: 'GitRepository', name: 'repo' },
      ...spec,
    },
  });
}

test('GHSA-6p4m: with --watch-all-namespaces=false nothing outside of the namespace is read, written or watched', async () => {
  await using bed = await cluster.testbed();
  await using other = await cluster.testbed();
  const before = (await asked()).length;
  await using _toolkit = await toolkit(bed, '--watch-all-namespaces=false');
  await follows(other);
  await follows(bed, { spec: { wait: true, dependsOn: [{ name: 'app', namespace: other.namespace }] } });
  const waiting = await bed.applier('app', (it) => condition(it, 'Ready')?.reason === 'DependencyNotReady');
  expect(condition(waiting, 'Ready')?.message).toBe(`dependency '${other.namespace}/app' not found`);
  await bed.merge(kustomizations, 'app', { spec: { dependsOn: null } });
  await bed.applier('app', isReady);
  await bed.merge(resources.configMap, 'map', { data: { key: 'somebody' } }, 'somebody');
  await bed.until(resources.configMap, 'map', ({ data }) => (data as { key?: string }).key === 'git');

  expect(await other.get(kustomizations, 'app')).toMatchObject(UNTOUCHED);
  const outside = (await asked())
    .slice(before)
    .filter(({ namespace, resource }) => namespace !== bed.namespace && resource !== '' && resource !== 'namespaces');
  expect(outside).toEqual([]);
  await bed.client.delete(kustomizations, { namespace: bed.namespace, name: 'app' }, { signal: bed.signal });
  await bed.untilGone(kustomizations, 'app');
});

test('GHSA-6p4m: with --watch-label-selector what has other labels is not touched, and what it stands for is not looked at', async () => {
  await using bed = await cluster.testbed();
  await using other = await cluster.testbed();
  await using running = await toolkit(bed, '--watch-label-selector=sharding.fluxcd.io/key=shard-1');
  const before = (await asked()).length;
  await follows(other, { labels: { 'sharding.fluxcd.io/key': 'shard-2' } });
  await follows(bed, { labels: { 'sharding.fluxcd.io/key': 'shard-1' } });
  await bed.applier('app', isReady);
  // Its labels are what counts, whenever they come and go.
  await bed.merge(kustomizations, 'app', { metadata: { labels: { 'sharding.fluxcd.io/key': null } } });
  // Of that and of what somebody changes two watches tell: whoever hears of the latter first puts it right.
  await expect
    .poll(async () => (await fetch(running.applier.metricsUrl)).text(), { timeout: 10_000 })
    .not.toContain(`kind="Kustomization",name="app",namespace="${bed.namespace}"`);
  await bed.merge(resources.configMap, 'map', { data: { key: 'somebody' } }, 'somebody');
  const token = await bed.request(kustomizations, 'app');
  const tokenOfOther = await other.request(kustomizations, 'app');
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect((await bed.get(kustomizations, 'app'))?.status?.lastHandledReconcileAt).not.toBe(token);
  expect(await bed.get(resources.configMap, 'map')).toMatchObject({ data: { key: 'somebody' } });
  expect(await other.get(kustomizations, 'app')).toMatchObject(UNTOUCHED);

  const about = (await asked()).slice(before).filter(({ namespace }) => namespace === other.namespace);
  expect(about).toEqual([]);
  await bed.merge(kustomizations, 'app', { metadata: { labels: { 'sharding.fluxcd.io/key': 'shard-1' } } });
  await bed.until(resources.configMap, 'map', ({ data }) => (data as { key?: string }).key === 'git');
  await other.merge(kustomizations, 'app', { metadata: { labels: { 'sharding.fluxcd.io/key': 'shard-1' } } });
  await other.applier('app', (it) => it.status?.lastHandledReconcileAt === tokenOfOther);
  for (const each of [bed, other]) {
    await each.client.delete(kustomizations, { namespace: each.namespace, name: 'app' }, { signal: bed.signal });
    await each.untilGone(kustomizations, 'app');
  }
});

test('A20: with --no-cross-namespace-refs a source or a dependency of another namespace is refused for good, and is not looked at', async () => {
  await using bed = await cluster.testbed();
  await using other = await cluster.testbed();
  await using _toolkit = await toolkit(bed, '--no-cross-namespace-refs');
  await follows(other);
  await other.applier('app', isReady);
  const before = (await atRest(asked, { timeoutMs: 30_000 })).length;
  const refusals = {
    source: {
      spec: { sourceRef: { kind: 'GitRepository', name: 'repo', namespace: other.namespace } },
      target: 'GitRepository',
      name: 'repo',
    },
    dependency: { spec: { dependsOn: [{ name: 'app', namespace: other.namespace }] }, target: 'Kustomization', name: 'app' },
    // Whoever may ask questions about an object may as well read it, a letter at a time.
    question: {
      spec: { dependsOn: [{ name: 'app', namespace: other.namespace, readyExpr: "dep.spec.path.startsWith('.')" }] },
      target: 'Kustomization',
      name: 'app',
    },
  };
  for (const { spec, target, name } of Object.values(refusals)) {
    await follows(bed, { spec });
    const refused = await bed.applier('app', (it) => isStalled(it) && it.status?.observedGeneration === it.metadata.generation);
    const message = `can't access '${target}/${other.namespace}/${name}', cross-namespace references have been blocked`;
    for (const type of ['Ready', 'Stalled'])
      expect(condition(refused, type)).toMatchObject({
        status: type === 'Ready' ? 'False' : 'True',
        reason: 'AccessDenied',
        message,
      });
  }
  expect(await bed.get(resources.configMap, 'map')).toBeUndefined();
  expect((await asked()).slice(before).filter(({ namespace, resource }) => namespace === other.namespace && resource !== 'events')).toEqual(
    [],
  );

  // Its own namespace may be named, and the ban heals with the spec.
  await bed.kustomization('first');
  await bed.applier('first', isReady);
  await follows(bed, {
    spec: {
      namePrefix: 'x-',
      dependsOn: [{ name: 'first', namespace: bed.namespace }],
      sourceRef: { kind: 'GitRepository', name: 'repo', namespace: bed.namespace },
    },
  });
  await bed.applier('app', isReady);
});

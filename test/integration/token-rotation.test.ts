import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Resource } from '@gotk/apimachinery';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { type FaultProxy, startFaultProxy, type TestRepository } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { ownCluster } from './own-controller.ts';
import { endOf, startOwnToolkit } from './own-toolkit.ts';
import { revocableToken } from './revocable-token.ts';
import { ANYTHING, clusterRoleBindings, serviceAccounts, tenant } from './tenants.ts';
import { condition, hasApplied, resources, type Testbed } from './testbed.ts';

const cluster = ownCluster();

const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true };

const ELECTION = [
  '--enable-leader-election',
  '--leader-election-lease-duration=30s',
  '--leader-election-renew-deadline=20s',
  '--leader-election-retry-period=1s',
];
const CONTROLLERS = ['source-controller', 'kustomize-controller'];
/** How long a mounted token may be refused before the new one is there. */
const LATE_MS = 3_000;

/** Kustomizations of one source: of the controller itself, as a service account, and in a cluster that a Secret leads to. */
const NAMES = ['own', 'impersonated', 'remote'];
const files = (content: string) => Object.fromEntries(NAMES.map((name) => [`${name}/map.yaml`, configMap(name, { content })]));

const contentOf = (object: unknown) => (object as { readonly data?: { readonly content?: string } } | undefined)?.data?.content;

/** JSON is YAML. */
async function kubeconfigWith(user: object, server?: FaultProxy): Promise<string> {
  const path = server?.kubeconfigPath ?? cluster.kubeconfigPath;
  const kubeconfig = JSON.parse(await readFile(path, 'utf8')) as { readonly users: readonly [{ readonly name: string }] };
  return JSON.stringify({ ...kubeconfig, users: [{ name: kubeconfig.users[0].name, user }] });
}

async function ruler(bed: Testbed, name: string): Promise<void> {
  await bed.apply(serviceAccounts, { metadata: { name } });
  await bed.apply(clusterRoleBindings, {
    metadata: { name: `${bed.namespace}-${name}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name, namespace: bed.namespace }],
  });
}

/** Who holds each lease, and since when. */
const holders = (bed: Testbed) =>
  Promise.all(
    CONTROLLERS.map(async (name) => {
      const lease = await bed.get(leases, `${name}-leader-election`);
      const spec = lease?.spec as { readonly holderIdentity: string; readonly acquireTime: string } | undefined;
      return { name, holder: spec?.holderIdentity ?? 'nobody', since: spec?.acquireTime };
    }),
  );

/** A commit arrives, and what drifts is put right: nobody is deaf, and nobody is waited for until an interval is over. */
async function expectAlive(bed: Testbed, repository: TestRepository, content: string): Promise<number> {
  const began = performance.now();
  const commit = await repository.commit(content, files(content));
  for (const name of NAMES) {
    await bed.applier(name, hasApplied(commit));
    expect([name, contentOf(await bed.get(resources.configMap, name))]).toEqual([name, content]);
  }
  const tookMs = performance.now() - began;
  for (const name of NAMES) await bed.merge(resources.configMap, name, { data: { content: 'drifted' } }, 'somebody');
  for (const name of NAMES) await bed.until(resources.configMap, name, (it) => contentOf(it) === content);
  return tookMs;
}

test('F26: tokens that are rotated under running controllers, on time or late, cost no restart, no lease, no watch and no object', {
  timeout: 240_000,
}, async ({ annotate }) => {
  await using stack = new AsyncDisposableStack();
  const bed = stack.use(await cluster.testbed());
  const { namespace } = bed;
  const proxy = stack.use(await startFaultProxy({ connection: await loadConnection({ kubeconfigPath: cluster.kubeconfigPath }) }));
  const directory = await mkdtemp(join(tmpdir(), 'gotk-tokens-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const [tokenFile, kubeconfigPath] = [join(directory, 'token'), join(directory, 'kubeconfig')];
  const mount = async (token: string) => {
    await writeFile(`${tokenFile}.new`, token);
    await rename(`${tokenFile}.new`, tokenFile);
  };
  const newToken = (account: string) => revocableToken(bed, cluster.kubeconfigPath, account);
  const lead = async (token: string) =>
    bed.apply(resources.secret, {
      metadata: { name: 'remote', labels: { 'reconcile.fluxcd.io/watch': 'Enabled' } },
      stringData: { value: await kubeconfigWith({ token }) },
    });

  await ruler(bed, 'controller');
  await ruler(bed, 'remote');
  await tenant(bed, ANYTHING);
  const [first, firstRemote] = [await newToken('controller'), await newToken('remote')];
  await mount(first.text);
  await lead(firstRemote.text);
  await writeFile(kubeconfigPath, await kubeconfigWith({ tokenFile }, proxy));
  const toolkit = stack.use(await startOwnToolkit({ kubeconfigPath }, { namespace, watchAllNamespaces: false, flags: ELECTION }));
  const repository = await bed.repository(files('first'));
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('own', { path: './own' });
  await bed.kustomization('impersonated', { path: './impersonated', serviceAccountName: 'deployer' });
  await bed.kustomization('remote', { path: './remote', kubeConfig: { secretRef: { name: 'remote' } } });
  await expectAlive(bed, repository, 'second');
  const uids = async () => Promise.all(NAMES.map(async (name) => (await bed.get(resources.configMap, name))?.metadata.uid));
  const [uidsBefore, holdersBefore] = [await uids(), await holders(bed)];
  const refusals = () => proxy.trace.records.filter(({ status }) => status === 401).length;

  // On time, as the kubelet does it: the new one is there before the old one ends.
  const [token, remoteToken] = [await newToken('controller'), await newToken('remote')];
  await mount(token.text);
  await lead(remoteToken.text);
  await Promise.all([first.revoke(), firstRemote.revoke()]);
  const watches = proxy.openWatches();
  // Every watch has to come back, and does so as somebody who is let in.
  expect(proxy.breakWatches()).toBe(watches);
  const onTimeMs = await expectAlive(bed, repository, 'third');
  await expect.poll(() => proxy.openWatches(), { timeout: 20_000 }).toBeGreaterThanOrEqual(watches);
  const onTimeRefusals = refusals();

  // Late: the old ones are refused, and there are no others.
  await Promise.all([token.revoke(), remoteToken.revoke()]);
  const askedBefore = proxy.trace.records.length;
  proxy.breakWatches();
  await delay(LATE_MS);
  const asked = proxy.trace.records.length - askedBefore;
  const began = performance.now();
  await mount((await newToken('controller')).text);
  const commit = await repository.commit('fourth', files('fourth'));
  for (const name of ['own', 'impersonated']) await bed.applier(name, hasApplied(commit));
  const lateMs = performance.now() - began;
  // That of a tenant, which is later still, is that tenant's trouble alone.
  const refused = await bed.applier('remote', (it) => condition(it, 'Ready')?.status === 'False');
  expect(condition(refused, 'Ready')?.message).toContain('Unauthorized');
  await lead((await newToken('remote')).text);
  await bed.applier('remote', hasApplied(commit));
  await expectAlive(bed, repository, 'fifth');
  await expect.poll(() => proxy.openWatches(), { timeout: 20_000 }).toBeGreaterThanOrEqual(watches);

  expect(await uids()).toEqual(uidsBefore);
  expect(await holders(bed)).toEqual(holdersBefore);
  await annotate(
    `on time: ${onTimeRefusals} refusals, alive after ${Math.round(onTimeMs)} ms; late: ${asked} requests in ${LATE_MS} ms, alive after ${Math.round(lateMs)} ms`,
  );
  // Who is refused asks once more with a new one: requests that were on their way together each hear of it.
  expect(onTimeRefusals).toBeLessThan(2 * watches);
  // I13
  expect(asked).toBeLessThan((LATE_MS / 1_000) * 2 * 50);
  expect(toolkit.applier.ended).toBe(false);
  expect(await endOf(toolkit.applier)).toEqual({ code: 0, hasStrayErrors: false });
});

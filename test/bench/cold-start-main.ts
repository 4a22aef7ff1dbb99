// `make bench-cold-start`: how soon a kustomize-controller that has just been started works, in a cluster with many Kustomizations, and what it takes for that.
//
//   node test/bench/cold-start-main.ts [--n 10000] [--json]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gitRepositories, type Kustomization, kustomizations } from '@gotk/api';
import type { KubeObject, Resource } from '@gotk/apimachinery';
import { createKubeClient, type KubeClient } from '@gotk/kube';
import {
  ensureNamespace,
  installCrds,
  NoControlPlane,
  startControllerProcess,
  startControlPlane,
  startGitServer,
  startToolkit,
} from '@gotk/testkit';
import { processUsage } from './process-usage.ts';

const { values } = parseArgs({ options: { n: { type: 'string', default: '10000' }, json: { type: 'boolean', default: false } } });

const NAMESPACE = 'bench';
const BUNDLE = fileURLToPath(new URL('../../packages/kustomize-controller/dist/main.js', import.meta.url));
const configMaps: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const live = { namespace: NAMESPACE, name: 'live' };
const stop = new AbortController();
const { signal } = stop;

interface Started {
  /** From the start of the process to its first ready answer. */
  readonly readySeconds: number;
  /** To what was changed while it was away being put right. */
  readonly firstReconcileSeconds: number;
  /** To knowing every Kustomization. */
  readonly syncedSeconds: number;
  readonly cpuSeconds: number;
  readonly peakRssMiB: number;
}

const apply = <T extends KubeObject>(client: KubeClient, resource: Resource<T>, object: KubeObject & { readonly spec: unknown }) =>
  client.apply<KubeObject>(resource as unknown as Resource<KubeObject>, object, { fieldManager: 'bench', force: true, signal });

const kustomization = (name: string, suspend: boolean) => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { name, namespace: NAMESPACE },
  spec: {
    interval: '10m',
    path: './',
    prune: true,
    suspend,
    targetNamespace: NAMESPACE,
    sourceRef: { kind: 'GitRepository', name: 'bench' },
  },
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(20);
}

/** Kustomizations that rest, as most do most of the time: what they cost is that they are known. */
async function createResting(client: KubeClient, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `rest-${index}`);
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) await apply(client, kustomizations, kustomization(name, true));
    }),
  );
}

async function measure(count: number): Promise<Started> {
  await using stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'gotk-bench-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const controlPlane = stack.use(await startControlPlane({ controllerManager: false }));
  const git = stack.use(await startGitServer());
  const repository = await git.createRepository('bench');
  await repository.commit('first', { 'map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: live\ndata:\n  key: git\n' });
  const client = createKubeClient({ connection: controlPlane.connection, userAgent: 'bench', qps: 2_000, burst: 2_000 });
  stack.defer(() => client.close());
  await installCrds(client, signal);
  await ensureNamespace(client, NAMESPACE, signal);
  await apply(client, gitRepositories, {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'bench', namespace: NAMESPACE },
    spec: { interval: '10m', url: repository.url, ref: { branch: 'main' } },
  });
  await apply(client, kustomizations, kustomization(live.name, false));
  const kubeconfigPath = controlPlane.kubeconfigPath;
  const toolkit = stack.use(await startToolkit({ kubeconfigPath, namespace: NAMESPACE, directory }));
  await until(async () => isReady(await client.get(kustomizations, live, { signal })));
  await toolkit.controllers.find(({ name }) => name === 'kustomize-controller')?.stop();
  await createResting(client, count);
  await client.patch(configMaps, { key: live, patch: { type: 'merge', body: { data: { key: 'tampered' } } } }, { signal });

  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const logFile = join(directory, 'cold.log');
  const flags = ['--allow-local-addresses'];
  const controller = stack.use(
    await startControllerProcess({
      name: 'kustomize-controller',
      bundle: BUNDLE,
      kubeconfig: kubeconfigPath,
      namespace: NAMESPACE,
      logFile,
      temporaryDirectory: directory,
      flags,
    }),
  );
  const isPutRight = async () => (await client.get(configMaps, live, { signal })).data as { readonly key?: string };
  const isSynced = async () =>
    (await (await fetch(controller.metricsUrl)).text()).includes(`gotk_informer_objects{kind="Kustomization"} ${count + 1}`);
  const [firstReconcileSeconds, syncedSeconds] = await Promise.all([
    until(async () => (await isPutRight()).key === 'git').then(seconds),
    until(isSynced).then(seconds),
  ]);
  // Whatever it does next with so many, such as to look at each of them once.
  await delay(5_000);
  const { cpuSeconds, peakRssMiB } = await processUsage(controller.pid);
  return { readySeconds: controller.readyMs / 1000, firstReconcileSeconds, syncedSeconds, cpuSeconds, peakRssMiB };
}

const isReady = ({ status }: Kustomization): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;

try {
  const counts = [0, Number(values.n)];
  const results: (Started & { readonly n: number })[] = [];
  for (const n of counts) results.push({ n, ...(await measure(n)) });
  if (values.json) console.log(JSON.stringify(results, undefined, 2));
  else for (const { n, ...started } of results) console.log(`${n} Kustomizations that rest: ${describe(started)}`);
} catch (error) {
  console.error(error instanceof NoControlPlane ? error.message : error);
  process.exitCode = 1;
} finally {
  stop.abort();
}

function describe({ readySeconds, firstReconcileSeconds, syncedSeconds, cpuSeconds, peakRssMiB }: Started): string {
  return `ready after ${readySeconds.toFixed(2)} s, first reconcile after ${firstReconcileSeconds.toFixed(2)} s, all known after ${syncedSeconds.toFixed(2)} s; ${cpuSeconds.toFixed(2)} CPU-s, peak RSS ${peakRssMiB.toFixed(0)} MiB`;
}

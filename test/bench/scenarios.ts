import { gitRepositories, type Kustomization, kustomizations } from '@gotk/api';
import type { KubeObject, ObjectKey, Resource } from '@gotk/apimachinery';
import type { Informer, KubeClient } from '@gotk/kube';
import { type Meter, measure, type PhaseKind, type PhaseRow, type Row } from './measure.ts';
import { appFiles, appName, kustomizationFor, repositoryFiles, type Workload } from './workload.ts';

/** What the scenarios need from whoever set the table. */
export interface Seat {
  readonly client: KubeClient;
  readonly meter: Meter;
  readonly kustomizations: Informer<Kustomization>;
  readonly repositoryUrl: string;
  /** Pushes the files and resolves with the commit's id. */
  readonly commit: (message: string, files: Readonly<Record<string, string>>) => Promise<string>;
  readonly signal: AbortSignal;
}

export interface ScenarioOptions {
  readonly count: number;
  readonly idleSeconds: number;
  readonly drifts: number;
  readonly chainLength: number;
}

const MANAGER = 'bench';
const deployments: Resource = { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true };

/** Runs every phase in order on one workload; later phases build on earlier ones; those of nothing are left out. Yields each row as it is measured. */
export async function* runScenarios(seat: Seat, options: ScenarioOptions): AsyncGenerator<Row> {
  const workload: Workload = { namespace: 'bench', count: options.count };
  const of = async (kind: PhaseKind, row: Promise<PhaseRow>): Promise<Row> => ({ kind, ...(await row) });
  yield await of('install', install(seat, workload));
  yield await of('upgrade', upgrade(seat, workload));
  if (options.idleSeconds > 0) yield await of('idle', idle(seat, workload, options.idleSeconds));
  if (options.drifts > 0) yield await of('drift', drift(seat, workload, Math.min(options.drifts, options.count)));
  if (options.chainLength > 0) yield await of('chain', chain(seat, workload, options.chainLength));
  yield await of('delete', remove(seat, workload));
}

async function install(seat: Seat, workload: Workload): Promise<PhaseRow> {
  await apply(
    seat,
    { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: workload.namespace } },
  );
  const commit = await seat.commit('install', repositoryFiles(workload, 1));
  return measure(seat.meter, { name: 'install', count: workload.count }, async () => {
    await apply(seat, gitRepositories, {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: 'bench', namespace: workload.namespace },
      spec: { interval: '1m', url: seat.repositoryUrl, ref: { branch: 'main' } },
    });
    const names = Array.from({ length: workload.count }, (_, index) => appName(index));
    await inBatches(names, 16, (name) => apply(seat, kustomizations, kustomizationFor(workload, { name, path: `./apps/${name}` })));
    await allApplied(seat, names, commit);
    return undefined;
  });
}

async function upgrade(seat: Seat, workload: Workload): Promise<PhaseRow> {
  const commit = await seat.commit('upgrade', repositoryFiles(workload, 2));
  const names = Array.from({ length: workload.count }, (_, index) => appName(index));
  return measure(seat.meter, { name: 'upgrade (one object each)', count: workload.count }, async () => {
    await lookNow(seat, workload.namespace);
    return await allApplied(seat, names, commit);
  });
}

function idle(seat: Seat, workload: Workload, seconds: number): Promise<PhaseRow> {
  return measure(seat.meter, { name: `idle (${seconds} s)`, count: workload.count }, async () => {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return undefined;
  });
}

async function drift(seat: Seat, workload: Workload, count: number): Promise<PhaseRow> {
  return measure(seat.meter, { name: `drift (${count} Deployments, one by one)`, count }, async () => {
    const latencies: number[] = [];
    for (let index = 0; index < count; index++) {
      const key: ObjectKey = { namespace: workload.namespace, name: appName(index) };
      latencies.push(await tamper(seat, key));
    }
    return latencies;
  });
}

/** Scales a Deployment behind Git's back; resolves with the milliseconds from the server's answer until the field is back. */
async function tamper(seat: Seat, key: ObjectKey): Promise<number> {
  const tampered = await seat.client.patch(
    deployments,
    { key, patch: { type: 'merge', body: { spec: { replicas: 3 } } } },
    { signal: seat.signal, fieldManager: 'kubectl-scale' },
  );
  const written = performance.now();
  const events = seat.client.watch(deployments, {
    namespace: key.namespace,
    fieldSelector: `metadata.name=${key.name}`,
    resourceVersion: tampered.metadata.resourceVersion ?? '',
    signal: AbortSignal.any([seat.signal, AbortSignal.timeout(120_000)]),
  });
  for await (const event of events) {
    if (event.type === 'MODIFIED' && (event.object as { spec?: { replicas?: number } }).spec?.replicas === 0)
      return performance.now() - written;
  }
  throw new Error(`the watch of Deployment/${key.namespace}/${key.name} ended before its drift was undone`);
}

async function chain(seat: Seat, workload: Workload, length: number): Promise<PhaseRow> {
  const names = Array.from({ length }, (_, index) => `chain-${index}`);
  const files = Object.assign({}, ...names.map((_, index) => relocated(appFiles(workload, workload.count + index, 1), index)));
  const commit = await seat.commit('chain', files);
  await lookNow(seat, workload.namespace);
  await allApplied(
    seat,
    Array.from({ length: workload.count }, (_, index) => appName(index)),
    commit,
  );
  return measure(seat.meter, { name: `chain of ${length} dependsOn`, count: length }, async () => {
    // Last first: nothing may profit from a lucky order of creation.
    for (const [index, name] of [...names.entries()].reverse()) {
      const dependsOn = index === 0 ? undefined : [`chain-${index - 1}`];
      await apply(
        seat,
        kustomizations,
        kustomizationFor(workload, { name, path: `./chain/${index}`, ...(dependsOn === undefined ? {} : { dependsOn }) }),
      );
    }
    await allApplied(seat, names, commit);
    return undefined;
  });
}

function remove(seat: Seat, workload: Workload): Promise<PhaseRow> {
  const keys = seat.kustomizations.list().map(({ metadata }) => ({ namespace: metadata.namespace ?? '', name: metadata.name }));
  return measure(seat.meter, { name: 'delete', count: workload.count }, async () => {
    await inBatches(keys, 16, (key) => seat.client.delete(kustomizations, key, { signal: seat.signal }));
    await until(seat, () => seat.kustomizations.list().length === 0, 'all Kustomizations to be gone');
    return undefined;
  });
}

const relocated = (files: Record<string, string>, index: number) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace(/^apps\/[^/]+/, `chain/${index}`), text]));

const apply = <T extends KubeObject>(seat: Seat, resource: Resource<T>, object: KubeObject & { readonly spec?: unknown }) =>
  seat.client.apply<KubeObject>(resource as unknown as Resource<KubeObject>, object, {
    fieldManager: MANAGER,
    force: true,
    signal: seat.signal,
  });

async function lookNow(seat: Seat, namespace: string): Promise<void> {
  const body = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': new Date().toISOString() } } };
  await seat.client.patch(gitRepositories, { key: { namespace, name: 'bench' }, patch: { type: 'merge', body } }, { signal: seat.signal });
}

/** Resolves with how long each had to wait, in milliseconds. */
async function allApplied(seat: Seat, names: readonly string[], commit: string): Promise<readonly number[]> {
  const began = performance.now();
  const open = new Set(names);
  const waits: number[] = [];
  await until(
    seat,
    (changed) => {
      for (const object of changed === undefined ? seat.kustomizations.list() : [changed])
        if (isApplied(object, commit) && open.delete(object.metadata.name)) waits.push(performance.now() - began);
      return open.size === 0;
    },
    `${names.length} Kustomizations to be ready at commit ${commit}`,
  );
  return waits;
}

function isApplied({ status }: Kustomization, commit: string): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && (status?.lastAppliedRevision ?? '').endsWith(commit);
}

/** Resolves when the predicate holds; it is asked at once and after every change of a Kustomization. */
function until(seat: Seat, predicate: (changed?: Kustomization) => boolean, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      queueMicrotask(() => subscription[Symbol.dispose]());
      settle();
    };
    const timer = setTimeout(() => finish(() => reject(new Error(`waited 15 minutes for ${what}`))), 15 * 60_000);
    timer.unref();
    const subscription = seat.kustomizations.subscribe((delta) => {
      if (predicate(delta.kind === 'deleted' ? undefined : delta.object)) finish(resolve);
    });
    if (predicate()) finish(resolve);
  });
}

async function inBatches<T>(items: readonly T[], size: number, work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: size }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    }),
  );
}

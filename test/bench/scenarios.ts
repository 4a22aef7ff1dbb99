import { gitRepositories, type Kustomization, kustomizations } from '@gotk/api';
import type { KubeObject, ObjectKey, Resource } from '@gotk/apimachinery';
import type { Informer, KubeClient } from '@gotk/kube';
import { type Meter, measure, type PhaseKind, type PhaseRow, type Row } from './measure.ts';
import { appFiles, appName, kustomizationFor, repositoryFiles, sourceOf, sourcesOf, type Workload } from './workload.ts';

export interface Repository {
  readonly url: string;
  /** Pushes the files and resolves with the commit's id. */
  readonly commit: (message: string, files: Readonly<Record<string, string>>) => Promise<string>;
}

/** What the scenarios need from whoever set the table. */
export interface Seat {
  readonly client: KubeClient;
  readonly meter: Meter;
  readonly kustomizations: Informer<Kustomization>;
  readonly createRepository: (name: string) => Promise<Repository>;
  readonly signal: AbortSignal;
}

export interface ScenarioOptions {
  readonly count: number;
  /** How many Kustomizations share a source. */
  readonly perSource: number;
  readonly idleSeconds: number;
  readonly drifts: number;
  readonly chainLength: number;
}

const MANAGER = 'bench';
const deployments: Resource = { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true };

/** The seat with everything on it. */
interface Table extends Seat {
  readonly workload: Workload;
  readonly repositories: ReadonlyMap<string, Repository>;
  readonly apps: readonly number[];
}

async function lay(seat: Seat, { count, perSource }: ScenarioOptions): Promise<Table> {
  const workload: Workload = { namespace: 'bench', count, perSource };
  const repositories = new Map<string, Repository>();
  for (const name of sourcesOf(workload)) repositories.set(name, await seat.createRepository(name));
  return { ...seat, workload, repositories, apps: Array.from({ length: count }, (_, app) => app) };
}

/** Runs every phase in order on one workload; later phases build on earlier ones; those of nothing are left out. Yields each row as it is measured. */
export async function* runScenarios(seat: Seat, options: ScenarioOptions): AsyncGenerator<Row> {
  const table = await lay(seat, options);
  const of = async (kind: PhaseKind, row: Promise<PhaseRow>): Promise<Row> => ({ kind, ...(await row) });
  yield await of('install', install(table));
  yield await of('upgrade', upgrade(table));
  if (options.idleSeconds > 0) yield await of('idle', idle(table, options.idleSeconds));
  if (options.drifts > 0) yield await of('drift', drift(table, Math.min(options.drifts, options.count)));
  if (options.chainLength > 0) yield await of('chain', chain(table, options.chainLength));
  yield await of('delete', remove(table));
}

async function install(table: Table): Promise<PhaseRow> {
  const { workload, apps, repositories } = table;
  await apply(
    table,
    { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: workload.namespace } },
  );
  const commits = await push(table, 1);
  return measure(table.meter, { name: 'install', count: workload.count }, async () => {
    for (const [name, { url }] of repositories)
      await apply(table, gitRepositories, {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'GitRepository',
        metadata: { name, namespace: workload.namespace },
        spec: { interval: '1m', url, ref: { branch: 'main' } },
      });
    await inBatches(apps, 16, (app) => {
      const name = appName(app);
      return apply(table, kustomizations, kustomizationFor(workload, { name, source: sourceOf(workload, app), path: `./apps/${name}` }));
    });
    await allApplied(table, wanted(table, commits));
    return undefined;
  });
}

async function upgrade(table: Table): Promise<PhaseRow> {
  // With many sources the pushes take a while, and none shall be found before the clock runs.
  await patchSources(table, { spec: { suspend: true } });
  const commits = await push(table, 2);
  return measure(table.meter, { name: 'upgrade (one object each)', count: table.workload.count }, async () => {
    await patchSources(table, { spec: { suspend: false } });
    return await allApplied(table, wanted(table, commits));
  });
}

/** Commits a revision of all that there is; the commit of each source, by its name. */
async function push({ workload, repositories }: Table, revision: number): Promise<ReadonlyMap<string, string>> {
  const commits = new Map<string, string>();
  for (const [name, { commit }] of repositories)
    commits.set(name, await commit(`revision ${revision}`, repositoryFiles(workload, name, revision)));
  return commits;
}

/** The commit that each Kustomization is to be ready at, by its name. */
const wanted = ({ workload, apps }: Table, commits: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map(apps.map((app) => [appName(app), commits.get(sourceOf(workload, app)) ?? '']));

function idle({ meter, workload }: Table, seconds: number): Promise<PhaseRow> {
  return measure(meter, { name: `idle (${seconds} s)`, count: workload.count }, async () => {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return undefined;
  });
}

async function drift(table: Table, count: number): Promise<PhaseRow> {
  return measure(table.meter, { name: `drift (${count} Deployments, one by one)`, count }, async () => {
    const latencies: number[] = [];
    for (const app of table.apps.slice(0, count))
      latencies.push(await tamper(table, { namespace: table.workload.namespace, name: appName(app) }));
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

async function chain(table: Table, length: number): Promise<PhaseRow> {
  const { workload } = table;
  const [[source, repository] = []] = table.repositories;
  if (source === undefined || repository === undefined) throw new Error('there is no source for a chain');
  const names = Array.from({ length }, (_, index) => `chain-${index}`);
  const files = Object.assign({}, ...names.map((_, index) => relocated(appFiles(workload, workload.count + index, 1), index)));
  const commit = await repository.commit('chain', files);
  await patchSources(table, { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': new Date().toISOString() } } });
  const before = table.apps.filter((app) => sourceOf(workload, app) === source);
  await allApplied(table, new Map(before.map((app) => [appName(app), commit])));
  return measure(table.meter, { name: `chain of ${length} dependsOn`, count: length }, async () => {
    // Last first: nothing may profit from a lucky order of creation.
    for (const [index, name] of [...names.entries()].reverse()) {
      const dependsOn = index === 0 ? undefined : [`chain-${index - 1}`];
      const path = `./chain/${index}`;
      await apply(
        table,
        kustomizations,
        kustomizationFor(workload, { name, source, path, ...(dependsOn === undefined ? {} : { dependsOn }) }),
      );
    }
    await allApplied(table, new Map(names.map((name) => [name, commit])));
    return undefined;
  });
}

function remove(table: Table): Promise<PhaseRow> {
  const keys = table.kustomizations.list().map(({ metadata }) => ({ namespace: metadata.namespace ?? '', name: metadata.name }));
  return measure(table.meter, { name: 'delete', count: table.workload.count }, async () => {
    await inBatches(keys, 16, (key) => table.client.delete(kustomizations, key, { signal: table.signal }));
    await until(table, () => table.kustomizations.list().length === 0, 'all Kustomizations to be gone');
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

async function patchSources(
  { client, signal, workload: { namespace }, repositories }: Table,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const name of repositories.keys())
    await client.patch(gitRepositories, { key: { namespace, name }, patch: { type: 'merge', body } }, { signal });
}

/** Waits for Kustomizations to be ready, each at a commit of its own. Resolves with how long each had to wait, in milliseconds. */
async function allApplied(seat: Seat, commits: ReadonlyMap<string, string>): Promise<readonly number[]> {
  const began = performance.now();
  const open = new Map(commits);
  const waits: number[] = [];
  await until(
    seat,
    (changed) => {
      for (const object of changed === undefined ? seat.kustomizations.list() : [changed]) {
        const commit = open.get(object.metadata.name);
        if (commit === undefined || !isApplied(object, commit)) continue;
        open.delete(object.metadata.name);
        waits.push(performance.now() - began);
      }
      return open.size === 0;
    },
    `${commits.size} Kustomizations to be ready at their commits`,
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

import { type Artifact, type GitRepository, gitRepositories, gitRepositoryDefinition } from '@gotk/api';
import { deadlineSignal, parseDuration } from '@gotk/apimachinery';
import type { ArtifactOwner } from '@gotk/artifact';
import { connect, type Remote, type Revision, renderRevision, resolveReference } from '@gotk/git';
import { type Controller, checkSpec, configWatch, type Manager, type Ready, type ReconcileContext } from '@gotk/runtime';
import { conditions } from './conditions.ts';
import { type Stage, stage } from './failures.ts';
import { remoteOf } from './remote.ts';
import { type StoreOptions, storeCommit } from './store.ts';
import { unsupported } from './unsupported.ts';

export interface GitRepositoryDeps extends StoreOptions {
  readonly manager: Manager;
  readonly concurrency: number;
  /** Label selector of Secrets whose change wakes the repositories that use them; undefined: none does. */
  readonly watchSecrets: string | undefined;
}

/** Keeps each GitRepository's artifact equal to the newest commit that its reference stands for. */
export function gitRepositoryController(deps: GitRepositoryDeps): Controller<GitRepository> {
  const { manager, storage } = deps;
  return {
    name: 'gitrepository',
    resource: gitRepositories,
    ...configWatch<GitRepository>(manager, {
      labelSelector: deps.watchSecrets,
      kinds: ['Secret'],
      refersTo: ({ spec }) => (spec.secretRef === undefined ? [] : [{ kind: 'Secret', name: spec.secretRef.name }]),
    }),
    conditions,
    concurrency: deps.concurrency,
    validate: (repository) => checkSpec(repository, { definition: gitRepositoryDefinition, unsupported }),
    reconcile: (repository, ctx) => reconcile(repository, ctx, deps),
    finalize: async (repository) => storage.removeAll(ownerOf(repository)),
  };
}

async function reconcile(repository: GitRepository, ctx: ReconcileContext, deps: GitRepositoryDeps): Promise<Ready> {
  const { spec, status } = repository;
  using deadline = deadlineSignal({ timeoutMs: parseDuration(spec.timeout ?? '60s'), clock: ctx.clock, parents: [ctx.signal] });
  const { signal } = deadline;
  const within = <T>(name: Stage, work: () => Promise<T>) => stage(name, { url: spec.url, signal }, () => ctx.span.run(name, work));

  const remote = await within('login', () => remoteOf(repository, { manager: deps.manager, signal }));
  const revision = await within('fetch', () => newest(remote, repository, signal));
  const current = status?.artifact;
  if (current !== undefined && (await isCurrent(repository, current, { revision, deps, within }))) {
    await within('store', () => deps.storage.collectGarbage(current.path));
    return stored(repository, current);
  }

  ctx.progress(`fetching revision '${renderRevision(revision)}'`);
  const owner = ownerOf(repository);
  const nowMs = ctx.clock.now();
  const { artifact, subject } = await storeCommit({ owner, remote, revision, ignore: spec.ignore, signal, nowMs, within }, deps);
  await within('store', () => deps.storage.collectGarbage(artifact.path));
  ctx.event({
    severity: 'info',
    reason: 'NewArtifact',
    message: subject === '' ? `stored artifact for revision '${artifact.revision}'` : `stored artifact for commit '${subject}'`,
    metadata: { revision: artifact.revision, digest: artifact.digest },
  });
  return stored(repository, artifact);
}

async function newest(remote: Remote, { spec }: GitRepository, signal: AbortSignal): Promise<Revision> {
  await using connection = connect(remote);
  return await resolveReference(connection, spec.ref ?? {}, signal);
}

/** Whether the artifact is of this revision, made by these rules, and still on disk as it was written. */
async function isCurrent(
  { spec, status }: GitRepository,
  artifact: Artifact,
  {
    revision,
    deps,
    within,
  }: {
    readonly revision: Revision;
    readonly deps: GitRepositoryDeps;
    readonly within: <T>(name: Stage, work: () => Promise<T>) => Promise<T>;
  },
): Promise<boolean> {
  if (artifact.revision !== renderRevision(revision) || status?.observedIgnore !== spec.ignore) return false;
  if (artifact.url !== deps.storage.urlOf(artifact.path) || !artifact.digest.startsWith(`${deps.algorithm}:`)) return false;
  return within('store', () => deps.storage.holds(artifact));
}

function stored({ spec }: GitRepository, artifact: Artifact): Ready {
  const message = `stored artifact for revision '${artifact.revision}'`;
  return {
    reason: 'Succeeded',
    message,
    conditions: [{ type: 'ArtifactInStorage', status: 'True', reason: 'Succeeded', message }],
    fields: { artifact, observedIgnore: spec.ignore },
    againMs: parseDuration(spec.interval),
  };
}

const ownerOf = ({ metadata }: GitRepository): ArtifactOwner => ({
  kind: 'GitRepository',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

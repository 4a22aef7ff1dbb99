import { type Artifact, type GitRepository, gitRepositories, gitRepositoryDefinition } from '@gotk/api';
import { connect, renderRevision, resolveReference } from '@gotk/git';
import { type Controller, checkSpec, configWatch, type Ready, type ReconcileContext } from '@gotk/runtime';
import { sourceConditions } from '../source/conditions.ts';
import type { SourceDeps } from '../source/deps.ts';
import { sourceRun } from '../source/source-run.ts';
import { draftOf } from './draft.ts';
import { remoteOf } from './remote.ts';
import { stagesOf } from './stages.ts';
import { unsupported } from './unsupported.ts';

/** Keeps each GitRepository's artifact equal to the newest commit that its reference stands for. */
export function gitRepositoryController(deps: SourceDeps): Controller<GitRepository> {
  const { manager, storage } = deps;
  return {
    name: 'gitrepository',
    resource: gitRepositories,
    ...configWatch<GitRepository>(manager, {
      labelSelector: deps.watchSecrets,
      kinds: ['Secret'],
      refersTo: ({ spec }) => (spec.secretRef === undefined ? [] : [{ kind: 'Secret', name: spec.secretRef.name }]),
    }),
    conditions: sourceConditions,
    concurrency: deps.concurrency,
    validate: (repository) => checkSpec(repository, { definition: gitRepositoryDefinition, unsupported }),
    reconcile: (repository, ctx) => reconcile(repository, ctx, deps),
    finalize: async ({ kind, metadata: { namespace = '', name } }) => storage.removeAll({ kind, namespace, name }),
  };
}

async function reconcile(repository: GitRepository, ctx: ReconcileContext, deps: SourceDeps): Promise<Ready> {
  const { spec, status } = repository;
  using run = sourceRun(repository, ctx, { ...deps, stages: stagesOf(spec.url) });

  const remote = await run.within('login', () => remoteOf(repository, { manager: deps.manager, signal: run.signal }));
  const commit = await run.within('fetch', async () => {
    await using connection = connect(remote);
    return await resolveReference(connection, spec.ref ?? {}, run.signal);
  });
  const revision = renderRevision(commit);
  const fields = { observedIgnore: spec.ignore };
  const done = (artifact: Artifact, news?: string) =>
    run.ready({ artifact, message: `stored artifact for revision '${revision}'`, fields, ...(news === undefined ? {} : { news }) });

  const current = await run.current(revision, status?.observedIgnore === spec.ignore);
  if (current !== undefined) return await done(current);

  let subject = '';
  const artifact = await run.store({
    revision,
    file: `${commit.commit}.tar.gz`,
    draft: async (scratch) => {
      const draft = await draftOf({ remote, commit: commit.commit, ignore: spec.ignore }, { run, deps, scratch });
      subject = draft.subject;
      return draft;
    },
  });
  return await done(artifact, subject === '' ? undefined : `stored artifact for commit '${subject}'`);
}

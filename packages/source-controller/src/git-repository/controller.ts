import { type Artifact, type GitRepository, gitRepositories, gitRepositoryDefinition } from '@gotk/api';
import type { Scratch } from '@gotk/artifact';
import { type ReferenceSpec, type Remote, type Revision, renderRevision, resolveReference } from '@gotk/git';
import { type Controller, checkSpec, configWatch, type Ready, type ReconcileContext } from '@gotk/runtime';
import { afterSignatures } from '../source/after-signatures.ts';
import { sourceConditions } from '../source/conditions.ts';
import { createFlights, type Flights } from '../source/flights.ts';
import { secretNames } from '../source/secrets.ts';
import { createSharedDrafts, type SharedDrafts } from '../source/shared-drafts.ts';
import { type SourceRun, sourceRun } from '../source/source-run.ts';
import { addressProblem } from './address.ts';
import { contentId, type Included, observationsOf } from './content.ts';
import { type CommitDraft, draftOf } from './draft.ts';
import { connectTo } from './fetch-commit.ts';
import type { GitDeps } from './git-deps.ts';
import { type Includes, includesOf } from './includes.ts';
import { remoteOf } from './remote.ts';
import { remoteIdOf } from './remote-id.ts';
import { type GitStage, stagesOf, troubleWith } from './stages.ts';
import { branchOf, createVerifier, type Verifier } from './verifier.ts';

/** What all repositories of one controller have in common. */
interface Common {
  readonly deps: GitDeps;
  readonly includes: Includes;
  readonly verifier: Verifier;
  /** Which commit a reference stands for: asked once for all that want to know. */
  readonly questions: Flights<Revision>;
  /** Contents that several objects want: fetched once. */
  readonly drafts: SharedDrafts<CommitDraft>;
}

/** Keeps each GitRepository's artifact equal to the newest commit that its reference stands for. */
export function gitRepositoryController(deps: GitDeps): Controller<GitRepository> {
  const { manager, storage } = deps;
  const includes = includesOf(manager);
  const secrets = configWatch<GitRepository>(manager, {
    labelSelector: deps.watchSecrets,
    kinds: ['Secret'],
    refersTo: ({ spec }) => secretNames(spec).map((name) => ({ kind: 'Secret', name })),
  });
  const common = {
    deps,
    includes,
    verifier: createVerifier(deps),
    questions: createFlights<Revision>(manager.clock),
    drafts: createSharedDrafts<CommitDraft>(storage),
  };
  return {
    name: 'gitrepository',
    resource: gitRepositories,
    indexes: { ...secrets.indexes, ...includes.indexes },
    triggers: [...secrets.triggers, ...includes.triggers],
    conditions: { ...sourceConditions, IncludeUnavailable: 'negative', SourceVerified: 'positive' },
    concurrency: deps.concurrency,
    waitsForStrangers: () => true,
    validate: (repository) => addressProblem(repository.spec) ?? checkSpec(repository, { definition: gitRepositoryDefinition }),
    reconcile: (repository, ctx) => reconcile(repository, ctx, common),
    finalize: async ({ kind, metadata: { namespace = '', name } }) => storage.removeAll({ kind, namespace, name }),
  };
}

async function reconcile(repository: GitRepository, ctx: ReconcileContext, common: Common): Promise<Ready> {
  const { spec, status } = repository;
  const { deps, includes, verifier } = common;
  using run = sourceRun(repository, ctx, { ...deps, stages: stagesOf(spec.url) });

  const remote = await run.within('login', async () => {
    const found = await remoteOf(repository, { deps, clock: ctx.clock, signal: run.signal });
    return await deps.ssh.keys.unlocked(found, { signal: run.signal, of: `${run.owner.namespace}/${run.owner.name}` });
  });
  const included = includes.available(repository);
  const commit = await run.within('fetch', () => commitOf(spec.ref ?? {}, { remote, run, ctx, common }));
  const { conditions, fields } = await verifier.verified(repository, { remote, revision: commit, run, ctx });

  const revision = renderRevision(commit);
  const observations = observationsOf(spec, included);
  const done = (artifact: Artifact, news?: string) =>
    run.ready({
      artifact,
      message: `stored artifact for revision '${revision}'`,
      fields: { ...observations, ...fields },
      conditions,
      ...(news === undefined ? {} : { news }),
    });
  const current = await run.current(revision, contentId(status ?? {}) === contentId(observations));
  if (current !== undefined) return await done(current);

  const { artifact, subject } = await afterSignatures(
    () => conditions,
    () => storeCommit(commit, { repository, included, remote, run, ctx, common }),
  );
  return await done(artifact, subject === '' ? undefined : `stored artifact for commit '${subject}'`);
}

interface Asked {
  readonly remote: Remote;
  readonly run: SourceRun<GitStage>;
  readonly ctx: ReconcileContext;
  readonly common: Common;
}

/** The commit that a reference stands for now. */
const commitOf = (ref: ReferenceSpec, { remote, run, ctx: { clock }, common: { deps, questions } }: Asked): Promise<Revision> =>
  questions.join(JSON.stringify([remoteIdOf(remote), ref]), run.asker, async (signal) => {
    await using connection = connectTo(remote, { deps, clock, signal });
    return await resolveReference(connection, ref, signal);
  });

interface Wanted extends Asked {
  readonly repository: GitRepository;
  readonly included: readonly Included[];
}

/** Stores a commit, with what the spec wants to have with it, as the repository's artifact. */
async function storeCommit(commit: Revision, { repository, included, remote, run, ctx: { clock }, common }: Wanted) {
  const { spec } = repository;
  const { deps, drafts } = common;
  const request = {
    remote,
    commit: commit.commit,
    branch: branchOf(repository),
    ignore: spec.ignore,
    submodules: spec.recurseSubmodules === true,
    sparseCheckout: spec.sparseCheckout,
    included,
  };
  const key = JSON.stringify([remoteIdOf(remote), commit.commit, contentId(observationsOf(spec, included)), deps.algorithm]);
  const of = `${run.owner.namespace}/${run.owner.name}`;
  const made: { draft?: CommitDraft } = {};
  const artifact = await run.store({
    revision: renderRevision(commit),
    file: `${commit.commit}.tar.gz`,
    draft: async (scratch) => {
      const make = (own: Scratch, signal: AbortSignal) => draftOf(request, { deps, clock, scratch: own, signal, of });
      made.draft = await drafts
        .draft({ key, scratch, signal: run.signal, make })
        .catch((error: unknown) => run.within(troubleWith(error), () => Promise.reject(error)));
      return made.draft;
    },
  });
  return { artifact, subject: made.draft?.subject ?? '' };
}

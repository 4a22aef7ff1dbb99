import { type Artifact, type OCIRepository, ociRepositories, ociRepositoryDefinition } from '@gotk/api';
import type { Scratch } from '@gotk/artifact';
import { hexOf, type OciRevision, renderRevision, sessionKey } from '@gotk/oci';
import { type ConditionUpdate, type Controller, checkSpec, configWatch, type Ready, type ReconcileContext } from '@gotk/runtime';
import { afterSignatures } from '../source/after-signatures.ts';
import { sourceConditions } from '../source/conditions.ts';
import type { SourceDeps } from '../source/deps.ts';
import { createFlights, type Flights } from '../source/flights.ts';
import { registryAccess } from '../source/registry-access.ts';
import { secretNames } from '../source/secrets.ts';
import { createSharedDrafts, type SharedDrafts } from '../source/shared-drafts.ts';
import { sourceRun } from '../source/source-run.ts';
import { newsOf } from './news.ts';
import { shared } from './part-failed.ts';
import { type ArtifactDraft, copiesLayer, pullArtifact } from './pull.ts';
import { repositoryAt } from './repository.ts';
import { resolveRevision } from './resolve.ts';
import { signatureConditions } from './signatures.ts';
import { stagesOf } from './stages.ts';
import { verifierOf } from './verify.ts';

/** What OCIRepositories have in common: a question or an artifact that several want is asked for once. */
interface Common {
  readonly revisions: Flights<OciRevision>;
  readonly drafts: SharedDrafts<ArtifactDraft>;
}

/** Keeps each OCIRepository's artifact equal to the newest artifact of the registry that its reference stands for. */
export function ociRepositoryController(deps: SourceDeps): Controller<OCIRepository> {
  const { manager, storage } = deps;
  const common = { revisions: createFlights<OciRevision>(deps.manager.clock), drafts: createSharedDrafts<ArtifactDraft>(storage) };
  return {
    name: 'ocirepository',
    resource: ociRepositories,
    ...configWatch<OCIRepository>(manager, {
      labelSelector: deps.watchSecrets,
      kinds: ['Secret'],
      refersTo: ({ spec }) => secretNames(spec).map((name) => ({ kind: 'Secret', name })),
    }),
    conditions: { ...sourceConditions, SourceVerified: 'positive' },
    concurrency: deps.concurrency,
    waitsForStrangers: () => true,
    validate: (repository) => checkSpec(repository, { definition: ociRepositoryDefinition }),
    reconcile: (repository, ctx) => reconcile(repository, ctx, { deps, common }),
    finalize: async ({ kind, metadata: { namespace = '', name } }) => storage.removeAll({ kind, namespace, name }),
  };
}

interface Means {
  readonly deps: SourceDeps;
  readonly common: Common;
}

async function reconcile(repository: OCIRepository, ctx: ReconcileContext, { deps, common }: Means): Promise<Ready> {
  const { spec, status } = repository;
  const { storage, workers, algorithm } = deps;
  const { clock } = ctx;
  const name = repositoryAt(spec.url);
  const stages = stagesOf({ url: spec.url, verifier: verifierOf(spec.verify), copies: copiesLayer(spec) });
  using run = sourceRun(repository, ctx, { ...deps, stages });
  const { owner, signal } = run;

  const registry = await run.within('login', () => registryAccess(name, spec, { deps, clock, signal, owner }));
  const asked = keyOf(sessionKey(registry), spec.ref, spec.layerSelector?.mediaType);
  const found = await shared(run, 'digest', () =>
    common.revisions.join(asked, run.asker, (every) => resolveRevision(registry, spec, { signal: every, clock })),
  );
  const { digest } = found;
  const revision = renderRevision(found);

  const signatures = () => signatureConditions(repository, { deps, ctx, run, registry, digest, revision });
  const done = (artifact: Artifact, conditions: readonly ConditionUpdate[]) =>
    run.ready({
      artifact,
      message: `stored artifact for digest '${revision}'`,
      news: newsOf(artifact, spec.url),
      fields: { url: storage.latestUrlOf(artifact.path), observedIgnore: spec.ignore, observedLayerSelector: spec.layerSelector },
      conditions,
    });
  const isSame = status?.observedIgnore === spec.ignore && selectionOf(status?.observedLayerSelector) === selectionOf(spec.layerSelector);
  const current = await run.current(revision, isSame);
  if (current !== undefined) return await done(current, await signatures());

  const wanted = keyOf(sessionKey(registry), digest, spec.ignore, selectionOf(spec.layerSelector), algorithm);
  const of = `${owner.namespace}/${owner.name}`;
  let verified: readonly ConditionUpdate[] = [];
  const make = (own: Scratch, every: AbortSignal) =>
    pullArtifact({ registry, digest, spec, algorithm }, { scratch: own, signal: every, workers, of });
  const store = () =>
    run.store({
      revision,
      file: `${hexOf(digest)}.tar.gz`,
      draft: async (scratch) => {
        verified = await signatures();
        return await shared(run, 'pull', () => common.drafts.draft({ key: wanted, scratch, signal, make }));
      },
    });
  const artifact = await afterSignatures(() => verified, store);
  return await done(artifact, verified);
}

/** Of all that a question or a content depends on. */
const keyOf = (...parts: readonly unknown[]): string => JSON.stringify(parts.map((each) => each ?? null));

/** Which layer is wanted and how, whether or not it is said in so many words. */
const selectionOf = ({ mediaType = '', operation = 'extract' }: LayerSelection = {}): string => `${operation} ${mediaType}`;

type LayerSelection = NonNullable<OCIRepository['spec']['layerSelector']>;

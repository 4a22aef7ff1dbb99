import { join } from 'node:path';
import { type Artifact, type HelmRepository, helmRepositories, helmRepositoryDefinition } from '@gotk/api';
import { type Latest, latest, parseDuration } from '@gotk/apimachinery';
import { type Controller, checkSpec, configWatch, type Ready, type ReconcileContext } from '@gotk/runtime';
import { sourceConditions } from '../source/conditions.ts';
import { secretNames } from '../source/secrets.ts';
import { sourceRun } from '../source/source-run.ts';
import { fetchIndex } from './fetch-index.ts';
import type { HelmDeps } from './helm-deps.ts';
import { humanSize } from './human-size.ts';
import { repositoryAccess } from './repository-access.ts';
import { stagesOf } from './stages.ts';
import { urlProblem } from './url-problem.ts';

/** What a server said of an index that was stored, by whom it was asked and how: with it an unchanged index costs one small answer. */
type Validators = Latest<string, { readonly etag: string; readonly revision: string }>;

const REMEMBERED = 10_000;
const LINK = 'index.yaml';
/** Upstream's, where there is no interval. */
const DEFAULT_INTERVAL = '1m';

/** Keeps each HelmRepository's artifact equal to the repository's index. One of type `oci` is static: charts are looked for in the registry itself. */
export function helmRepositoryController(deps: HelmDeps): Controller<HelmRepository> {
  const { manager, storage } = deps;
  const validators: Validators = latest(REMEMBERED);
  return {
    name: 'helmrepository',
    resource: helmRepositories,
    ...configWatch<HelmRepository>(manager, {
      labelSelector: deps.watchSecrets,
      kinds: ['Secret'],
      refersTo: ({ spec }) => (spec.type === 'oci' ? [] : secretNames(spec).map((name) => ({ kind: 'Secret', name }))),
    }),
    conditions: sourceConditions,
    concurrency: deps.concurrency,
    waitsForStrangers: () => true,
    isStatic: (repository) => repository.spec?.type === 'oci',
    validate: (repository) => checkSpec(repository, { definition: helmRepositoryDefinition }) ?? urlProblem(repository.spec),
    reconcile: (repository, ctx) => reconcile(repository, ctx, { deps, validators }),
    async finalize({ kind, metadata: { namespace = '', name } }) {
      await storage.removeAll({ kind, namespace, name });
      deps.cacheEvents.forget({ namespace, name });
    },
  };
}

interface Means {
  readonly deps: HelmDeps;
  readonly validators: Validators;
}

async function reconcile(repository: HelmRepository, ctx: ReconcileContext, { deps, validators }: Means): Promise<Ready> {
  const { spec, status } = repository;
  const { manager, storage, algorithm, reach, lookups, helmLimits } = deps;
  const { variables } = deps.cloud.environment;
  using run = sourceRun(repository, ctx, { ...deps, stages: stagesOf(spec.url) });
  const { owner, signal } = run;
  const of = `${owner.namespace}/${owner.name}`;

  const access = await run.within('login', () => repositoryAccess(repository, { manager, namespace: owner.namespace, signal }));
  const done = async (artifact: Artifact) => ({
    againMs: parseDuration(DEFAULT_INTERVAL),
    ...(await run.ready({
      artifact,
      message: `stored artifact: revision '${artifact.revision}'`,
      news: `stored fetched index of size ${humanSize(artifact.size ?? 0)} from '${spec.url}'`,
      fields: { url: storage.latestUrlOf(artifact.path, LINK) },
    })),
  });

  const remembered = validators.get(`${of} ${access.key}`);
  const present = status?.artifact === undefined ? undefined : await run.current(status.artifact.revision, true);
  const etag = present !== undefined && remembered?.revision === present.revision ? remembered.etag : undefined;
  await using scratch = await run.within('store', () => storage.scratch());
  const file = join(scratch.directory, 'index');
  const fetched = await run.within('fetch', () =>
    fetchIndex({ repository: access, etag, file, algorithm, maxBytes: helmLimits.indexBytes, reach, variables, clock: ctx.clock, signal }),
  );
  if (fetched.kind === 'unchanged' && present !== undefined) return await done(present);
  if (fetched.kind === 'unchanged') throw new Error('the server did not send the index');

  const { digest, size } = fetched;
  const remember = () => {
    if (fetched.etag !== undefined) validators.set(`${of} ${access.key}`, { etag: fetched.etag, revision: digest });
  };
  if (present?.revision === digest) {
    remember();
    return await done(present);
  }
  const { skipped, problems } = await run.within('index', () => lookups.read({ file, digest }, { signal, of }));
  if (skipped > 0) ctx.log.info('versions in the index were left out', { versions: skipped, problems: problems.slice(0, 5) });
  const artifact = await run.store({
    revision: digest,
    file: `index-${digest.slice(algorithm.length + 1)}.yaml`,
    latest: LINK,
    outdated: { reason: 'NewRevision', message: `new index revision '${digest}'` },
    draft: async () => ({ file, digest, size }),
  });
  remember();
  return await done(artifact);
}

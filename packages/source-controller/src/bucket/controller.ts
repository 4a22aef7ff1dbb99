import { join } from 'node:path';
import { type Artifact, type Bucket, bucketDefinition, buckets } from '@gotk/api';
import type { ArchiveReport } from '@gotk/artifact';
import { type BucketIndex, revisionOf } from '@gotk/bucket';
import { type Controller, checkSpec, configWatch, type Ready, type ReconcileContext } from '@gotk/runtime';
import type { ArchiveFiles } from '../source/archive-files.ts';
import { sourceConditions } from '../source/conditions.ts';
import type { SourceDeps } from '../source/deps.ts';
import { secretNames } from '../source/secrets.ts';
import { sourceRun } from '../source/source-run.ts';
import { fetchObjects } from './fetch-objects.ts';
import { LIMITS } from './limits.ts';
import { listingThreads } from './listing-threads.ts';
import { snapshotOf } from './snapshot.ts';
import { stagesOf } from './stages.ts';
import { storeOf } from './store-of.ts';

const ARCHIVE_DEADLINE_MS = 120_000;

/** Keeps each Bucket's artifact equal to the objects of the bucket that it stands for. */
export function bucketController(deps: SourceDeps): Controller<Bucket> {
  const { manager, storage } = deps;
  return {
    name: 'bucket',
    resource: buckets,
    ...configWatch<Bucket>(manager, {
      labelSelector: deps.watchSecrets,
      kinds: ['Secret'],
      refersTo: ({ spec }) => secretNames(spec).map((name) => ({ kind: 'Secret', name })),
    }),
    conditions: sourceConditions,
    concurrency: deps.concurrency,
    waitsForStrangers: () => true,
    validate: (bucket) => checkSpec(bucket, { definition: bucketDefinition }),
    reconcile: (bucket, ctx) => reconcile(bucket, ctx, deps),
    finalize: async ({ kind, metadata: { namespace = '', name } }) => storage.removeAll({ kind, namespace, name }),
  };
}

async function reconcile(bucket: Bucket, ctx: ReconcileContext, deps: SourceDeps): Promise<Ready> {
  const { spec, status } = bucket;
  const { storage, workers, algorithm } = deps;
  using run = sourceRun(bucket, ctx, { ...deps, stages: stagesOf(spec.bucketName) });
  const { owner, signal } = run;

  const threads = listingThreads(workers, `${owner.namespace}/${owner.name}`);
  using store = await run.within('login', () => storeOf(bucket, { deps, clock: ctx.clock, signal, readPage: threads.readPage }));
  await using scratch = await run.within('store', () => storage.scratch());
  const wanted = await run.within('fetch', () =>
    snapshotOf(store, { prefix: spec.prefix ?? '', ignore: spec.ignore, scratch, threads, signal }),
  );
  const listed = revisionOf(indexOf(wanted));

  const done = (artifact: Artifact, news?: string) =>
    run.ready({
      artifact,
      message: `stored artifact: revision '${artifact.revision}'`,
      fields: { observedIgnore: spec.ignore, url: storage.latestUrlOf(artifact.path) },
      ...(news === undefined ? {} : { news }),
    });
  const current = await run.current(listed, status?.observedIgnore === spec.ignore);
  if (current !== undefined) return await done(current);

  ctx.progress(`building artifact: new upstream revision '${listed}'`);
  const fetched = await run.within('fetch', () => fetchObjects(store, wanted, { directory: scratch.directory, signal }));
  const revision = revisionOf(indexOf(fetched));
  const artifact = await run.store({
    revision,
    file: `${revision.slice('sha256:'.length)}.tar.gz`,
    draft: async () => {
      const file = join(scratch.directory, 'archive');
      const files = fetched.map(({ path, file: from, size }) => ({ path, file: from, size }));
      const { digest, size } = await run.within('archive', () =>
        workers.run<ArchiveFiles, ArchiveReport>(
          'archive files',
          { files, algorithm, maxBytes: LIMITS.artifactBytes, output: file },
          { signal, deadlineMs: ARCHIVE_DEADLINE_MS, of: `${owner.namespace}/${owner.name}` },
        ),
      );
      return { file, digest, size };
    },
  });
  return await done(artifact, `stored artifact with ${fetched.length} fetched files from '${spec.bucketName}' bucket`);
}

const indexOf = (objects: readonly { readonly key: string; readonly etag: string }[]): BucketIndex =>
  new Map(objects.map(({ key, etag }) => [key, etag]));

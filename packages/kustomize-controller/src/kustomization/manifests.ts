import { stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Kustomization } from '@gotk/api';
import { DeadlineExceeded, formatDuration, keyOf, renderKey } from '@gotk/apimachinery';
import { ArtifactError, type HeldTree, type TreeCache } from '@gotk/artifact';
import { type Manager, type ReconcileContext, TaskFailed, type WorkerPool } from '@gotk/runtime';
import type { BuildEncrypted, Failure, Locked } from '../decryption/build-encrypted.ts';
import { buildDecrypted, type DecryptionDeps } from '../decryption/decrypter.ts';
import type { Unwrap, Unwrapped } from '../decryption/unwrap.ts';
import type { BuildTree, Built } from './build-tree.ts';
import type { Footprint } from './footprint.ts';
import { overlayOf } from './overlay.ts';
import type { Source } from './source.ts';
import type { VariablesInSight } from './substitute/variable-sources.ts';
import type { Substitution } from './substitute/variables.ts';
import { timeoutMs } from './timing.ts';

const BUILD_DEADLINE_MS = 60_000;
const UNWRAP_DEADLINE_MS = 30_000;

/** The directory that `spec.path` names is not in the source. */
export class PathNotFound extends Error {
  override readonly name = 'PathNotFound';
}

export interface ManifestsOptions {
  readonly source: Source;
  readonly trees: TreeCache;
  readonly workers: WorkerPool;
  /** Its threads see master keys, and no files. */
  readonly keyWorkers: WorkerPool;
  readonly decryption: DecryptionDeps;
  readonly variables: VariablesInSight;
  /** Whether a variable needs a value or a default. */
  readonly strictSubstitutions: boolean;
  readonly conceal: Manager['conceal'];
  readonly signal: AbortSignal;
  readonly ctx: ReconcileContext;
}

/** What a Kustomization stands for, built from its source's artifact. Throws `ArtifactError`, `PathNotFound`, what `buildDecrypted` throws, or `TaskFailed` with what the build says. */
export async function fetchAndBuild(
  kustomization: Kustomization,
  { source, trees, workers, keyWorkers, decryption, signal, ctx, variables, strictSubstitutions, conceal }: ManifestsOptions,
): Promise<Built> {
  const { spec } = kustomization;
  const within = `for revision ${source.revision} with a timeout of ${formatDuration(timeoutMs(spec))}`;
  ctx.progress(`Fetching manifests ${within}`);
  using tree = await hold(source, { trees, signal });
  const path = spec.path ?? './';
  await assertDirectory(tree.directory, path);
  ctx.progress(`Building manifests ${within}`);
  const { postBuild } = spec;
  const substitution: Substitution | undefined = postBuild && {
    variables: await variables.read(),
    strict: strictSubstitutions,
    always: postBuild.substituteStrategy === 'Always',
  };
  const task = { directory: tree.directory, path, overlay: overlayOf(spec), ...(substitution === undefined ? {} : { substitution }) };
  const how = taskOptions(kustomization, signal);
  const run = <Input, Result>(name: string, input: Input): Promise<Result> => {
    const slow = Promise.withResolvers<void>();
    const result = workers.run<Input, Result>(name, input, { ...how, onSlow: slow.resolve });
    // A build that takes so long as to have a thread of its own is a wait like any other; what becomes of it is whoever asked for it to hear.
    void slow.promise.then(() => ctx.waitForStrangers(() => result)).catch(() => undefined);
    return result;
  };
  const concealAll = (texts: readonly string[]) => {
    for (const text of texts) conceal(kustomization.metadata.namespace ?? '', text);
  };
  if (spec.decryption !== undefined)
    return await buildDecrypted(kustomization, {
      deps: decryption,
      signal,
      unwrap: (keys) => keyWorkers.run<Unwrap, Unwrapped>('unwrap', keys, { ...how, deadlineMs: UNWRAP_DEADLINE_MS }),
      build: (dataKeys) => run<BuildEncrypted, Built | Locked | Failure>('build-encrypted', { ...task, dataKeys }),
      conceal: concealAll,
      wait: ctx.waitForStrangers,
    });
  const built = await run<BuildTree, Built>('build', task);
  concealAll(built.secretTexts);
  return built;
}

/** How a thread is asked on behalf of a Kustomization; begun anew, what it does loses nothing but time. */
const taskOptions = (kustomization: Kustomization, signal: AbortSignal) => ({
  signal,
  deadlineMs: BUILD_DEADLINE_MS,
  of: renderKey(keyOf(kustomization)),
  repeatable: true,
});

/** Whether an artifact has the same as another one had where a build has read that: it would be built to the same. Throws `ArtifactError`. */
export async function isBuiltToTheSame(
  kustomization: Kustomization,
  footprint: Footprint,
  { source, trees, workers, signal }: Pick<ManifestsOptions, 'source' | 'trees' | 'workers' | 'signal'>,
): Promise<boolean> {
  using tree = await hold(source, { trees, signal });
  const how = taskOptions(kustomization, signal);
  return await workers.run<object, boolean>('compare-footprint', { directory: tree.directory, footprint }, how);
}

/** Time that ran out before the artifact was there is its server's doing, and a thread that ended on an archive is no failed build either. */
async function hold({ artifact }: Source, { trees, signal }: Pick<ManifestsOptions, 'trees' | 'signal'>): Promise<HeldTree> {
  try {
    return await trees.hold(artifact, { signal });
  } catch (error) {
    if (error instanceof TaskFailed && error.errorName !== 'ArtifactError')
      throw new ArtifactError('not-unpacked', `failed to unpack the artifact: ${error.message}`, { cause: error });
    if (!(error instanceof DeadlineExceeded)) throw error;
    throw new ArtifactError('unreachable', `failed to fetch the artifact from ${URL.parse(artifact.url)?.host}: ${error.message}`, {
      cause: error,
    });
  }
}

/** Paths that lead out of the source are for the build to refuse. */
async function assertDirectory(root: string, path: string): Promise<void> {
  const inside = posix.normalize(path.replace(/^\/+/, '') || '.');
  if (inside.startsWith('..')) return;
  const info = await stat(join(root, inside)).catch(() => undefined);
  if (info?.isDirectory() !== true) throw new PathNotFound(`kustomization path not found: '${path}' is no directory of the source`);
}

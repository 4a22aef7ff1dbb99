import { stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Kustomization } from '@gotk/api';
import { keyOf, renderKey } from '@gotk/apimachinery';
import type { TreeCache } from '@gotk/artifact';
import type { Manager, ReconcileContext, WorkerPool } from '@gotk/runtime';
import type { BuildEncrypted, Locked } from '../decryption/build-encrypted.ts';
import { buildDecrypted, type DecryptionDeps } from '../decryption/decrypter.ts';
import type { BuildTree, Built } from './build-tree.ts';
import { overlayOf } from './overlay.ts';
import type { Source } from './source.ts';
import type { VariablesInSight } from './substitute/variable-sources.ts';
import type { Substitution } from './substitute/variables.ts';

const BUILD_DEADLINE_MS = 60_000;

/** The directory that `spec.path` names is not in the source. */
export class PathNotFound extends Error {
  override readonly name = 'PathNotFound';
}

export interface ManifestsOptions {
  readonly source: Source;
  readonly trees: TreeCache;
  readonly workers: WorkerPool;
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
  { source, trees, workers, decryption, signal, ctx, variables, strictSubstitutions, conceal }: ManifestsOptions,
): Promise<Built> {
  const { spec } = kustomization;
  ctx.progress(`Fetching manifests for revision ${source.revision}`);
  using tree = await trees.hold(source.artifact, { signal });
  const path = spec.path ?? './';
  await assertDirectory(tree.directory, path);
  ctx.progress(`Building manifests for revision ${source.revision}`);
  const { postBuild } = spec;
  const substitution: Substitution | undefined = postBuild && {
    variables: await variables.read(),
    strict: strictSubstitutions,
    always: postBuild.substituteStrategy === 'Always',
  };
  const task = { directory: tree.directory, path, overlay: overlayOf(spec), ...(substitution === undefined ? {} : { substitution }) };
  const how = { signal, deadlineMs: BUILD_DEADLINE_MS, of: renderKey(keyOf(kustomization)), repeatable: true };
  const built =
    spec.decryption === undefined
      ? await workers.run<BuildTree, Built>('build', task, how)
      : await buildDecrypted(kustomization, {
          deps: decryption,
          signal,
          build: (dataKeys) => workers.run<BuildEncrypted, Built | Locked>('build-encrypted', { ...task, dataKeys }, how),
        });
  for (const text of built.secretTexts) conceal(kustomization.metadata.namespace ?? '', text);
  return built;
}

/** Paths that lead out of the source are for the build to refuse. */
async function assertDirectory(root: string, path: string): Promise<void> {
  const inside = posix.normalize(path.replace(/^\/+/, '') || '.');
  if (inside.startsWith('..')) return;
  const info = await stat(join(root, inside)).catch(() => undefined);
  if (info?.isDirectory() !== true) throw new PathNotFound(`kustomization path not found: '${path}' is no directory of the source`);
}

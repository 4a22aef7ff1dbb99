import { join } from 'node:path';
import type { Artifact, HelmRepository } from '@gotk/api';
import { keyOf } from '@gotk/apimachinery';
import type { HelmDeps } from '../helm-repository/helm-deps.ts';
import type { IndexFile } from '../helm-repository/index-lookups.ts';

/** The index that a HelmRepository's status tells of, made sure of; undefined when it is not there. */
export async function storedIndex(
  repository: HelmRepository,
  { path, digest }: Artifact,
  { storage, lookups, cacheEvents }: HelmDeps,
): Promise<IndexFile | undefined> {
  const isKnown = lookups.knows(digest);
  cacheEvents.count(isKnown ? 'cache_hit' : 'cache_miss', keyOf(repository));
  // What was read once is known by its digest: a hundred charts need not hash it a hundred times.
  if (!isKnown && !(await storage.holds({ path, digest }))) return undefined;
  return { file: join(storage.root, path), digest };
}

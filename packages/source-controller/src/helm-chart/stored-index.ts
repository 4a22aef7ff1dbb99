import { join } from 'node:path';
import type { Artifact } from '@gotk/api';
import type { HelmDeps } from '../helm-repository/helm-deps.ts';
import type { IndexFile } from '../helm-repository/index-lookups.ts';

/** The index that a HelmRepository's status tells of, made sure of; undefined when it is not there. */
export async function storedIndex({ path, digest }: Artifact, { storage, lookups }: HelmDeps): Promise<IndexFile | undefined> {
  // What was read once is known by its digest: a hundred charts need not hash it a hundred times.
  if (!lookups.knows(digest) && !(await storage.holds({ path, digest }))) return undefined;
  return { file: join(storage.root, path), digest };
}

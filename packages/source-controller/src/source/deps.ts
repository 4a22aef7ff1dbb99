import type { DigestAlgorithm, Storage } from '@gotk/artifact';
import type { Reach } from '@gotk/auth';
import type { Manager, WorkerPool } from '@gotk/runtime';
import type { CloudDeps } from './cloud-means.ts';
import type { RegistryDeps } from './registry-access.ts';

/** What the controllers of all kinds of sources are given. */
export interface SourceDeps {
  readonly manager: Manager;
  readonly storage: Storage;
  readonly workers: WorkerPool;
  /** Of new artifacts' digests. */
  readonly algorithm: DigestAlgorithm;
  readonly concurrency: number;
  /** Which servers sources may be fetched from. */
  readonly reach: Reach;
  readonly cloud: CloudDeps;
  readonly registries: RegistryDeps;
  /** Label selector of Secrets whose change wakes the sources that use them; undefined: none does. */
  readonly watchSecrets: string | undefined;
}

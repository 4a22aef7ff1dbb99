import { type PageReader, pageOf } from '@gotk/bucket';
import { type Listing, type ReadListing, readListing } from '@gotk/bucket/listings';
import type { WorkerPool } from '@gotk/runtime';
import { type BucketRules, type KeptPaths, keptPaths } from './kept-paths.ts';

/** What a store lists, and the rules that a tenant has for it, are read where they hold up nobody: both can be made to take seconds. */
export interface ListingThreads {
  readonly readPage: PageReader;
  /** Which of the paths belong into the artifact, by their places. */
  kept(paths: readonly string[], rules: BucketRules, signal: AbortSignal): Promise<readonly number[]>;
}

const DEADLINE_MS = 30_000;
/** A hundred objects or so. At worst it takes ten milliseconds, which a thread would cost as well. */
const SMALL_PAGE_BYTES = 32 * 1024;
/** Rules so short, for so many paths: not ten milliseconds either. */
const SMALL_RULES = 64;
const SMALL_PATHS = 100;

/** `of` is the object on whose behalf, as `namespace/name`. */
export function listingThreads(workers: WorkerPool, of: string): ListingThreads {
  const options = (signal: AbortSignal) => ({ signal, deadlineMs: DEADLINE_MS, of, repeatable: true });
  return {
    async readPage({ format, bytes }, signal) {
      if (bytes.length <= SMALL_PAGE_BYTES) return pageOf(readListing({ format, bytes }));
      // What is in a buffer of its own is moved there.
      const own = Uint8Array.from(bytes);
      const task: Listing = { format, bytes: own };
      return pageOf(await workers.run<Listing, ReadListing>('read listing', task, { ...options(signal), transfer: [own.buffer] }));
    },
    async kept(paths, rules, signal) {
      const { file = '', spec = '' } = rules;
      if (file === '' && spec === '') return [...paths.keys()];
      if (file.length + spec.length <= SMALL_RULES && paths.length <= SMALL_PATHS) return keptPaths({ paths, rules });
      return await workers.run<KeptPaths, readonly number[]>('kept paths', { paths, rules }, options(signal));
    },
  };
}

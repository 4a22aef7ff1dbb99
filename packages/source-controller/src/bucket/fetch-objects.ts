import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '@gotk/bucket';
import type { FileOnDisk } from '../source/archive-files.ts';
import { LIMITS } from './limits.ts';
import type { WantedObject } from './snapshot.ts';

export interface FetchedObject extends FileOnDisk {
  readonly key: string;
  /** Of what was fetched. */
  readonly etag: string;
}

/**
 * Fetches objects into files that are called by number, several at a time. One that has gone since it was listed is left out; one that has changed is there as it is now: what comes back says
 * what was fetched.
 */
export async function fetchObjects(
  store: ObjectStore,
  wanted: readonly WantedObject[],
  { directory, signal }: { readonly directory: string; readonly signal: AbortSignal },
): Promise<readonly FetchedObject[]> {
  const fetched: FetchedObject[] = [];
  const queue = wanted.entries();
  const abort = new AbortController();
  const both = AbortSignal.any([signal, abort.signal]);
  const worker = async () => {
    for (const [index, { key, path }] of queue) {
      const file = join(directory, String(index));
      const etag = await store.fetch(key, file, { signal: both, maxBytes: LIMITS.objectBytes });
      if (etag === undefined) continue;
      const { size } = await stat(file);
      fetched.push({ key, path, file, size, etag });
    }
  };
  const workers = Array.from({ length: LIMITS.concurrency }, worker);
  try {
    await Promise.all(workers);
  } catch (error) {
    // Nobody writes into the directory after it was given up.
    abort.abort(error);
    await Promise.allSettled(workers);
    throw error;
  }
  return fetched;
}

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@gotk/apimachinery';
import { parseDigest } from './digest.ts';
import { type ArtifactReference, fetchArtifact } from './fetch.ts';

export interface TreeCacheOptions {
  /** Where to unpack, such as `/tmp`. */
  readonly root: string;
  readonly clock: Clock;
  readonly retries: number;
  /** Of an archive. */
  readonly maxBytes: number;
  readonly hostOverride?: string | undefined;
  /** Unpacks an archive into an empty directory and resolves with the bytes written; it may do so in another thread. */
  readonly unpack: (archive: string, directory: string, signal: AbortSignal) => Promise<number>;
  /** Trees that nobody holds are kept up to so many bytes: the next reconciliation is likely about the same revision. */
  readonly idleBytes: number;
}

/** An unpacked artifact that stays where it is until let go of. */
export interface HeldTree extends Disposable {
  readonly directory: string;
}

/** Unpacked artifacts, one tree for each digest, however many hold it. */
export interface TreeCache extends AsyncDisposable {
  /** Fetches and unpacks an artifact unless it is there. Throws `ArtifactError`, or the signal's reason. */
  hold(artifact: ArtifactReference, options: { readonly signal: AbortSignal }): Promise<HeldTree>;
}

interface Entry {
  readonly directory: string;
  readonly abort: AbortController;
  readonly ready: Promise<void>;
  bytes: number;
  holders: number;
}

export async function createTreeCache(options: TreeCacheOptions): Promise<TreeCache> {
  await mkdir(options.root, { recursive: true });
  const home = await mkdtemp(join(options.root, 'gotk-trees-'));
  /** By digest; the one used least recently comes first. */
  const entries = new Map<string, Entry>();

  const fill = async (entry: Entry, artifact: ArtifactReference): Promise<void> => {
    const { signal } = entry.abort;
    const archive = `${entry.directory}.tar.gz`;
    try {
      await fetchArtifact(artifact, archive, { ...options, signal });
      await mkdir(entry.directory, { mode: 0o700 });
      entry.bytes = await options.unpack(archive, entry.directory, signal);
    } finally {
      await rm(archive, { force: true });
    }
  };
  const start = (digest: string, artifact: ArtifactReference): Entry => {
    const directory = join(home, `${digest.replace(':', '-')}-${entryCount++}`);
    const { promise, resolve } = Promise.withResolvers<void>();
    const entry: Entry = { directory, abort: new AbortController(), ready: promise, bytes: 0, holders: 0 };
    entries.set(digest, entry);
    resolve(fill(entry, artifact));
    // A tree that could not be made is no tree: the next one to ask tries again.
    entry.ready.catch(() => {
      if (entries.get(digest) === entry) entries.delete(digest);
      return rm(entry.directory, { recursive: true, force: true });
    });
    return entry;
  };
  let entryCount = 0;

  const evict = () => {
    const idle = [...entries].filter(([, { holders }]) => holders === 0);
    let bytes = idle.reduce((sum, [, entry]) => sum + entry.bytes, 0);
    for (const [digest, entry] of idle) {
      if (bytes <= options.idleBytes) return;
      bytes -= entry.bytes;
      entries.delete(digest);
      void rm(entry.directory, { recursive: true, force: true });
    }
  };
  const release = (entry: Entry) => {
    entry.holders -= 1;
    // Nobody is waiting for it any more.
    if (entry.holders === 0) entry.abort.abort();
    evict();
  };

  return {
    async hold(artifact, { signal }) {
      signal.throwIfAborted();
      parseDigest(artifact.digest);
      const found = entries.get(artifact.digest);
      const usable = found !== undefined && !(found.abort.signal.aborted && found.bytes === 0) ? found : undefined;
      const entry = usable ?? start(artifact.digest, artifact);
      entries.delete(artifact.digest);
      entries.set(artifact.digest, entry);
      entry.holders += 1;
      let held = true;
      const letGo = () => {
        if (held) release(entry);
        held = false;
      };
      try {
        await Promise.race([entry.ready, rejectOnAbort(signal)]);
      } catch (error) {
        letGo();
        throw error;
      }
      return { directory: entry.directory, [Symbol.dispose]: letGo };
    },
    async [Symbol.asyncDispose]() {
      for (const { abort } of entries.values()) abort.abort();
      await Promise.allSettled([...entries.values()].map(({ ready }) => ready));
      await rm(home, { recursive: true, force: true });
    },
  };
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

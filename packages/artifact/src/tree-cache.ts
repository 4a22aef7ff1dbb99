import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, untilAborted } from '@gotk/apimachinery';
import { parseDigest } from './digest.ts';
import { type ArtifactReference, fetchArtifact } from './fetch.ts';
import { createHome } from './home.ts';

export interface TreeCacheOptions {
  /** Where to unpack, such as `/tmp`. */
  readonly root: string;
  readonly clock: Clock;
  readonly retries: number;
  /** Of an archive. */
  readonly maxBytes: number;
  /** Host and port to ask instead of those of an artifact's address: see `FetchOptions`. */
  readonly hostOverride?: (url: string) => string | undefined;
  /** Unpacks an archive into an empty directory and resolves with the bytes written; it may do so in another thread. */
  readonly unpack: (archive: string, directory: string, signal: AbortSignal) => Promise<number>;
  /** Trees that nobody holds are kept up to so many bytes: the next reconciliation is likely about the same revision. */
  readonly idleBytes: number;
  /** And for so long: what rests leaves nothing behind. */
  readonly idleMs: number;
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
  /** Of the tree; undefined until it is whole. */
  bytes: number | undefined;
  holders: number;
  /** Ends the tree when nobody has asked for it for a while. */
  idle: Disposable | undefined;
}

export async function createTreeCache(options: TreeCacheOptions): Promise<TreeCache> {
  const home = await createHome(options.root, options.clock);
  /** By digest; the one used least recently comes first. */
  const entries = new Map<string, Entry>();
  /** What writes or removes below `home`. */
  const work = new Set<Promise<unknown>>();
  let made = 0;
  let ended = false;

  const inBackground = (task: Promise<unknown>) => {
    // Its failure is somebody else's to see, or leaves a directory that goes when the cache ends.
    const settled: Promise<unknown> = task.catch(() => undefined).then(() => work.delete(settled));
    work.add(settled);
  };
  const remove = (entry: Entry) => rm(entry.directory, { recursive: true, force: true });

  const fill = async (entry: Entry, artifact: ArtifactReference): Promise<void> => {
    const { signal } = entry.abort;
    const archive = `${entry.directory}.tar.gz`;
    try {
      await fetchArtifact(artifact, archive, { ...options, hostOverride: options.hostOverride?.(artifact.url), signal });
      await mkdir(entry.directory, { mode: 0o700 });
      entry.bytes = await options.unpack(archive, entry.directory, signal);
    } finally {
      await rm(archive, { force: true });
    }
  };
  const start = (artifact: ArtifactReference): Entry => {
    const directory = join(home.directory, `${artifact.digest.replace(':', '-')}-${made++}`);
    const { promise, resolve } = Promise.withResolvers<void>();
    const entry: Entry = { directory, abort: new AbortController(), ready: promise, bytes: undefined, holders: 0, idle: undefined };
    resolve(fill(entry, artifact));
    const keep = () => {
      // It was given up, and made anew for somebody else, before it was whole after all.
      if (entries.get(artifact.digest) !== entry) return remove(entry);
      rest(artifact.digest, entry);
      return evict();
    };
    // A tree that could not be made is no tree: the next one to ask tries again.
    const forget = () => {
      if (entries.get(artifact.digest) === entry) entries.delete(artifact.digest);
      return remove(entry);
    };
    inBackground(promise.then(keep, forget));
    return entry;
  };
  /** The time of a whole tree that nobody holds begins. */
  const rest = (digest: string, entry: Entry) => {
    if (entry.holders > 0 || entry.bytes === undefined || ended) return;
    entry.idle?.[Symbol.dispose]();
    entry.idle = options.clock.after(options.idleMs, () => drop(digest, entry));
  };

  const evict = () => {
    const idle = [...entries].flatMap(([digest, entry]) => (entry.holders === 0 && entry.bytes !== undefined ? [{ digest, entry }] : []));
    let bytes = idle.reduce((sum, { entry }) => sum + (entry.bytes ?? 0), 0);
    for (const { digest, entry } of idle) {
      if (bytes <= options.idleBytes) return;
      bytes -= entry.bytes ?? 0;
      drop(digest, entry);
    }
  };
  const drop = (digest: string, entry: Entry) => {
    entry.idle?.[Symbol.dispose]();
    if (entries.get(digest) === entry) entries.delete(digest);
    inBackground(remove(entry));
  };
  const release = (digest: string, entry: Entry) => {
    entry.holders -= 1;
    rest(digest, entry);
    // Nobody is waiting for it any more.
    if (entry.holders === 0 && entry.bytes === undefined) entry.abort.abort();
    evict();
  };

  return {
    async hold(artifact, { signal }) {
      signal.throwIfAborted();
      if (ended) throw new Error('the cache of artifacts has ended');
      parseDigest(artifact.digest);
      const found = entries.get(artifact.digest);
      // One that was given up may be winding down still.
      const usable = found !== undefined && (found.bytes !== undefined || !found.abort.signal.aborted) ? found : undefined;
      const entry = usable ?? start(artifact);
      entries.delete(artifact.digest);
      entries.set(artifact.digest, entry);
      entry.holders += 1;
      entry.idle?.[Symbol.dispose]();
      let held = true;
      const letGo = () => {
        if (held) release(artifact.digest, entry);
        held = false;
      };
      try {
        await untilAborted(entry.ready, signal);
      } catch (error) {
        letGo();
        throw error;
      }
      return { directory: entry.directory, [Symbol.dispose]: letGo };
    },
    async [Symbol.asyncDispose]() {
      ended = true;
      for (const { abort, idle } of entries.values()) {
        idle?.[Symbol.dispose]();
        abort.abort(new Error('the cache of artifacts has ended'));
      }
      while (work.size > 0) await Promise.all(work);
      await home[Symbol.asyncDispose]();
    },
  };
}

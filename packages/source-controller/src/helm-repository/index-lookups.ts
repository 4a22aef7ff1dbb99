import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { untilAborted } from '@gotk/apimachinery';
import type { Scratch, Storage } from '@gotk/artifact';
import { type ChartVersion, HelmError } from '@gotk/helm';
import type { WorkerPool } from '@gotk/runtime';
import type { ChooseChart, ChosenChart, LookupReport, MakeLookup } from './index-lookup.ts';
import { LIMITS } from './limits.ts';

/** An index on disk. */
export interface IndexFile {
  readonly file: string;
  /** Of its content, which the caller has made sure of: lookups are shared by it. */
  readonly digest: string;
}

export interface Asking {
  readonly signal: AbortSignal;
  /** On whose behalf, as `namespace/name`. */
  readonly of: string;
}

export type ReadIndex = Extract<LookupReport, { readonly kind: 'made' }>;

/**
 * What HelmCharts want to know of indexes. Each index is parsed once, in a worker thread, for all who ask about it; what came of it lies on disk, and goes with the process or when others
 * need the room.
 */
export interface IndexLookups {
  /** Reads an index, unless it has been read. Throws `HelmError` for one that is none. */
  read(index: IndexFile, asking: Asking): Promise<ReadIndex>;
  /** Whether it has been read, and is remembered: it need not be there any more. */
  knows(digest: string): boolean;
  /** The version of a chart that a range means. Throws `HelmError`. */
  choose(index: IndexFile, chart: { readonly name: string; readonly range: string }, asking: Asking): Promise<ChartVersion>;
}

export interface IndexLookupsOptions {
  readonly storage: Pick<Storage, 'scratch'>;
  readonly workers: WorkerPool;
  /** The flag `--helm-index-max-size`. */
  readonly maxIndexBytes: number;
}

interface Lookup {
  readonly file: string;
  readonly report: ReadIndex;
}

export function createIndexLookups({ storage, workers, maxIndexBytes }: IndexLookupsOptions): IndexLookups {
  const making = new Map<string, Promise<Lookup>>();
  const known = new Map<string, Lookup>();
  let scratch: Promise<Scratch> | undefined;

  const make = async ({ file, digest }: IndexFile, of: string): Promise<Lookup> => {
    scratch ??= storage.scratch();
    const { directory } = await scratch;
    // Another process that led in the meantime has swept what it took for left behind.
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const output = join(directory, digest.replace(':', '-'));
    // Nobody's own signal: others wait for it too, and it ends by its deadline.
    const options = { signal: new AbortController().signal, deadlineMs: LIMITS.indexMs, of, repeatable: true };
    const report = await workers.run<MakeLookup, LookupReport>('read index', { indexFile: file, maxBytes: maxIndexBytes, output }, options);
    if (report.kind === 'refused') throw new HelmError('invalid-index', report.message);
    return { file: output, report };
  };

  const remember = async (digest: string, lookup: Lookup): Promise<void> => {
    known.delete(digest);
    known.set(digest, lookup);
    let bytes = 0;
    // The last ones are the newest.
    for (const [each, { file, report }] of [...known].reverse()) {
      bytes += report.bytes;
      if (bytes <= LIMITS.lookupBytes || each === digest) continue;
      known.delete(each);
      await rm(file, { force: true });
    }
  };

  const lookupOf = async (index: IndexFile, { signal, of }: Asking): Promise<Lookup> => {
    const { digest } = index;
    const found = known.get(digest);
    if (found !== undefined) {
      known.delete(digest);
      known.set(digest, found);
      return found;
    }
    const one = making.get(digest) ?? make(index, of);
    if (!making.has(digest)) {
      making.set(digest, one);
      one
        .then((lookup) => remember(digest, lookup))
        .catch(() => undefined)
        .finally(() => making.delete(digest));
    }
    return await untilAborted(one, signal);
  };

  return {
    knows: (digest) => known.has(digest),
    read: async (index, asking) => (await lookupOf(index, asking)).report,
    async choose(index, { name, range }, asking) {
      for (;;) {
        const { file } = await lookupOf(index, asking);
        const options = { ...asking, deadlineMs: LIMITS.chooseMs, repeatable: true };
        const chosen = await workers.run<ChooseChart, ChosenChart>('choose chart', { lookup: file, name, range }, options);
        switch (chosen.kind) {
          case 'chosen':
            return chosen.version;
          case 'refused':
            throw new HelmError(chosen.error, chosen.message);
          case 'gone':
            // It had to make room between the two: it is made again.
            known.delete(index.digest);
        }
      }
    },
  };
}

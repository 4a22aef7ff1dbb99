import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IGNORE_FILE, type Scratch } from '@gotk/artifact';
import { BucketError, type ListedObject, type ObjectStore, pathOf } from '@gotk/bucket';
import type { BucketRules } from './kept-paths.ts';
import { LIMITS } from './limits.ts';
import type { ListingThreads } from './listing-threads.ts';

/** An object that belongs into the artifact. */
export interface WantedObject {
  readonly key: string;
  /** Where it lies in the artifact. */
  readonly path: string;
  readonly etag: string;
  readonly size: number;
}

export interface Wanted {
  readonly prefix: string;
  /** `spec.ignore`. */
  readonly ignore: string | undefined;
  /** For the bucket's own rules. */
  readonly scratch: Scratch;
  readonly threads: Pick<ListingThreads, 'kept'>;
  readonly signal: AbortSignal;
}

/**
 * What of the bucket belongs into the artifact: the objects below the prefix that no rule leaves out. The rules are those of the `.sourceignore` at the bucket's root, and then those of the spec; as
 * in Flux, nothing else is left out of a bucket, and the file itself is. Throws `BucketError` for two objects that cannot lie side by side in one tree.
 */
export async function snapshotOf(store: ObjectStore, options: Wanted): Promise<readonly WantedObject[]> {
  const { prefix, threads, signal } = options;
  const rules = await rulesOf(store, options);
  const wanted = new Map<string, WantedObject>();
  let bytes = 0;
  const take = ({ key, path, etag, size }: WantedObject) => {
    bytes += size;
    if (size > LIMITS.objectBytes) throw tooLarge(`object ${JSON.stringify(key)} is larger than ${LIMITS.objectBytes} bytes`);
    if (bytes > LIMITS.totalBytes) throw tooLarge(`the objects are larger than ${LIMITS.totalBytes} bytes`);
    if (wanted.size === LIMITS.objects) throw tooLarge(`the bucket holds more than ${LIMITS.objects} objects that no rule leaves out`);
    const other = wanted.get(path);
    if (other !== undefined) throw clash(other.key, key);
    wanted.set(path, { key, path, etag, size });
  };
  for await (const batch of inBatches(store.list(prefix, signal))) {
    const paths = batch.map(({ path }) => path);
    for (const place of await threads.kept(paths, rules, signal)) {
      const object = batch[place];
      if (object !== undefined) take(object);
    }
  }
  for (const { key, path } of wanted.values()) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const file = wanted.get(path.slice(0, end));
      if (file !== undefined) throw clash(file.key, key);
    }
  }
  return [...wanted.values()];
}

const BATCH = 5_000;

/** The files among the objects, each with its path. Throws `BucketError` for a key that is none. */
async function* inBatches(objects: AsyncIterable<ListedObject>): AsyncGenerator<readonly WantedObject[]> {
  let batch: WantedObject[] = [];
  for await (const object of objects) {
    if (object.key.endsWith('/') || object.key === IGNORE_FILE) continue;
    batch.push({ ...object, path: pathOf(object.key) });
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

async function rulesOf(store: ObjectStore, { ignore, scratch, signal }: Wanted): Promise<BucketRules> {
  const file = join(scratch.directory, 'sourceignore');
  const etag = await store.fetch(IGNORE_FILE, file, { signal, maxBytes: LIMITS.ignoreFileBytes });
  return { file: etag === undefined ? undefined : await readFile(file, 'utf8'), spec: ignore };
}

const tooLarge = (message: string) => new BucketError('too-large', message);

const clash = (one: string, other: string) =>
  new BucketError(
    'hostile',
    `the bucket holds both ${JSON.stringify(one)} and ${JSON.stringify(other)}, which cannot be files of one tree`,
  );

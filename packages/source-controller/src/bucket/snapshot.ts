import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IGNORE_FILE, type IsIgnored, ignoreRules, type Scratch } from '@gotk/artifact';
import { BucketError, type ObjectStore, pathOf } from '@gotk/bucket';
import { LIMITS } from './limits.ts';

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
  readonly signal: AbortSignal;
}

/**
 * What of the bucket belongs into the artifact: the objects below the prefix that no rule leaves out. The rules are those of the `.sourceignore` at the bucket's root, and then those of the spec; as
 * in Flux, nothing else is left out of a bucket, and the file itself is. Throws `BucketError` for two objects that cannot lie side by side in one tree.
 */
export async function snapshotOf(store: ObjectStore, { prefix, ignore, scratch, signal }: Wanted): Promise<readonly WantedObject[]> {
  const isIgnored = await rulesOf(store, { ignore, scratch, signal });
  const wanted = new Map<string, WantedObject>();
  let bytes = 0;
  for await (const { key, etag, size } of store.list(prefix, signal)) {
    if (key.endsWith('/') || key === IGNORE_FILE) continue;
    const path = pathOf(key);
    if (isIgnored(path)) continue;
    bytes += size;
    if (size > LIMITS.objectBytes) throw tooLarge(`object ${JSON.stringify(key)} is larger than ${LIMITS.objectBytes} bytes`);
    if (bytes > LIMITS.totalBytes) throw tooLarge(`the objects are larger than ${LIMITS.totalBytes} bytes`);
    if (wanted.size === LIMITS.objects) throw tooLarge(`the bucket holds more than ${LIMITS.objects} objects that no rule leaves out`);
    const other = wanted.get(path);
    if (other !== undefined) throw clash(other.key, key);
    wanted.set(path, { key, path, etag, size });
  }
  for (const { key, path } of wanted.values()) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const file = wanted.get(path.slice(0, end));
      if (file !== undefined) throw clash(file.key, key);
    }
  }
  return [...wanted.values()];
}

async function rulesOf(store: ObjectStore, { ignore, scratch, signal }: Omit<Wanted, 'prefix'>): Promise<IsIgnored> {
  const file = join(scratch.directory, 'sourceignore');
  const etag = await store.fetch(IGNORE_FILE, file, { signal, maxBytes: LIMITS.ignoreFileBytes });
  const files = new Map(etag === undefined ? [] : [['', await readFile(file, 'utf8')]]);
  return ignoreRules({ files, spec: ignore, defaults: false });
}

const tooLarge = (message: string) => new BucketError('too-large', message);

const clash = (one: string, other: string) =>
  new BucketError(
    'hostile',
    `the bucket holds both ${JSON.stringify(one)} and ${JSON.stringify(other)}, which cannot be files of one tree`,
  );

import type { HttpAnswer, HttpClient } from '@gotk/auth';
import { asked, refused, toFile } from '../answer.ts';
import { BucketError } from '../bucket-error.ts';
import type { FetchOptions, ListedObject, ObjectStore } from '../object-store.ts';

export interface GcsOptions {
  readonly bucket: string;
  /** An OAuth access token; undefined: requests go without. */
  readonly token: (signal: AbortSignal) => Promise<string | undefined>;
  readonly client: HttpClient;
  /** Where the API is. A tenant has no say in it: the token may be the controller's own. */
  readonly api?: URL;
}

const API = new URL('https://storage.googleapis.com/');
const ANSWER_BYTES = 16 * 1024 * 1024;
const MAX_PAGES = 1_000;

interface GcsObject extends ListedObject {
  readonly generation: string;
}

/** A bucket of Google Cloud Storage, by its JSON API. */
export function gcsStore({ bucket, token, client, api = API }: GcsOptions): ObjectStore {
  if (!/^[a-z0-9][a-z0-9._-]{1,220}$/.test(bucket))
    throw new BucketError('protocol', `'${bucket.slice(0, 80)}' cannot be the name of a bucket`);
  const base = new URL(`storage/v1/b/${encodeURIComponent(bucket)}/o`, api);
  /** What the last listing said, so that exactly that is fetched. */
  const listed = new Map<string, GcsObject>();

  const get = async (target: URL, { signal, maxBytes }: FetchOptions): Promise<HttpAnswer> => {
    const value = await token(signal);
    return await asked(signal, () =>
      client.request(target, {
        ...(value === undefined ? {} : { authorization: `Bearer ${value}` }),
        signal,
        maxBytes: Math.max(maxBytes, ANSWER_BYTES),
      }),
    );
  };
  const objectAt = (key: string, query: Readonly<Record<string, string>>): URL => {
    const target = new URL(`${base.href}/${encodeURIComponent(key)}`);
    target.search = new URLSearchParams(query).toString();
    return target;
  };
  const describe = async (key: string, signal: AbortSignal): Promise<GcsObject | undefined> => {
    const answer = await get(objectAt(key, { fields: 'name,etag,size,generation' }), { signal, maxBytes: ANSWER_BYTES });
    const body = await asked(signal, () => answer.bytes());
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw refused(answer, refusalOf(body));
    return objectOf(parsed(body));
  };

  return {
    async *list(prefix, signal) {
      listed.clear();
      let page = '';
      for (let pages = 0; ; pages++) {
        if (pages === MAX_PAGES) throw new BucketError('too-large', `the bucket lists more than ${MAX_PAGES} pages of objects`);
        const target = new URL(base);
        target.search = new URLSearchParams({
          prefix,
          fields: 'items(name,etag,size,generation),nextPageToken',
          ...(page === '' ? {} : { pageToken: page }),
        }).toString();
        const answer = await get(target, { signal, maxBytes: ANSWER_BYTES });
        const body = await asked(signal, () => answer.bytes());
        if (answer.status === 404) throw new BucketError('not-found', `bucket '${bucket}' not found`);
        if (answer.status !== 200) throw refused(answer, refusalOf(body));
        const { items = [], nextPageToken = '' } = parsed(body);
        if (!Array.isArray(items) || typeof nextPageToken !== 'string')
          throw new BucketError('protocol', 'the store sent something that is no listing');
        for (const item of items) {
          const object = objectOf(item);
          listed.set(object.key, object);
          yield { key: object.key, etag: object.etag, size: object.size };
        }
        if (nextPageToken === '') return;
        if (nextPageToken === page) throw new BucketError('protocol', 'the store says that there is more, and not where');
        page = nextPageToken;
      }
    },
    async fetch(key, file, { signal, maxBytes }) {
      // What changes between the question what there is and the question for it is asked for anew, once.
      for (const find of [async () => listed.get(key), () => describe(key, signal)]) {
        const object = await find();
        if (object === undefined) continue;
        const answer = await get(objectAt(key, { alt: 'media', generation: object.generation }), { signal, maxBytes });
        if (answer.status === 404) {
          answer.discard();
          continue;
        }
        if (answer.status !== 200) throw refused(answer, refusalOf(await asked(signal, () => answer.bytes())));
        await asked(signal, () => toFile(answer, file, { signal, maxBytes }));
        return object.etag;
      }
      return undefined;
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}

type Json = Readonly<Record<string, unknown>>;

function parsed(body: Buffer): Json {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Json;
  } catch (error) {
    throw new BucketError('protocol', 'the store sent something that is no JSON', { cause: error });
  }
  throw new BucketError('protocol', 'the store sent something that is no listing');
}

function objectOf(value: unknown): GcsObject {
  const { name, etag, size, generation } = (typeof value === 'object' && value !== null ? value : {}) as Json;
  const bytes = Number(size);
  if (
    typeof name !== 'string' ||
    typeof etag !== 'string' ||
    !Number.isSafeInteger(bytes) ||
    bytes < 0 ||
    !/^\d{1,20}$/.test(String(generation))
  )
    throw new BucketError('protocol', 'the store lists an object without a name, a size, an etag or a generation');
  return { key: name, etag, size: bytes, generation: String(generation) };
}

function refusalOf(body: Buffer): { readonly code: string; readonly message: string } {
  try {
    const error = parsed(body).error as Json | undefined;
    return { code: '', message: typeof error?.message === 'string' ? error.message : '' };
  } catch {
    return { code: '', message: '' };
  }
}

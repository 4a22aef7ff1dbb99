import type { HttpAnswer, HttpClient } from '@gotk/auth';
import { asked, REFUSAL_BYTES, refusalText, refused, toFile } from '../answer.ts';
import { BucketError } from '../bucket-error.ts';
import { gcsObject, jsonOf } from '../listing/gcs-page.ts';
import { type PageReader, readHere } from '../listing/read-listing.ts';
import type { FetchOptions, ObjectStore } from '../object-store.ts';
import { objectUrl } from '../object-url.ts';

export interface GcsOptions {
  readonly bucket: string;
  /** An OAuth access token; undefined: requests go without. */
  readonly token: (signal: AbortSignal) => Promise<string | undefined>;
  readonly client: HttpClient;
  /** Where the API is. A tenant has no say in it: the token may be the controller's own. */
  readonly api?: URL;
  /** Reads what is listed; default: at once. */
  readonly readPage?: PageReader;
}

export const GCS_API = new URL('https://storage.googleapis.com/');
/** A thousand objects are listed at a time. */
const PAGE_BYTES = 8 * 1024 * 1024;
/** What describes one of them. */
const OBJECT_BYTES = 16 * 1024;
const MAX_PAGES = 1_000;

/** What names one content of an object. */
type GcsObject = Readonly<Record<'etag' | 'generation', string>>;

/** A bucket of Google Cloud Storage, by its JSON API. */
export function gcsStore({ bucket, token, client, api = GCS_API, readPage = readHere }: GcsOptions): ObjectStore {
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
        maxBytes: Math.max(maxBytes, REFUSAL_BYTES),
      }),
    );
  };
  const objectAt = (key: string, query: Readonly<Record<string, string>>): URL => {
    const target = objectUrl(base, encodeURIComponent(key));
    target.search = new URLSearchParams(query).toString();
    return target;
  };
  const describe = async (key: string, signal: AbortSignal): Promise<GcsObject | undefined> => {
    const answer = await get(objectAt(key, { fields: 'name,etag,size,generation' }), { signal, maxBytes: OBJECT_BYTES });
    if (answer.status === 404) {
      answer.discard();
      return undefined;
    }
    if (answer.status !== 200) throw refused(answer, refusalOf(await refusalText(answer, signal)));
    return gcsObject(jsonOf((await asked(signal, () => answer.bytes())).toString('utf8')));
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
        const answer = await get(target, { signal, maxBytes: PAGE_BYTES });
        if (answer.status === 404) {
          answer.discard();
          throw new BucketError('not-found', `bucket '${bucket}' not found`);
        }
        if (answer.status !== 200) throw refused(answer, refusalOf(await refusalText(answer, signal)));
        const bytes = await asked(signal, () => answer.bytes());
        const { objects, next } = await readPage({ format: 'gcs', bytes }, signal);
        for (const { key, etag, size, generation = '' } of objects) {
          listed.set(key, { etag, generation });
          yield { key, etag, size };
        }
        if (next === undefined) return;
        if (next === page) throw new BucketError('protocol', 'the store says that there is more, and not where');
        page = next;
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
        if (answer.status !== 200) throw refused(answer, refusalOf(await refusalText(answer, signal)));
        await asked(signal, () => toFile(answer, file, { signal, maxBytes }));
        return object.etag;
      }
      return undefined;
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}

function refusalOf(text: string): { readonly code: string; readonly message: string } {
  try {
    const error = jsonOf(text).error as { readonly message?: unknown } | undefined;
    return { code: '', message: typeof error?.message === 'string' ? error.message : '' };
  } catch {
    return { code: '', message: '' };
  }
}

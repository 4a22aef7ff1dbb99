import { type AwsKeys, type HttpAnswer, type HttpClient, signedHeaders } from '@gotk/auth';
import { asked, REFUSAL_BYTES, refusalText, refused, toFile } from '../answer.ts';
import { BucketError } from '../bucket-error.ts';
import { bareEtag } from '../etag.ts';
import { type PageReader, readHere } from '../listing/read-listing.ts';
import type { ObjectStore } from '../object-store.ts';
import { objectUrl } from '../object-url.ts';
import { childOf, parseXml, textOf } from '../xml.ts';
import { addressOf, regionOf, type S3Place } from './address.ts';

export interface S3Options extends S3Place {
  readonly region: string | undefined;
  /** Asked before each request: it may change. Undefined: requests are not signed. */
  readonly login: (signal: AbortSignal) => Promise<AwsKeys | undefined>;
  readonly client: HttpClient;
  readonly now: () => number;
  /** Reads what is listed; default: at once. */
  readonly readPage?: PageReader;
}

/** A thousand objects with the longest keys that there are, encoded, come to less than four. */
const PAGE_BYTES = 8 * 1024 * 1024;
const MAX_PAGES = 1_000;

/** A bucket that speaks S3: `ListObjectsV2` and `GetObject`, signed with version 4. */
export function s3Store(options: S3Options): ObjectStore {
  const { client, bucket, now, readPage = readHere } = options;
  const base = addressOf(options);
  const region = regionOf(options.endpoint, options.region);

  const get = async (
    target: URL,
    { signal, maxBytes }: { readonly signal: AbortSignal; readonly maxBytes: number },
  ): Promise<HttpAnswer> => {
    const login = await options.login(signal);
    const { authorization, ...headers } = login === undefined ? {} : signed(target, login, { region, nowMs: now() });
    return await client.request(target, { headers, ...(authorization === undefined ? {} : { authorization }), signal, maxBytes });
  };
  const failure = async (answer: HttpAnswer, signal: AbortSignal): Promise<BucketError> => {
    const refusal = refusalIn(await refusalText(answer, signal));
    if (refusal.code === 'NoSuchBucket') return new BucketError('not-found', `bucket '${bucket}' not found`);
    return refused(answer, refusal);
  };

  return {
    async *list(prefix, signal) {
      let token: string | undefined;
      for (let page = 0; ; page++) {
        if (page === MAX_PAGES) throw new BucketError('too-large', `the bucket lists more than ${MAX_PAGES} pages of objects`);
        const target = new URL(base);
        target.search = queryOf({
          'list-type': '2',
          'encoding-type': 'url',
          prefix,
          ...(token === undefined ? {} : { 'continuation-token': token }),
        });
        const answer = await asked(signal, () => get(target, { signal, maxBytes: PAGE_BYTES }));
        if (answer.status !== 200) throw await failure(answer, signal);
        const bytes = await asked(signal, () => answer.bytes());
        const { objects, next } = await readPage({ format: 's3', bytes }, signal);
        yield* objects;
        if (next === undefined) return;
        if (next === token) throw new BucketError('protocol', 'the store says that there is more, and not where');
        token = next;
      }
    },
    async fetch(key, file, { signal, maxBytes }) {
      const target = objectUrl(base, key.split('/').map(encodePart).join('/'));
      const answer = await asked(signal, () => get(target, { signal, maxBytes: Math.max(maxBytes, REFUSAL_BYTES) }));
      if (answer.status === 404) {
        const refusal = refusalIn(await refusalText(answer, signal));
        if (refusal.code === 'NoSuchBucket') throw new BucketError('not-found', `bucket '${bucket}' not found`);
        return undefined;
      }
      if (answer.status !== 200) throw await failure(answer, signal);
      await asked(signal, () => toFile(answer, file, { signal, maxBytes }));
      return bareEtag(answer.headers.etag);
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}

function refusalIn(text: string): { readonly code: string; readonly message: string } {
  try {
    const error = childOf(parseXml(text, []), 'Error');
    return { code: textOf(error, 'Code'), message: textOf(error, 'Message') };
  } catch {
    return { code: '', message: '' };
  }
}

/** As RFC 3986 has it, which is also how it is signed. */
const encodePart = (part: string): string =>
  encodeURIComponent(part).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
/** Sorted, for the signature. */
const queryOf = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${encodePart(value)}`)
    .join('&');

/** SHA-256 of nothing: what every body of ours holds. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The headers of a signed GET; the host is the HTTP client's to say. */
function signed(url: URL, login: AwsKeys, { region, nowMs }: { readonly region: string; readonly nowMs: number }) {
  const request = { method: 'GET', url, headers: { 'x-amz-content-sha256': EMPTY } };
  const { host: _, ...headers } = signedHeaders(request, login, { region, service: 's3', nowMs });
  return headers;
}

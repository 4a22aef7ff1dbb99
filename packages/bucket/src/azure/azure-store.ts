import type { HttpAnswer, HttpClient } from '@gotk/auth';
import { asked, REFUSAL_BYTES, refusalText, refused, toFile } from '../answer.ts';
import { BucketError } from '../bucket-error.ts';
import { bareEtag, hex } from '../etag.ts';
import { type PageReader, readHere } from '../listing/read-listing.ts';
import type { FetchOptions, ObjectStore } from '../object-store.ts';
import { objectUrl } from '../object-url.ts';
import { childOf, parseXml, textOf } from '../xml.ts';
import { sharedKeyAuthorization } from './shared-key.ts';

/** How requests to the account are authorized. */
export type AzureLogin =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'shared-key'; readonly key: string }
  /** A query string that was signed beforehand, with or without its `?`. */
  | { readonly kind: 'sas'; readonly query: string }
  | { readonly kind: 'token'; readonly token: (signal: AbortSignal) => Promise<string> };

export interface AzureOptions {
  /** `https://<account>.blob.core.windows.net`, as `spec.endpoint` has it. */
  readonly endpoint: string;
  readonly container: string;
  readonly login: AzureLogin;
  readonly client: HttpClient;
  readonly now: () => number;
  /** Reads what is listed; default: at once. */
  readonly readPage?: PageReader;
}

const VERSION = '2023-11-03';
/** Five thousand objects are listed at a time, each with its properties. */
const PAGE_BYTES = 32 * 1024 * 1024;
const MAX_PAGES = 1_000;

/** Whether this is a host of Azure's blob storage: the only ones that may see a token of the controller's own. */
export const isAzureStorage = ({ hostname, protocol }: URL): boolean =>
  protocol === 'https:' &&
  /^[a-z0-9-]+(?:\.z\d+)?\.blob\.(?:core\.(?:windows\.net|chinacloudapi\.cn|usgovcloudapi\.net|cloudapi\.de)|storage\.azure\.net)$/.test(
    hostname,
  );

/** Throws `BucketError` for an endpoint that is no URL. */
export function azureEndpoint(endpoint: string): URL {
  const url = URL.parse(endpoint);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new BucketError('protocol', 'the endpoint is not the URL of a storage account, such as https://<account>.blob.core.windows.net');
  return url;
}

/** A container of Azure Blob Storage, by its REST API. */
export function azureStore({ endpoint, container, login, client, now, readPage = readHere }: AzureOptions): ObjectStore {
  const base = azureEndpoint(endpoint);
  if (!/^(?:\$root|\$web|[a-z0-9](?:-?[a-z0-9]){2,62})$/.test(container))
    throw new BucketError('protocol', `'${container.slice(0, 80)}' cannot be the name of a container`);
  const root = new URL(base);
  root.pathname = `${base.pathname.replace(/\/$/, '')}/${container}`;
  // With an emulator, the account is the first part of the path.
  const account = base.pathname.length > 1 ? (base.pathname.split('/')[1] ?? '') : (base.hostname.split('.')[0] ?? '');

  const get = async (url: URL, query: Readonly<Record<string, string>>, { signal, maxBytes }: FetchOptions): Promise<HttpAnswer> => {
    const target = new URL(url);
    for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
    if (login.kind === 'sas')
      for (const [name, value] of new URLSearchParams(login.query.replace(/^\?/, ''))) target.searchParams.set(name, value);
    const headers = { 'x-ms-date': new Date(now()).toUTCString(), 'x-ms-version': VERSION };
    const authorization = await authorizationOf(login, { account, target, headers, signal });
    return await asked(signal, () =>
      client.request(target, {
        headers,
        ...(authorization === undefined ? {} : { authorization }),
        signal,
        maxBytes: Math.max(maxBytes, REFUSAL_BYTES),
      }),
    );
  };

  return {
    async *list(prefix, signal) {
      let marker = '';
      for (let pages = 0; ; pages++) {
        if (pages === MAX_PAGES) throw new BucketError('too-large', `the container lists more than ${MAX_PAGES} pages of objects`);
        const query = { restype: 'container', comp: 'list', ...(prefix === '' ? {} : { prefix }), ...(marker === '' ? {} : { marker }) };
        const answer = await get(root, query, { signal, maxBytes: PAGE_BYTES });
        if (answer.status !== 200) throw refusal(answer, { text: await refusalText(answer, signal), container });
        const bytes = await asked(signal, () => answer.bytes());
        const { objects, next } = await readPage({ format: 'azure', bytes }, signal);
        yield* objects;
        if (next === undefined) return;
        if (next === marker) throw new BucketError('protocol', 'the store says that there is more, and not where');
        marker = next;
      }
    },
    async fetch(key, file, { signal, maxBytes }) {
      const answer = await get(objectUrl(root, key.split('/').map(encodeURIComponent).join('/')), {}, { signal, maxBytes });
      if (answer.status !== 200) {
        const text = await refusalText(answer, signal);
        if (answer.status === 404 && codeIn(answer, text) === 'BlobNotFound') return undefined;
        throw refusal(answer, { text, container });
      }
      await asked(signal, () => toFile(answer, file, { signal, maxBytes }));
      return hex(bareEtag(answer.headers.etag));
    },
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}

interface Authorizing {
  readonly account: string;
  readonly target: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

async function authorizationOf(login: AzureLogin, { account, target, headers, signal }: Authorizing): Promise<string | undefined> {
  switch (login.kind) {
    case 'anonymous':
    case 'sas':
      return undefined;
    case 'shared-key':
      return sharedKeyAuthorization({ account, key: login.key, target, headers });
    case 'token':
      return `Bearer ${await login.token(signal)}`;
  }
}

const codeIn = (answer: HttpAnswer, text: string): string => {
  const header = answer.headers['x-ms-error-code'];
  if (typeof header === 'string') return header;
  try {
    return textOf(childOf(parseXml(text.replace(/^\ufeff/, ''), []), 'Error'), 'Code');
  } catch {
    return '';
  }
};

function refusal(answer: HttpAnswer, { text, container }: { readonly text: string; readonly container: string }): BucketError {
  const code = codeIn(answer, text);
  if (code === 'ContainerNotFound') return new BucketError('not-found', `bucket '${container}' not found`);
  return refused(answer, { code, message: '' });
}

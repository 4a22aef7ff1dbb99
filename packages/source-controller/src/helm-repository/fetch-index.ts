import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createHasher, type DigestAlgorithm } from '@gotk/artifact';
import { HttpFailure, withoutSecrets } from '@gotk/auth';
import { indexUrl } from '@gotk/helm';
import { LIMITS } from './limits.ts';
import { clientFor, type RepositoryAccess, type Way } from './repository-access.ts';

export interface IndexRequest extends Way {
  readonly repository: RepositoryAccess;
  /** Of the index that is there already: it is not sent again. */
  readonly etag?: string | undefined;
  /** Where the index goes. */
  readonly file: string;
  readonly algorithm: DigestAlgorithm;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export type FetchedIndex =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'fetched'; readonly digest: string; readonly size: number; readonly etag: string | undefined };

/** Fetches the index of a repository to a file, which is on disk when this resolves. Throws `HttpFailure`, `IndexRefused` or the signal's reason. */
export async function fetchIndex(request: IndexRequest): Promise<FetchedIndex> {
  const { repository, etag, file, algorithm, maxBytes, signal } = request;
  const url = new URL(indexUrl(repository.url));
  using client = clientFor(repository, url, request);
  const answer = await client.request(url, {
    signal,
    maxBytes,
    headers: etag === undefined ? {} : { 'if-none-match': etag },
    redirects: LIMITS.redirects,
    passCredentials: repository.passCredentials,
    compressed: true,
  });
  if (answer.status === 304 && etag !== undefined) {
    answer.discard();
    return { kind: 'unchanged' };
  }
  if (answer.status !== 200) {
    answer.discard();
    throw new IndexRefused(`failed to fetch ${withoutSecrets(url)}: ${answer.status}`);
  }
  const hasher = createHasher(algorithm);
  let size = 0;
  const counted = async function* () {
    for await (const chunk of answer.body) {
      hasher.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  await pipeline(counted, createWriteStream(file, { mode: 0o600 }), { signal }).catch((error: unknown) => {
    if (error instanceof HttpFailure && error.kind === 'too-large')
      throw new IndexRefused(`index exceeds the maximum index file size of ${maxBytes} bytes`);
    throw error;
  });
  await using handle = await open(file, 'r');
  await handle.sync();
  return { kind: 'fetched', digest: `${algorithm}:${hasher.hex()}`, size, etag: answer.headers.etag };
}

/** The server has no index for us, or none that we take. */
export class IndexRefused extends Error {
  override readonly name = 'IndexRefused';
}

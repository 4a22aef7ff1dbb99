import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { HttpAnswer } from '@gotk/auth';
import { finish, startHash } from '../digest.ts';
import type { Descriptor } from '../manifest.ts';
import { OciError } from '../oci-error.ts';
import type { Exchange } from './exchange.ts';
import { failureOf, ociErrorOf } from './failure.ts';
import { MAX_REDIRECTS } from './manifests.ts';

export interface BlobTarget {
  /** Of the repository, within the registry. */
  readonly path: string;
  readonly descriptor: Descriptor;
}

export interface BlobOptions {
  readonly signal: AbortSignal;
  /** A descriptor that claims more is refused before anything is asked. */
  readonly maxBytes: number;
}

/**
 * Streams a blob into a file. The file has the size and the digest of the descriptor, or is not there. Throws `OciError`, an error of the
 * disk, or the signal's reason.
 */
export async function saveBlob(exchange: Exchange, target: BlobTarget & { readonly file: string }, options: BlobOptions): Promise<void> {
  const answer = await ask(exchange, target, options);
  try {
    await pipeline(checked(answer, target.descriptor), createWriteStream(target.file, { mode: 0o600 }));
  } catch (error) {
    answer.discard();
    await rm(target.file, { force: true });
    options.signal.throwIfAborted();
    throw ociErrorOf(error);
  }
}

/** A blob in memory, for what is small. Throws as `saveBlob` does. */
export async function readBlob(exchange: Exchange, target: BlobTarget, options: BlobOptions): Promise<Buffer> {
  const answer = await ask(exchange, target, options);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of checked(answer, target.descriptor)) chunks.push(chunk);
  } catch (error) {
    answer.discard();
    throw ociErrorOf(error);
  }
  return Buffer.concat(chunks);
}

async function ask(
  exchange: Exchange,
  { path, descriptor: { digest, size } }: BlobTarget,
  { signal, maxBytes }: BlobOptions,
): Promise<HttpAnswer> {
  if (size > maxBytes) throw new OciError('too-large', `blob '${digest}' of ${size} bytes is larger than the ${maxBytes} bytes allowed`);
  const answer = await exchange.request(`/v2/${path}/blobs/${digest}`, {
    signal,
    maxBytes: Math.max(size, MAX_PROBLEM_BYTES),
    redirects: MAX_REDIRECTS,
  });
  if (answer.status !== 200) throw await failureOf(answer, 'GET');
  return answer;
}

/** A refusal may be longer than the blob would have been. */
const MAX_PROBLEM_BYTES = 64 * 1024;

async function* checked({ body, headers }: HttpAnswer, { digest, size }: Descriptor): AsyncGenerator<Buffer> {
  const mismatch = (what: string) => new OciError('digest-mismatch', `blob '${digest}' ${what}`);
  const length = headers['content-length'];
  if (length !== undefined && length !== String(size)) throw mismatch(`has ${length} bytes, not the ${size} that its manifest says`);
  const hash = startHash(digest);
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > size) throw mismatch(`has more than the ${size} bytes that its manifest says`);
    hash.update(chunk);
    yield chunk;
  }
  if (bytes < size) throw mismatch(`ends after ${bytes} of ${size} bytes`);
  if (finish(hash, digest) !== digest) throw mismatch('is not what its digest says');
}

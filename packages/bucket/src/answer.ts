import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type HttpAnswer, HttpFailure, redact, withoutSecrets } from '@gotk/auth';
import { BucketError } from './bucket-error.ts';
import type { FetchOptions } from './object-store.ts';

/** Turns what the HTTP client throws into a `BucketError`; everything else is thrown on. */
export async function asked<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HttpFailure)
      throw new BucketError(error.kind === 'too-large' ? 'too-large' : 'unreachable', error.message, { cause: error });
    throw error;
  }
}

/** What a store says about a request that it refused. */
export interface Refusal {
  /** Such as `NoSuchBucket`; '' when it does not say. */
  readonly code: string;
  readonly message: string;
}

/** What is read of a refusal, in bytes: it is parsed at once. */
export const REFUSAL_BYTES = 32 * 1024;

/** The beginning of what came with a status that is no success. */
export async function refusalText(answer: HttpAnswer, signal: AbortSignal): Promise<string> {
  return await asked(signal, async () => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of answer.body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= REFUSAL_BYTES) break;
    }
    return Buffer.concat(chunks).subarray(0, REFUSAL_BYTES).toString('utf8');
  });
}

/** In one line: a store's words end up in conditions and logs. */
const shown = ({ code, message }: Refusal): string => {
  const said = [code, message].filter((part) => part !== '').join(': ');
  return redact(said.slice(0, 300).replace(/[\p{Cc}\u2028\u2029]+/gu, ' '));
};

/** The error for a status that is no success. */
export function refused(answer: Pick<HttpAnswer, 'status' | 'url'>, refusal: Refusal): BucketError {
  const { status, url } = answer;
  const said = shown(refusal);
  const text = `${withoutSecrets(url)} answered ${status}${said === '' ? '' : ` (${said})`}`;
  if (status === 401 || status === 403) return new BucketError('unauthorized', `access denied: ${text}`);
  if (status === 404) return new BucketError('not-found', text);
  const mayPass = status >= 500 || status === 408 || status === 429;
  return new BucketError(mayPass ? 'unreachable' : 'protocol', text);
}

/** Writes a body to a new file. Throws `BucketError` when it is larger than allowed. */
export async function toFile(answer: HttpAnswer, file: string, { signal, maxBytes }: FetchOptions): Promise<void> {
  let bytes = 0;
  async function* counted(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new BucketError('too-large', `${withoutSecrets(answer.url)} is larger than ${maxBytes} bytes`);
      yield chunk;
    }
  }
  await pipeline(answer.body, counted, createWriteStream(file, { mode: 0o600, flags: 'wx' }), { signal });
}

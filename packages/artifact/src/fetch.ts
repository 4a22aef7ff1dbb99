import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '@gotk/apimachinery';
import { redact } from '@gotk/auth';
import { request } from 'undici';
import { ArtifactError } from './artifact-error.ts';
import { parseDigest } from './digest.ts';

/** What a source's status says about its artifact. */
export interface ArtifactReference {
  readonly url: string;
  readonly digest: string;
}

export interface FetchOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
  /** How often a server that does not answer, or answers 5xx, is asked again. */
  readonly retries: number;
  /** Host and port to ask instead of the URL's own, for a controller outside of the cluster (`SOURCE_CONTROLLER_LOCALHOST`). */
  readonly hostOverride?: string | undefined;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const ANSWER_TIMEOUT_MS = 30_000;

/** Fetches an artifact to a file and checks its digest. Throws `ArtifactError`, or the signal's reason; the file is worth nothing then. */
export async function fetchArtifact(artifact: ArtifactReference, file: string, options: FetchOptions): Promise<void> {
  const { clock, signal, retries, hostOverride } = options;
  const target = targetOf(artifact.url, hostOverride);
  for (let attempt = 0; ; attempt++) {
    try {
      return await fetchOnce({ target, digest: artifact.digest }, file, options);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ArtifactError) || error.kind !== 'unreachable' || attempt >= retries) throw error;
      await clock.sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt), signal);
      signal.throwIfAborted();
    }
  }
}

function targetOf(url: string, hostOverride: string | undefined): URL {
  const target = URL.parse(url);
  if (target === null || !/^https?:$/.test(target.protocol))
    throw new ArtifactError('unreachable', 'failed to fetch the artifact: its address is none of http or https');
  if (hostOverride !== undefined && hostOverride !== '') target.host = hostOverride;
  return target;
}

async function fetchOnce(
  { target, digest }: { readonly target: URL; readonly digest: string },
  file: string,
  { signal, maxBytes }: FetchOptions,
): Promise<void> {
  const { algorithm, hex } = parseDigest(digest);
  const hash = createHash(algorithm);
  let bytes = 0;
  const answer = await request(target, { signal, headersTimeout: ANSWER_TIMEOUT_MS, bodyTimeout: ANSWER_TIMEOUT_MS }).catch(
    (error: unknown) => {
      throw unreachable(target, error);
    },
  );
  if (answer.statusCode !== 200) {
    await answer.body.dump().catch(() => undefined);
    const kind = answer.statusCode === 404 || answer.statusCode === 410 ? 'gone' : 'unreachable';
    throw new ArtifactError(kind, `failed to fetch the artifact: ${shown(target)} answered ${answer.statusCode}`);
  }
  async function* checked(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new ArtifactError('too-large', `the artifact is larger than the ${maxBytes} bytes allowed`);
      hash.update(chunk);
      yield chunk;
    }
  }
  await pipeline(answer.body, checked, createWriteStream(file, { mode: 0o600 }), { signal }).catch((error: unknown) => {
    throw error instanceof ArtifactError ? error : unreachable(target, error);
  });
  if (hash.digest('hex') !== hex)
    throw new ArtifactError('digest-mismatch', `the artifact at ${shown(target)} is not what its digest says`);
}

const unreachable = (target: URL, error: unknown) =>
  new ArtifactError(
    'unreachable',
    `failed to fetch the artifact from ${shown(target)}: ${redact(error instanceof Error ? error.message : String(error))}`,
    {
      cause: error,
    },
  );

const shown = ({ protocol, host, pathname }: URL): string => `${protocol}//${host}${pathname}`;

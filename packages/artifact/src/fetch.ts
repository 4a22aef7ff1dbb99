import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '@gotk/apimachinery';
import { ANONYMOUS, createHttpClient, HttpFailure, redact, withoutSecrets } from '@gotk/auth';
import { ArtifactError } from './artifact-error.ts';
import { parseDigest } from './digest.ts';
import { createHasher } from './hasher.ts';
import { silenceSignal } from './silence.ts';

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
const SILENCE_MS = 30_000;

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
  { clock, signal, maxBytes }: FetchOptions,
): Promise<void> {
  const { algorithm, hex } = parseDigest(digest);
  const hasher = createHasher(algorithm);
  // The servers that artifacts come from are named by sources, whose status no tenant may write; some are on this machine.
  using client = createHttpClient({ access: ANONYMOUS, reach: 'anywhere', clock });
  using silence = silenceSignal({ clock, silentMs: SILENCE_MS, parent: signal });
  async function* heard(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      silence.heard();
      hasher.update(chunk);
      yield chunk;
    }
  }
  try {
    const answer = await client.request(target, { signal: silence.signal, maxBytes });
    if (answer.status !== 200) {
      answer.discard();
      const kind = answer.status === 404 || answer.status === 410 ? 'gone' : 'unreachable';
      throw new ArtifactError(kind, `failed to fetch the artifact: ${withoutSecrets(target)} answered ${answer.status}`);
    }
    await pipeline(answer.body, heard, createWriteStream(file, { mode: 0o600 }), { signal: silence.signal });
  } catch (error) {
    throw error instanceof ArtifactError ? error : failure(target, { error, maxBytes });
  }
  if (hasher.hex() !== hex)
    throw new ArtifactError('digest-mismatch', `the artifact at ${withoutSecrets(target)} is not what its digest says`);
}

function failure(target: URL, { error, maxBytes }: { readonly error: unknown; readonly maxBytes: number }): ArtifactError {
  if (error instanceof HttpFailure && error.kind === 'too-large')
    return new ArtifactError('too-large', `the artifact is larger than the ${maxBytes} bytes allowed`);
  const text = redact(error instanceof Error ? error.message : String(error));
  return new ArtifactError('unreachable', `failed to fetch the artifact from ${withoutSecrets(target)}: ${text}`, { cause: error });
}

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { HttpFailure, withoutSecrets } from '@gotk/auth';
import { type ChartVersion, resolveChartUrl } from '@gotk/helm';
import { clientFor, type RepositoryAccess, type Way } from '../helm-repository/repository-access.ts';
import { LIMITS } from './limits.ts';

export interface ChartRequest extends Way {
  readonly repository: RepositoryAccess;
  /** Where the chart goes. */
  readonly file: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** The chart cannot be had, or is not what the index says. */
export class ChartRefused extends Error {
  override readonly name = 'ChartRefused';
  /** Of the server's answer, if it said no. */
  readonly status: number | undefined;

  constructor(message: string, { status }: { readonly status?: number } = {}) {
    super(`failed to download chart for remote reference: ${message}`);
    this.status = status;
  }
}

/**
 * Fetches a chart to a file, from where the index says. The login goes to the repository's own origin alone, unless its owner passes it on. Whatever has another digest than the index says
 * is refused: Helm and Flux take it. Throws `ChartRefused`, `HttpFailure`, `HelmError` or the signal's reason.
 */
export async function downloadChart(chart: ChartVersion, { repository, file, maxBytes, signal, ...way }: ChartRequest): Promise<void> {
  const { name, urls, digest } = chart;
  const [reference] = urls;
  if (reference === undefined) throw new ChartRefused(`chart '${name}' has no downloadable URLs`);
  const url = new URL(resolveChartUrl(repository.url, reference));
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ChartRefused(`the address of the chart is neither http nor https: ${withoutSecrets(url)}`);
  using client = clientFor(repository, url, way);
  const options = { signal, maxBytes, redirects: LIMITS.redirects, passCredentials: repository.passCredentials };
  const answer = await client.request(url, options);
  if (answer.status !== 200) {
    answer.discard();
    throw new ChartRefused(`failed to fetch ${withoutSecrets(url)}: ${answer.status}`, { status: answer.status });
  }
  const hash = createHash('sha256');
  const hashed = async function* () {
    for await (const chunk of answer.body) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(hashed, createWriteStream(file, { mode: 0o600 }), { signal }).catch((error: unknown) => {
    if (error instanceof HttpFailure && error.kind === 'too-large')
      throw new ChartRefused(`size of chart '${name}' exceeds '${maxBytes}' bytes limit`);
    throw error;
  });
  const [actual, expected] = [hash.digest('hex'), sha256In(digest)];
  if (expected !== undefined && actual !== expected)
    throw new ChartRefused(`the digest of ${withoutSecrets(url)} is sha256:${actual}, and sha256:${expected} in the index`);
}

/** Indexes of old may hold anything there. */
export const sha256In = (digest = ''): string | undefined => /^(?:sha256:)?([0-9a-f]{64})$/i.exec(digest)?.[1]?.toLowerCase();

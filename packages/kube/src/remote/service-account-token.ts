import { type Clock, isRecord, type ObjectKey, type Resource, renderKey, type Unstructured } from '@gotk/apimachinery';
import type { KubeClient } from '../client.ts';
import type { ClusterConnection } from '../connection.ts';
import { ProtocolError } from '../errors.ts';
import { cachedToken, type ReadToken } from '../kubeconfig/cached-token.ts';

export interface ServiceAccountTokenOptions {
  /** Of the cluster that the ServiceAccount is in; needs the right to `create` `serviceaccounts/token` there. */
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Whom the token is for: nobody else takes it. */
  readonly audiences: readonly string[];
  /** Ends a question that is under way. */
  readonly signal: AbortSignal;
}

/** What is created is a TokenRequest; the path is the ServiceAccount's. */
const serviceAccounts: Resource = {
  group: '',
  version: 'v1',
  kind: 'TokenRequest',
  plural: 'serviceaccounts',
  namespaced: true,
};

/** A new token is asked for when this part of the old one's life is over. */
const USED = 0.8;
/** A server that refuses a token younger than this would refuse the next one too, and must not make us ask for one at each request. */
const NEW_MS = 10_000;

/**
 * Tokens of a ServiceAccount from the TokenRequest API, with the lifetime that the API server gives (an hour, unless it was told otherwise): one is used
 * until 80 % of its life is over or it was refused, and on to its end while no other can be had. Throws an error that names the ServiceAccount.
 */
export function serviceAccountToken(
  key: ObjectKey,
  { client, clock, audiences, signal }: ServiceAccountTokenOptions,
): NonNullable<ClusterConnection['token']> {
  return cachedToken(async () => {
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: { ...key }, spec: { audiences } };
    // Before the question: a token is not older than that.
    const askedAt = clock.monotonic();
    try {
      const answer = await client.create<Unstructured>(serviceAccounts, request, { signal, subresource: 'token' });
      return lifeOf(answer, askedAt, clock);
    } catch (error) {
      throw new Error(
        `failed to get a token of ServiceAccount '${renderKey(key)}': ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }, clock);
}

function lifeOf({ spec, status }: Unstructured, askedAt: number, clock: Clock): ReadToken {
  const token = isRecord(status) ? status.token : undefined;
  if (typeof token !== 'string' || token === '') throw new ProtocolError('the answer has no token');
  // The lifetime rather than the end, where there is one: the server's clock need not be ours.
  const seconds = isRecord(spec) ? spec.expirationSeconds : undefined;
  const ends = isRecord(status) ? Date.parse(String(status.expirationTimestamp)) : Number.NaN;
  const lifeMs = typeof seconds === 'number' ? seconds * 1_000 : ends - clock.now();
  if (!(lifeMs > 0)) throw new ProtocolError('the answer does not say when the token ends');
  return { token, untilMs: askedAt + lifeMs * USED, endsMs: askedAt + lifeMs, newUntilMs: askedAt + NEW_MS };
}

import { type Clock, deadlineSignal } from '@gotk/apimachinery';
import { environmentProxy } from '../access/environment-proxy.ts';
import type { HttpProxy, Reach } from '../outbound/http-access.ts';
import { createHttpClient } from '../outbound/http-client.ts';
import type { CacheSubject, Expiring, TokenCache } from '../token-cache/token-cache.ts';
import { IdentityError } from './identity-error.ts';
import { callProvider, type ProviderCall } from './provider-call.ts';

/** What the controller was started with: where its own identity comes from. */
export interface ControllerEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Reads a file that a variable names. */
  readonly readFile: (path: string) => Promise<string>;
}

/** A ServiceAccount that an object acts as, instead of the controller. */
export interface WorkloadIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** A token of this ServiceAccount for the audiences, by a TokenRequest. */
  readonly token: (audiences: readonly string[], signal: AbortSignal) => Promise<string>;
}

/** What it takes to get credentials from a provider. */
export interface CloudMeans {
  readonly clock: Clock;
  /** For providers' public addresses; their metadata services are reached at fixed addresses, whatever this says. */
  readonly reach: Reach;
  readonly signal: AbortSignal;
  readonly environment: ControllerEnvironment;
  /** Absent: the controller's own identity. */
  readonly identity?: WorkloadIdentity | undefined;
  /** On the way to public addresses; absent: what the environment names. No authorities of an object's own: whoever names them could listen to the controller's tokens. */
  readonly proxy?: HttpProxy | undefined;
  readonly cache?: TokenCache | undefined;
  readonly subject?: CacheSubject | undefined;
  /** Where to go instead of a provider's address. */
  readonly reroute?: (url: URL) => URL;
}

/** Something that was handed out, and until when it is good. */
export interface Issued<T> extends Expiring {
  readonly login: T;
}

export type CloudQuestion = Omit<ProviderCall, 'client' | 'request'> & {
  readonly request: Omit<ProviderCall['request'], 'signal'>;
  /** A service of the machine itself. */
  readonly local?: boolean;
};

/** A metadata service is next door; where there is none, nobody says so. */
const LOCAL_TIMEOUT_MS = 5_000;

/** Asks a provider, and gives back the text of a good answer. Throws `IdentityError`, or the signal's reason. */
export async function askCloud({ local = false, ...question }: CloudQuestion, means: CloudMeans): Promise<string> {
  const { clock, signal, reach, environment } = means;
  const url = means.reroute?.(question.url) ?? question.url;
  const proxy = local ? undefined : (means.proxy ?? environmentProxy(url, environment.variables));
  const access = { login: { kind: 'anonymous' }, ...(proxy === undefined ? {} : { proxy }) } as const;
  using client = createHttpClient({ access, reach: local ? 'anywhere' : reach, clock });
  if (!local) return await callProvider({ ...question, url, client, request: { ...question.request, signal } });
  const { provider, step } = question;
  const reason = () => new IdentityError(provider, 'unreachable', `failed to ${step}: no answer within ${LOCAL_TIMEOUT_MS / 1000} s`);
  using deadline = deadlineSignal({ parents: [signal], timeoutMs: LOCAL_TIMEOUT_MS, clock, reason });
  return await callProvider({ ...question, url, client, request: { ...question.request, signal: deadline.signal } });
}

/**
 * From the cache, if there is one. The key is told apart by the identity: the controller's, or which ServiceAccount's, with all that it
 * says of itself.
 */
export function cached<T extends Expiring>(
  key: readonly string[],
  means: CloudMeans,
  fetch: (means: CloudMeans) => Promise<T>,
): Promise<T> {
  const { cache, signal, subject } = means;
  if (cache === undefined) return fetch(means);
  return cache.get(keyOf(key, means), (shared) => fetch({ ...means, signal: shared }), { signal, subject });
}

/** Forgets what `cached` keeps under a key, for this identity. */
export const dropCached = (key: readonly string[], means: CloudMeans): void => means.cache?.drop(keyOf(key, means));

function keyOf(key: readonly string[], { identity, proxy }: CloudMeans): readonly string[] {
  const { namespace, name, annotations = {} } = identity ?? {};
  const who =
    identity === undefined
      ? ['controller']
      : ['service-account', namespace ?? '', name ?? '', JSON.stringify(Object.entries(annotations).sort())];
  return [...key, ...who, proxy?.address.href ?? ''];
}

/** A file that the controller's environment names. */
export async function fileOf(
  path: string,
  { environment }: CloudMeans,
  { provider, what }: { readonly provider: IdentityError['provider']; readonly what: string },
): Promise<string> {
  try {
    return (await environment.readFile(path)).trim();
  } catch {
    throw new IdentityError(provider, 'misconfigured', `failed to read ${what} at ${path}`);
  }
}

/** A body as forms are sent. */
export const formOf = (fields: Readonly<Record<string, string>>) => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
});

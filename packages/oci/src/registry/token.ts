import { type JsonValue, parsePlainJson } from '@gotk/apimachinery';
import { basicAuthorization, type HttpClient, type RegistryLogin } from '@gotk/auth';
import { OciError } from '../oci-error.ts';
import { failureOf, ociErrorOf } from './failure.ts';

/** A token as the realm gave it. */
export interface Token {
  readonly token: string;
  readonly expiresInMs: number;
}

export interface TokenRequest {
  readonly realm: URL;
  readonly service: string;
  /** As `repository:org/app:pull`. */
  readonly scope: string;
  readonly login: RegistryLogin;
}

const MAX_ANSWER_BYTES = 256 * 1024;
/** What a token lives that says nothing, by Docker's specification. */
const DEFAULT_SECONDS = 60;
/** A registry that wants a token to be kept for longer has to give it again. */
const MAX_SECONDS = 3_600;

/**
 * Asks a realm for a token: by GET, with the login if there is one, as every token server knows it; by POST (OAuth 2.0) for an identity
 * token, which has no other way. Follows no redirect: it is the realm that was allowed. Throws `OciError`, or the signal's reason.
 */
export async function requestToken(client: HttpClient, request: TokenRequest, signal: AbortSignal): Promise<Token> {
  const identity = request.login.kind === 'identity' ? request.login.token : undefined;
  const answer = await (identity === undefined ? get(client, request, signal) : post(client, { ...request, identity }, signal)).catch(
    (error: unknown) => {
      throw ociErrorOf(error);
    },
  );
  if (answer.status !== 200) throw await failureOf(answer, identity === undefined ? 'GET' : 'POST');
  const body = await answer.bytes().catch((error: unknown) => {
    throw ociErrorOf(error);
  });
  return parseToken(body.toString('utf8'));
}

function get(client: HttpClient, { realm, service, scope, login }: TokenRequest, signal: AbortSignal) {
  const url = new URL(realm);
  url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  const authorization = login.kind === 'basic' ? { authorization: basicAuthorization(login) } : {};
  return client.request(url, { signal, maxBytes: MAX_ANSWER_BYTES, ...authorization });
}

function post(client: HttpClient, { realm, service, scope, identity }: TokenRequest & { readonly identity: string }, signal: AbortSignal) {
  const form = { grant_type: 'refresh_token', client_id: 'gitops-toolkit', service, scope, refresh_token: identity };
  return client.request(realm, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
    signal,
    maxBytes: MAX_ANSWER_BYTES,
  });
}

/** Docker's servers write `token`, OAuth's `access_token`, some both. Throws `OciError`, kind `protocol`, without what it read. */
export function parseToken(text: string): Token {
  const answer = jsonIn(text);
  const fields = typeof answer === 'object' && answer !== null && !Array.isArray(answer) ? answer : {};
  const { token, access_token, expires_in } = fields as Readonly<Record<string, JsonValue>>;
  const value = [access_token, token].find((candidate) => typeof candidate === 'string' && candidate !== '');
  if (typeof value !== 'string') throw new OciError('protocol', 'the token server answered without a token');
  // It becomes a header.
  if (!/^[\x21-\x7e]+$/.test(value)) throw new OciError('protocol', 'the token server answered with a token that is none');
  const seconds = typeof expires_in === 'number' && expires_in > 0 ? Math.min(expires_in, MAX_SECONDS) : DEFAULT_SECONDS;
  return { token: value, expiresInMs: seconds * 1000 };
}

function jsonIn(text: string): JsonValue {
  try {
    return parsePlainJson(text);
  } catch {
    throw new OciError('protocol', 'the token server did not answer in JSON');
  }
}

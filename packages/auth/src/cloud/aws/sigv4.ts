import { createHash, createHmac } from 'node:crypto';
import type { AwsKeys } from './aws-credentials.ts';

export interface Signable {
  readonly method: string;
  readonly url: URL;
  /** In lower case; `host` is added. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SigningScope {
  readonly region: string;
  readonly service: string;
  readonly nowMs: number;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** `20150830T123600Z` */
export const timestampOf = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');

/**
 * The headers of a request that is signed with version 4 of AWS's signatures, `host` and `authorization` among them. Path and query are
 * signed as they stand in the URL, once encoded, as S3 has it: the query has to be sorted.
 */
export function signedHeaders(request: Signable, keys: AwsKeys, { region, service, nowMs }: SigningScope): Record<string, string> {
  const time = timestampOf(nowMs);
  const { sessionToken } = keys;
  const headers: Record<string, string> = {
    ...request.headers,
    host: request.url.host,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const canonical = canonicalRequest({ ...request, headers }, sha256(request.body ?? ''));
  const { scope, signature } = sign(canonical, keys, { region, service, time });
  const credential = `${keys.accessKeyId}/${scope}`;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${namesOf(headers)}, Signature=${signature}`,
  };
}

/**
 * The URL of a request that whoever has it may make until the time is over: what `signedHeaders` puts into headers is in its query. The headers of the
 * request are signed too, and have to be sent with it.
 */
export function presignedUrl(
  { method, url, headers = {} }: Omit<Signable, 'body'>,
  keys: AwsKeys,
  { region, service, nowMs, expiresSeconds }: SigningScope & { readonly expiresSeconds: number },
): string {
  const time = timestampOf(nowMs);
  const { accessKeyId, sessionToken } = keys;
  const signedOnes = { ...headers, host: url.host };
  const query: readonly (readonly [string, string])[] = [
    ...url.searchParams,
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${accessKeyId}/${scopeOf({ region, service, time })}`],
    ['X-Amz-Date', time],
    ['X-Amz-Expires', String(expiresSeconds)],
    ...(sessionToken === undefined ? [] : [['X-Amz-Security-Token', sessionToken] as const]),
    ['X-Amz-SignedHeaders', namesOf(signedOnes)],
  ];
  const unsigned = new URL(url);
  unsigned.search = query
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const { signature } = sign(canonicalRequest({ method, url: unsigned, headers: signedOnes }, sha256('')), keys, { region, service, time });
  return `${unsigned.href}&X-Amz-Signature=${signature}`;
}

/** As RFC 3986 has it: `encodeURIComponent` leaves some of what is reserved. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** The signature of a canonical request. `time` is what is signed: some services want it without its `Z`. */
export function sign(
  canonical: string,
  { secretAccessKey }: AwsKeys,
  { region, service, time }: { readonly region: string; readonly service: string; readonly time: string },
): { readonly scope: string; readonly signature: string } {
  const day = time.slice(0, 8);
  const scope = scopeOf({ region, service, time });
  const key = [region, service, 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secretAccessKey}`, day));
  return { scope, signature: hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex') };
}

const scopeOf = ({ region, service, time }: { readonly region: string; readonly service: string; readonly time: string }): string =>
  `${time.slice(0, 8)}/${region}/${service}/aws4_request`;

export function canonicalRequest({ method, url, headers = {} }: Signable, payloadHash: string): string {
  const lines = Object.entries(headers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`);
  return [method, url.pathname, url.search.slice(1), lines.join(''), namesOf(headers), payloadHash].join('\n');
}

const namesOf = (headers: Readonly<Record<string, string>>) => Object.keys(headers).sort().join(';');

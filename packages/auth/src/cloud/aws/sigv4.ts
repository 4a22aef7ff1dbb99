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

/** The signature of a canonical request. `time` is what is signed: some services want it without its `Z`. */
export function sign(
  canonical: string,
  { secretAccessKey }: AwsKeys,
  { region, service, time }: { readonly region: string; readonly service: string; readonly time: string },
): { readonly scope: string; readonly signature: string } {
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [region, service, 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${secretAccessKey}`, day));
  return { scope, signature: hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex') };
}

export function canonicalRequest({ method, url, headers = {} }: Signable, payloadHash: string): string {
  const lines = Object.entries(headers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`);
  return [method, url.pathname, url.search.slice(1), lines.join(''), namesOf(headers), payloadHash].join('\n');
}

const namesOf = (headers: Readonly<Record<string, string>>) => Object.keys(headers).sort().join(';');

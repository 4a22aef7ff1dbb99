import type { Bucket } from '@gotk/api';
import { Reason } from '@gotk/api';
import type { Clock } from '@gotk/apimachinery';
import { createHttpClient, type HttpAccess, httpAccessOf, httpProxyFrom, InvalidLogin } from '@gotk/auth';
import { type AzureLogin, azureStore, gcsStore, type ObjectStore, type S3Login, s3Store } from '@gotk/bucket';
import { type Secret, Stalled } from '@gotk/runtime';
import type { SourceDeps } from '../source/deps.ts';
import { readSecret } from '../source/secrets.ts';

export interface StoreContext {
  readonly deps: SourceDeps;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * The bucket that the spec stands for, and how to log in there. Throws `InvalidLogin` for Secrets that are missing or cannot be used, `BucketError` for an endpoint or a name that cannot be one.
 */
export async function storeOf(bucket: Bucket, { deps, clock, signal }: StoreContext): Promise<ObjectStore> {
  const { spec, metadata } = bucket;
  const reader = { manager: deps.manager, namespace: metadata.namespace ?? '', signal };
  const secret = await readSecret(spec.secretRef, reader);
  const certSecret = await readSecret(spec.certSecretRef, reader);
  const proxySecret = await readSecret(spec.proxySecretRef, reader);
  const provider = spec.provider ?? 'generic';
  const clientWith = (access: HttpAccess) => createHttpClient({ access, reach: deps.reach, clock, connections: 8 });
  // Certificates are for the generic provider alone, as in Flux.
  const own = httpAccessOf({ certSecret: provider === 'generic' ? certSecret : undefined, proxySecret }, originOf(spec));
  const { bucketName } = spec;

  switch (provider) {
    case 'generic':
    case 'aws': {
      const keys = secret === undefined ? undefined : s3KeysOf(secret);
      return s3Store({
        endpoint: spec.endpoint,
        bucket: bucketName,
        insecure: spec.insecure === true,
        region: spec.region,
        login: async () => keys,
        client: clientWith(own),
        now: () => clock.now(),
      });
    }
    case 'azure':
      return azureStore({
        endpoint: spec.endpoint,
        container: bucketName,
        login: secret === undefined ? { kind: 'anonymous' } : azureLoginOf(secret),
        client: clientWith({ login: { kind: 'anonymous' }, ...(proxySecret === undefined ? {} : { proxy: httpProxyFrom(proxySecret) }) }),
        now: () => clock.now(),
      });
    case 'gcp':
      return gcsStore({ bucket: bucketName, token: async () => undefined, client: clientWith(own) });
  }
}

function originOf({ endpoint, insecure }: Bucket['spec']): URL {
  const url = URL.parse(/^https?:\/\//.test(endpoint) ? endpoint : `${insecure === true ? 'http' : 'https'}://${endpoint}`);
  if (url === null) throw new Stalled({ reason: Reason.InvalidURL, message: 'spec.endpoint is not the host of a store' });
  return url;
}

const textOf = ({ data = {} }: Secret, key: string): string | undefined =>
  data[key] === undefined ? undefined : Buffer.from(data[key], 'base64').toString('utf8').trim();

function s3KeysOf(secret: Secret): S3Login {
  const [accessKeyId, secretAccessKey] = [textOf(secret, 'accesskey'), textOf(secret, 'secretkey')];
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new InvalidLogin(`Secret '${secret.metadata.name}' needs both 'accesskey' and 'secretkey'`);
  return { accessKeyId, secretAccessKey };
}

function azureLoginOf(secret: Secret): AzureLogin {
  const [key, query] = [textOf(secret, 'accountKey'), textOf(secret, 'sasKey')];
  if (key !== undefined) return { kind: 'shared-key', key };
  if (query !== undefined) return { kind: 'sas', query };
  throw new InvalidLogin(`Secret '${secret.metadata.name}' has neither 'accountKey' nor 'sasKey'`);
}

import { type Bucket, Reason } from '@gotk/api';
import type { Clock } from '@gotk/apimachinery';
import { createHttpClient, type HttpAccess, httpAccessOf, httpProxyFrom } from '@gotk/auth';
import { azureEndpoint, azureStore, GCS_API, gcsStore, type ObjectStore, type PageReader, s3Store } from '@gotk/bucket';
import { Stalled } from '@gotk/runtime';
import { cloudMeansOf } from '../source/cloud-means.ts';
import type { SourceDeps } from '../source/deps.ts';
import { withEnvironmentProxy } from '../source/environment-proxy.ts';
import { readSecret } from '../source/secrets.ts';
import { azureLoginOf, gcsTokenOf, s3LoginOf } from './logins.ts';

export interface StoreContext {
  readonly deps: SourceDeps;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly readPage: PageReader;
}

const CONNECTIONS = 8;

/**
 * The bucket that the spec stands for, and how to log in there. Throws `InvalidLogin` for Secrets that are missing or cannot be used, `IdentityError` for a cloud that hands out nothing, `BucketError` for
 * an endpoint or a name that cannot be one, `Stalled` for what only another spec can mend.
 */
export async function storeOf(bucket: Bucket, { deps, clock, signal, readPage }: StoreContext): Promise<ObjectStore> {
  const { spec, kind, metadata } = bucket;
  const owner = { kind, namespace: metadata.namespace ?? '', name: metadata.name };
  const reader = { manager: deps.manager, namespace: owner.namespace, signal };
  const secret = await readSecret(spec.secretRef, reader);
  const proxySecret = await readSecret(spec.proxySecretRef, reader);
  const proxy = proxySecret === undefined ? undefined : httpProxyFrom(proxySecret);
  const provider = spec.provider ?? 'generic';
  const cloud = provider === 'generic' ? undefined : spec.serviceAccountName;
  const means = await cloudMeansOf({ deps, clock, signal, owner, serviceAccountName: cloud, proxy });
  const { variables } = deps.cloud.environment;
  const clientWith = (access: HttpAccess, url: URL) =>
    createHttpClient({ access: withEnvironmentProxy(access, url, variables), reach: deps.reach, clock, connections: CONNECTIONS });
  const common = { endpoint: spec.endpoint, now: () => clock.now(), readPage };
  const throughProxy: HttpAccess = { login: { kind: 'anonymous' }, ...(proxy === undefined ? {} : { proxy }) };

  switch (provider) {
    case 'generic':
    case 'aws': {
      checkSts(spec);
      const certSecret = await readSecret(spec.certSecretRef, reader);
      const stsCertSecret = await readSecret(spec.sts?.certSecretRef, reader);
      const sts = originOf(spec.sts?.endpoint ?? spec.endpoint, spec);
      const login = s3LoginOf({
        spec: { ...spec, provider },
        secret,
        stsSecret: await readSecret(spec.sts?.secretRef, reader),
        clientWith: (access) => clientWith(access, sts),
        stsAccess: httpAccessOf({ certSecret: stsCertSecret, proxySecret }, sts),
        means,
      });
      const origin = originOf(spec.endpoint, spec);
      const client = clientWith(httpAccessOf({ certSecret, proxySecret }, origin), origin);
      return s3Store({ ...common, bucket: spec.bucketName, insecure: spec.insecure === true, region: spec.region, login, client });
    }
    case 'azure': {
      const login = await azureLoginOf(spec, secret, means);
      return azureStore({ ...common, container: spec.bucketName, login, client: clientWith(throughProxy, azureEndpoint(spec.endpoint)) });
    }
    case 'gcp':
      return gcsStore({ bucket: spec.bucketName, token: gcsTokenOf(secret, means), client: clientWith(throughProxy, GCS_API), readPage });
  }
}

/** What the schema says as well; a stored object may be older than the schema. */
function checkSts({ provider = 'generic', sts }: Bucket['spec']): void {
  if (sts === undefined || (provider === 'aws') === (sts.provider === 'aws')) return;
  const message = `STS provider '${sts.provider}' is not supported for '${provider}' bucket provider`;
  throw new Stalled({ reason: 'InvalidSTSConfiguration', message });
}

function originOf(endpoint: string, { insecure }: Bucket['spec']): URL {
  const url = URL.parse(/^https?:\/\//.test(endpoint) ? endpoint : `${insecure === true ? 'http' : 'https'}://${endpoint}`);
  if (url === null) throw new Stalled({ reason: Reason.InvalidURL, message: 'spec.endpoint is not the host of a store' });
  return url;
}

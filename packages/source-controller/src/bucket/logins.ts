import type { Bucket } from '@gotk/api';
import {
  type AwsKeys,
  AzureScope,
  awsCredentials,
  azureSecretToken,
  azureToken,
  type CloudMeans,
  gcpToken,
  type HttpAccess,
  type HttpClient,
  IdentityError,
  InvalidLogin,
  ldapCredentials,
  tokenByAccountKey,
} from '@gotk/auth';
import { type AzureLogin, azureEndpoint, isAzureStorage } from '@gotk/bucket';
import type { Secret } from '@gotk/runtime';

const textOf = ({ data = {} }: Secret, key: string): string | undefined =>
  data[key] === undefined ? undefined : Buffer.from(data[key], 'base64').toString('utf8').trim() || undefined;

export interface S3Request {
  readonly spec: Bucket['spec'];
  readonly secret: Secret | undefined;
  readonly stsSecret: Secret | undefined;
  /** For the STS. */
  readonly clientWith: (access: HttpAccess) => HttpClient;
  readonly stsAccess: HttpAccess;
  readonly means: CloudMeans;
}

/**
 * Who asks an S3 server: the keys of the Secret; else, with the provider `aws`, the ServiceAccount or the controller; else whoever the STS knows by LDAP; else nobody. What was handed out for
 * a time is handed out again before it is over.
 */
export function s3LoginOf({
  spec,
  secret,
  stsSecret,
  clientWith,
  stsAccess,
  means,
}: S3Request): (signal: AbortSignal) => Promise<AwsKeys | undefined> {
  if (secret !== undefined) {
    const [accessKeyId, secretAccessKey] = [textOf(secret, 'accesskey'), textOf(secret, 'secretkey')];
    if (accessKeyId === undefined || secretAccessKey === undefined)
      throw new InvalidLogin(`Secret '${secret.metadata.name}' needs both 'accesskey' and 'secretkey'`);
    return async () => ({ accessKeyId, secretAccessKey });
  }
  const { sts, region, provider } = spec;
  if (provider === 'aws') {
    const place = { ...(region === undefined ? {} : { region }), ...(sts === undefined ? {} : { stsEndpoint: sts.endpoint }) };
    return (signal) => awsCredentials(place, { ...means, signal });
  }
  if (sts?.provider !== 'ldap') return async () => undefined;
  if (stsSecret === undefined) throw new InvalidLogin("spec.sts needs a secretRef with 'username' and 'password' for the provider 'ldap'");
  const endpoint = URL.parse(sts.endpoint);
  if (endpoint === null) throw new InvalidLogin('spec.sts.endpoint is not a URL');
  // One login for one run: it outlives any.
  let once: Promise<AwsKeys> | undefined;
  return (signal) => {
    once ??= (async () => {
      using client = clientWith(stsAccess);
      return await ldapCredentials(endpoint, stsSecret, { client, signal });
    })();
    return once;
  };
}

/** Who asks a storage account of Azure: what the Secret says, as upstream tries it in order; else the ServiceAccount or the controller; else nobody. */
export async function azureLoginOf(spec: Bucket['spec'], secret: Secret | undefined, means: CloudMeans): Promise<AzureLogin> {
  const isAzure = isAzureStorage(azureEndpoint(spec.endpoint));
  if (secret !== undefined) {
    const token = await azureSecretToken(secret, AzureScope.Storage, means);
    if (token !== undefined) {
      // Of an application the token is the tenant's own; that of the machine is not.
      if (textOf(secret, 'clientSecret') === undefined && textOf(secret, 'clientCertificate') === undefined && !isAzure)
        throw notAzure(spec);
      return { kind: 'token', token: async () => token.token };
    }
    const [key, query] = [textOf(secret, 'accountKey'), textOf(secret, 'sasKey')];
    if (key !== undefined) return { kind: 'shared-key', key };
    if (query !== undefined) return { kind: 'sas', query };
    if (textOf(secret, 'authorityHost') === undefined)
      throw new InvalidLogin(
        `Secret '${secret.metadata.name}' has neither 'accountKey', nor 'sasKey', nor 'clientId' with 'tenantId' and 'clientSecret' or 'clientCertificate'`,
      );
  }
  if (!isAzure) {
    if (spec.serviceAccountName !== undefined) throw notAzure(spec);
    return { kind: 'anonymous' };
  }
  try {
    const { token } = await azureToken(AzureScope.Storage, means);
    return { kind: 'token', token: async () => token };
  } catch (error) {
    // Whoever has no identity may still read what is public.
    if (error instanceof IdentityError && error.kind === 'misconfigured' && means.identity === undefined) return { kind: 'anonymous' };
    throw error;
  }
}

const notAzure = ({ endpoint }: Bucket['spec']) =>
  new InvalidLogin(`'${endpoint}' is no storage account of Azure: tokens of the controller or of a ServiceAccount are not sent there`);

/** The token for Google Cloud Storage: of the account whose key the Secret holds, else of the ServiceAccount or the controller. */
export function gcsTokenOf(secret: Secret | undefined, means: CloudMeans): (signal: AbortSignal) => Promise<string> {
  if (secret === undefined) return async (signal) => (await gcpToken({ ...means, signal })).token;
  const key = textOf(secret, 'serviceaccount');
  if (key === undefined) throw new InvalidLogin(`Secret '${secret.metadata.name}' needs 'serviceaccount', the JSON key of an account`);
  return async (signal) => (await tokenByAccountKey(key, { ...means, signal })).token;
}

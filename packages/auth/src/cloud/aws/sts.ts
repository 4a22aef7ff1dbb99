import { IdentityError } from '../identity-error.ts';
import { askCloud, type CloudMeans, formOf } from '../means.ts';
import type { AwsCredentials } from './aws-credentials.ts';

export interface AssumeRole {
  readonly role: string;
  readonly session: string;
  /** Of the ServiceAccount. */
  readonly token: string;
  readonly region: string;
  readonly stsEndpoint?: string | undefined;
}

const STEP = 'assume the role';

/** Exchanges a token of a ServiceAccount for credentials of a role. */
export async function assumeRole({ role, session, token, region, stsEndpoint }: AssumeRole, means: CloudMeans): Promise<AwsCredentials> {
  const answer = await askCloud(
    {
      provider: 'aws',
      step: STEP,
      url: stsUrl(region, stsEndpoint),
      request: {
        method: 'POST',
        ...formOf({
          Action: 'AssumeRoleWithWebIdentity',
          Version: '2011-06-15',
          RoleArn: role,
          RoleSessionName: session,
          WebIdentityToken: token,
        }),
      },
      secrets: [token],
    },
    means,
  );
  return credentialsInXml(answer, { provider: 'aws', step: STEP });
}

/** What the Security Token Service, and those that speak as it does, answer with. */
export function credentialsInXml(
  xml: string,
  { provider, step }: { readonly provider: IdentityError['provider']; readonly step: string },
): AwsCredentials {
  const text = (name: string): string | undefined => new RegExp(`<${name}>\\s*([^<\\s]{1,20000})\\s*</${name}>`).exec(xml)?.[1];
  const [accessKeyId, secretAccessKey, sessionToken] = [text('AccessKeyId'), text('SecretAccessKey'), text('SessionToken')];
  const expiresAtMs = Date.parse(text('Expiration') ?? '');
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined || Number.isNaN(expiresAtMs))
    throw new IdentityError(provider, 'refused', `failed to ${step}: the answer has no credentials`);
  return { accessKeyId, secretAccessKey, sessionToken, expiresAtMs };
}

/** By the beginning of a region's name: its partition's domain. */
const PARTITIONS = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
] as const;

/** Of a region's services. */
export const domainOf = (region: string): string => PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';

/** Of AWS and of nobody else: it gets the token. Upstream looks at the whole URL, in which a path can look like a host. */
const STS_HOST = /^(?:[\w-]{1,63}\.){0,5}sts(?:-fips)?(?:\.[\w-]{1,63}){0,1}(?:\.vpce)?\.amazonaws\.com(?:\.cn)?$/;

function stsUrl(region: string, endpoint: string | undefined): URL {
  if (endpoint === undefined || endpoint === '') return new URL(`https://sts.${region}.${domainOf(region)}/`);
  const url = URL.parse(endpoint);
  if (url === null || url.protocol !== 'https:' || url.pathname !== '/' || url.port !== '' || !STS_HOST.test(url.hostname))
    throw new IdentityError('aws', 'misconfigured', `'${endpoint.slice(0, 200)}' is no endpoint of AWS's Security Token Service`);
  return new URL(url.origin);
}

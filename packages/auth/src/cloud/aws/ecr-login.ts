import type { RegistryLogin } from '../../access/registry-login-from.ts';
import { IdentityError } from '../identity-error.ts';
import { askCloud, type CloudMeans, cached, type Issued } from '../means.ts';
import { fieldsOf, textField, timeField } from '../provider-call.ts';
import { awsCredentials } from './credentials.ts';
import { signedHeaders } from './sigv4.ts';
import { domainOf } from './sts.ts';

const PUBLIC = 'public.ecr.aws';
const PRIVATE =
  /^\d{1,20}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]{1,40})\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|sc2s\.sgov\.gov|c2s\.ic\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov|on\.aws)$/;

const STEP = 'get a token for the registry';
const CALL = { provider: 'aws', step: STEP } as const;

/** A login for a registry of ECR, private or public. Throws `IdentityError`, also for any other host, or the signal's reason. */
export async function ecrLogin(host: string, means: CloudMeans): Promise<Issued<RegistryLogin>> {
  const isPublic = host === PUBLIC;
  const region = isPublic ? 'us-east-1' : PRIVATE.exec(host)?.[1];
  if (region === undefined) throw new IdentityError('aws', 'misconfigured', `'${host.slice(0, 200)}' is no registry of ECR`);
  return await cached(['aws-ecr', isPublic ? PUBLIC : region, host], means, async (shared) => {
    const credentials = await awsCredentials({ region }, shared);
    const service = isPublic ? 'ecr-public' : 'ecr';
    const url = new URL(`https://api.${service}.${region}.${domainOf(region)}/`);
    const target = isPublic ? 'SpencerFrontendService' : 'AmazonEC2ContainerRegistry_V20150921';
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${target}.GetAuthorizationToken` };
    const body = '{}';
    const signed = signedHeaders({ method: 'POST', url, headers, body }, credentials, { region, service, nowMs: shared.clock.now() });
    const { authorization = '', host: _, ...rest } = signed;
    const answer = await askCloud(
      {
        ...CALL,
        url,
        request: { method: 'POST', headers: rest, body, authorization },
        secrets: [credentials.secretAccessKey, credentials.sessionToken ?? ''],
      },
      shared,
    );
    return loginIn(answer, host);
  });
}

function loginIn(answer: string, host: string): Issued<RegistryLogin> {
  const { authorizationData } = fieldsOf(answer);
  const data = fieldsOf(JSON.stringify(Array.isArray(authorizationData) ? authorizationData[0] : authorizationData) ?? '');
  const [username, password] = Buffer.from(textField(data, 'authorizationToken', CALL), 'base64')
    .toString('utf8')
    .split(':');
  if (username === undefined || password === undefined)
    throw new IdentityError('aws', 'refused', `failed to ${STEP}: the answer has no login`);
  return { login: { kind: 'basic', origin: `https://${host}`, username, password }, expiresAtMs: timeField(data.expiresAt, CALL) };
}

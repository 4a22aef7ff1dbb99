import { IdentityError } from '../identity-error.ts';
import { askCloud, type CloudMeans, fileOf } from '../means.ts';
import { fieldsOf, textField, timeField } from '../provider-call.ts';
import type { AwsCredentials, AwsPlace } from './aws-credentials.ts';
import { assumeRole } from './sts.ts';

const HOUR_MS = 3_600_000;

/**
 * The controller's own credentials, by the chain of AWS's SDKs as far as a pod has them: keys in the environment, a web identity (IRSA), a
 * container's credentials (EKS Pod Identity, ECS), the machine's role (IMDSv2).
 */
export async function controllerCredentials(place: AwsPlace & { readonly region: string }, means: CloudMeans): Promise<AwsCredentials> {
  const variables = means.environment.variables;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = variables;
  if (accessKeyId !== undefined && secretAccessKey !== undefined)
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      expiresAtMs: means.clock.now() + HOUR_MS,
    };

  const { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN: role } = variables;
  if (tokenFile !== undefined && role !== undefined) {
    const token = await fileOf(tokenFile, means, { provider: 'aws', what: 'the token of the controller' });
    return await assumeRole({ ...place, role, session: variables.AWS_ROLE_SESSION_NAME ?? 'gitops-toolkit', token }, means);
  }
  return (await containerCredentials(means)) ?? (await machineCredentials(means));
}

async function containerCredentials(means: CloudMeans): Promise<AwsCredentials | undefined> {
  const { variables } = means.environment;
  const relative = variables.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const address = relative === undefined ? variables.AWS_CONTAINER_CREDENTIALS_FULL_URI : `http://169.254.170.2${relative}`;
  if (address === undefined) return undefined;
  const url = URL.parse(address);
  if (url === null) throw new IdentityError('aws', 'misconfigured', 'AWS_CONTAINER_CREDENTIALS_FULL_URI is no URL');
  const file = variables.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
  const authorization =
    file === undefined
      ? variables.AWS_CONTAINER_AUTHORIZATION_TOKEN
      : await fileOf(file, means, { provider: 'aws', what: 'the token of the container' });
  const step = "get the container's credentials";
  const request = authorization === undefined ? {} : { authorization };
  const secrets = authorization === undefined ? [] : [authorization];
  return credentialsInJson(await askCloud({ provider: 'aws', step, url, request, secrets, local: true }, means), step);
}

/** Version 2 of the machine's metadata alone: what can be asked without a token of its own can be asked through an open proxy. */
async function machineCredentials(means: CloudMeans): Promise<AwsCredentials> {
  const { variables } = means.environment;
  if (variables.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true')
    throw new IdentityError('aws', 'misconfigured', 'the environment has no credentials, and AWS_EC2_METADATA_DISABLED is set');
  const base = new URL(variables.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? 'http://169.254.169.254/');
  const step = "get the credentials of the machine's role";
  const ask = (
    path: string,
    {
      method = 'GET',
      headers,
      secrets = [],
    }: { readonly method?: 'GET' | 'PUT'; readonly headers: Readonly<Record<string, string>>; readonly secrets?: readonly string[] },
  ) => askCloud({ provider: 'aws', step, url: new URL(path, base), request: { method, headers }, secrets, local: true }, means);

  const token = (await ask('/latest/api/token', { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '300' } })).trim();
  const known = { headers: { 'x-aws-ec2-metadata-token': token }, secrets: [token] };
  const roles = '/latest/meta-data/iam/security-credentials/';
  const [role = ''] = (await ask(roles, known)).trim().split('\n');
  return credentialsInJson(await ask(`${roles}${encodeURIComponent(role)}`, known), step);
}

function credentialsInJson(text: string, step: string): AwsCredentials {
  const fields = fieldsOf(text);
  const call = { provider: 'aws', step } as const;
  return {
    accessKeyId: textField(fields, 'AccessKeyId', call),
    secretAccessKey: textField(fields, 'SecretAccessKey', call),
    sessionToken: textField(fields, 'Token', call),
    expiresAtMs: timeField(fields.Expiration, call),
  };
}

import { IdentityError } from '../identity-error.ts';
import { askCloud, type CloudMeans, cached, formOf } from '../means.ts';
import type { AwsCredentials, AwsKeys } from './aws-credentials.ts';
import { ROLE } from './credentials.ts';
import { signedHeaders } from './sigv4.ts';
import { credentialsInXml, domainOf } from './sts.ts';

export interface RoleOfKeys {
  readonly role: string;
  readonly session: string;
  readonly region: string;
}

const STEP = 'assume the role';

/** Credentials of a role for whoever has the keys, which have to be allowed to assume it. Throws `IdentityError`, or the signal's reason. */
export function assumeRoleWithKeys({ role, session, region }: RoleOfKeys, keys: AwsKeys, means: CloudMeans): Promise<AwsCredentials> {
  if (!ROLE.test(role)) throw new IdentityError('aws', 'misconfigured', `'${role.slice(0, 60)}' is no role`);
  return cached(['aws-role', role, region, keys.accessKeyId, keys.secretAccessKey], means, async (shared) => {
    const url = new URL(`https://sts.${region}.${domainOf(region)}/`);
    const { headers, body } = formOf({ Action: 'AssumeRole', Version: '2011-06-15', RoleArn: role, RoleSessionName: session });
    const scope = { region, service: 'sts', nowMs: shared.clock.now() };
    const { authorization = '', host: _, ...rest } = signedHeaders({ method: 'POST', url, headers, body }, keys, scope);
    const answer = await askCloud(
      {
        provider: 'aws',
        step: STEP,
        url,
        request: { method: 'POST', headers: rest, body, authorization },
        secrets: [keys.secretAccessKey, keys.sessionToken ?? ''],
      },
      shared,
    );
    return credentialsInXml(answer, { provider: 'aws', step: STEP });
  });
}

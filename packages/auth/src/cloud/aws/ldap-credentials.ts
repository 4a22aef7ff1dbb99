import { keysOf, type LoginSecret } from '../../access/secret-keys.ts';
import type { HttpClient } from '../../outbound/http-client.ts';
import { formOf } from '../means.ts';
import { callProvider } from '../provider-call.ts';
import type { AwsCredentials } from './aws-credentials.ts';
import { credentialsInXml } from './sts.ts';

const STEP = 'log in with LDAP';

/**
 * Credentials for an S3 server that knows people by LDAP (MinIO's AssumeRoleWithLDAPIdentity), for `spec.sts` of a Bucket with the provider
 * `ldap`. Throws `InvalidLogin` for the Secret, `IdentityError`, or the signal's reason.
 */
export async function ldapCredentials(
  endpoint: URL,
  secret: LoginSecret,
  { client, signal }: { readonly client: HttpClient; readonly signal: AbortSignal },
): Promise<AwsCredentials> {
  const keys = keysOf(secret);
  const [username = '', password = ''] = [keys.text('username'), keys.text('password')];
  if (username === '' || password === '') throw keys.invalid("needs both 'username' and 'password' for LDAP");
  const answer = await callProvider({
    client,
    provider: 'ldap',
    step: STEP,
    url: endpoint,
    request: {
      method: 'POST',
      ...formOf({ Action: 'AssumeRoleWithLDAPIdentity', Version: '2011-06-15', LDAPUsername: username, LDAPPassword: password }),
      signal,
    },
    secrets: [password],
  });
  return credentialsInXml(answer, { provider: 'ldap', step: STEP });
}

import { sign } from 'node:crypto';
import { isLarge, MAX_RSA_BITS, privateKeyOf } from '../../access/tls-keys.ts';
import { IdentityError } from '../identity-error.ts';
import { askCloud, type CloudMeans, formOf } from '../means.ts';
import { fieldsOf, textField } from '../provider-call.ts';
import { oauthToken, SCOPES } from './exchange.ts';

const STEP = 'log in with the key of the service account';
const CALL = { provider: 'gcp', step: STEP } as const;
const TOKEN_URL = 'https://oauth2.googleapis.com/token';

/**
 * A token for the holder of a service account's key (RFC 7523): `serviceaccount` of a Bucket's Secret, or the file that the environment
 * names.
 */
export async function tokenByAccountKey(json: string, means: CloudMeans) {
  const fields = fieldsOf(json);
  const privateKey = privateKeyOf(String(fields.private_key ?? ''));
  if (fields.type !== 'service_account' || privateKey?.asymmetricKeyType !== 'rsa')
    throw new IdentityError('gcp', 'misconfigured', 'the key of the service account is none');
  if (isLarge(privateKey))
    throw new IdentityError('gcp', 'misconfigured', `the key of the service account has more than ${MAX_RSA_BITS} bits`);
  const iat = Math.floor(means.clock.now() / 1000);
  const claims = { iss: textField(fields, 'client_email', CALL), scope: SCOPES.join(' '), aud: TOKEN_URL, iat, exp: iat + 3600 };
  const header = { alg: 'RS256', typ: 'JWT', kid: fields.private_key_id };
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const assertion = `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  const request = { method: 'POST', ...formOf({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }) } as const;
  return oauthToken(await askCloud({ ...CALL, url: new URL(TOKEN_URL), request, secrets: [assertion] }, means), STEP, means);
}

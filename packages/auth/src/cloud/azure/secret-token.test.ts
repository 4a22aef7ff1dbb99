import { constants, createHash, verify, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { certificates } from '../../../test/certificates.ts';
import { startCloud } from '../../../test/cloud.ts';
import { secretOf } from '../../../test/secrets.ts';
import { createTokenCache } from '../../token-cache/token-cache.ts';
import { AzureScope } from './azure-token.ts';
import { azureSecretToken } from './secret-token.ts';

const TOKEN = 'POST https://login.microsoftonline.com/tenant/oauth2/v2.0/token';
const granted = { body: { access_token: 'entra', expires_in: 3600 } };
const APP = { tenantId: 'tenant', clientId: 'client\n' };
const { cert, key } = certificates.application;

test('an application with a secret gets a token, once for many, and another for another secret', async () => {
  await using cloud = await startCloud({ [TOKEN]: granted });
  const means = { ...cloud.means(), cache: createTokenCache({ clock: cloud.clock }) };
  const ask = (clientSecret: string) => azureSecretToken(secretOf({ ...APP, clientSecret }), AzureScope.Storage, means);

  await ask('one');
  await ask('one');
  await ask('two');

  expect(cloud.asked.map(({ form }) => [form.client_id, form.client_secret, form.scope])).toEqual([
    ['client', 'one', AzureScope.Storage],
    ['client', 'two', AzureScope.Storage],
  ]);
});

test('an application with a certificate gets a token for what it signed, at an authority of its own', async () => {
  const url = 'https://login.chinacloudapi.cn/tenant/oauth2/v2.0/token';
  await using cloud = await startCloud({ [`POST ${url}`]: granted });
  const secret = secretOf({ ...APP, clientCertificate: `${key}${cert}`, authorityHost: 'https://login.chinacloudapi.cn/' });

  expect(await azureSecretToken(secret, AzureScope.Storage, cloud.means())).toMatchObject({ token: 'entra' });

  const [header = '', claims = '', signature = ''] = cloud.asked[0]?.form.client_assertion?.split('.') ?? [];
  const parsed = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown;
  const certificate = new X509Certificate(cert);
  const padding = { key: certificate.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  expect(verify('sha256', Buffer.from(`${header}.${claims}`), padding, Buffer.from(signature, 'base64url'))).toBe(true);
  expect(parsed(header)).toEqual({
    alg: 'PS256',
    typ: 'JWT',
    'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url'),
  });
  expect(parsed(claims)).toMatchObject({ aud: url, iss: 'client', sub: 'client' });
});

test('a client alone is an identity of the machine, and a key for the account needs no token', async () => {
  const machine =
    'GET http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com&client_id=client';
  await using cloud = await startCloud({ [machine]: granted });

  expect(await azureSecretToken(secretOf({ clientId: 'client' }), AzureScope.Storage, cloud.means())).toMatchObject({ token: 'entra' });
  expect(await azureSecretToken(secretOf({ accountKey: 'key' }), AzureScope.Storage, cloud.means())).toBeUndefined();
});

test.each([
  [{ clientSecret: 's', authorityHost: 'http://login.example.com' }, "has an 'authorityHost' that is no https:// URL"],
  [{ clientSecret: 's', authorityHost: 'https://' }, "has an 'authorityHost' that is no https:// URL"],
  [{ clientCertificate: cert }, "has no RSA key in PEM without a passphrase in 'clientCertificate'"],
  [{ clientCertificate: key }, "has no certificate in PEM in 'clientCertificate'"],
])('a Secret that makes no sense is refused with advice (%#)', async (data, message) => {
  await using cloud = await startCloud({});
  const secret = secretOf({ ...APP, ...(data as Record<string, string>) });

  await expect(azureSecretToken(secret, AzureScope.Storage, cloud.means())).rejects.toThrow(`Secret 'login' ${message}`);
  expect(cloud.asked).toEqual([]);
});

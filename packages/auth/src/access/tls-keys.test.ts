import { createPrivateKey, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { certificates } from '../../test/certificates.ts';
import { startCloud } from '../../test/cloud.ts';
import { secretOf } from '../../test/secrets.ts';
import { AzureScope } from '../cloud/azure/azure-token.ts';
import { azureSecretToken } from '../cloud/azure/secret-token.ts';
import { tokenByAccountKey } from '../cloud/gcp/account-key.ts';
import { githubAppFrom } from '../github-app/github-app-from.ts';

/** As an RSA key of so many bits looks; nobody would wait for a real one. */
function keyOf(bits: number): string {
  const number = (size: number) => {
    const bytes = randomBytes(size / 8);
    bytes[0] = 0xff;
    return bytes.toString('base64url');
  };
  const [n, d] = [number(bits), number(bits)];
  const [p, q, dp, dq, qi] = Array.from({ length: 5 }, () => number(bits / 2)) as [string, string, string, string, string];
  const key = createPrivateKey({ key: { kty: 'RSA', n, e: 'AQAB', d, p, q, dp, dq, qi }, format: 'jwk' });
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

test('an RSA key that would hold up everybody is refused before anything is signed with it (P4)', async () => {
  await using cloud = await startCloud({});
  const pem = keyOf(8_192);
  const account = JSON.stringify({ type: 'service_account', client_email: 'a@b', private_key: pem });
  const application = secretOf({ tenantId: 'tenant', clientId: 'client', clientCertificate: pem + certificates.application.cert });
  const app = secretOf({ githubAppID: '1', githubAppInstallationID: '2', githubAppPrivateKey: pem });

  await expect(tokenByAccountKey(account, cloud.means())).rejects.toThrow('has more than 4096 bits');
  await expect(azureSecretToken(application, AzureScope.KeyVault, cloud.means())).rejects.toThrow('RSA key of more than 4096 bits');
  expect(() => githubAppFrom(app)).toThrow('RSA key of more than 4096 bits');
  expect(cloud.asked).toEqual([]);
});

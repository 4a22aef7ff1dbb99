import { AzureScope } from '@gotk/auth';
import { describe, expect, test } from 'vitest';
import { type Asked, expectedSignature, startCloud } from '../../test/cloud.ts';
import { DATA_KEY, encrypted } from '../../test/encryptor.ts';
import { decrypted } from '../../test/fixtures.ts';
import { awsKmsService } from './aws-kms.ts';
import { azureKeyVaultService } from './azure-key-vault.ts';
import { gcpKmsService } from './gcp-kms.ts';

const KEYS = { accessKeyId: 'AKIA', secretAccessKey: 'CANARY-secret' };
const KMS = 'POST https://kms.eu-west-1.amazonaws.com/';
const ARN = 'arn:aws:kms:eu-west-1:107501996527:key/612d5f0a-b1c3-45e6-aca6-a5b005693a48';
const GOOD = { body: { Plaintext: DATA_KEY.toString('base64') } };
const signal = () => AbortSignal.timeout(10_000);
const awsKey = (more: object = {}) => ({ type: 'kms', arn: ARN, role: '', context: {}, encrypted: 'c2VhbGVk', ...more }) as const;

const isSigned = (asked: Asked | undefined, host: string, secret: string) =>
  asked?.headers.authorization?.endsWith(expectedSignature(asked, host, secret)) === true;

describe('AWS KMS', () => {
  test('decrypts the data key of a file, asked in the region of the key, with a signature', async () => {
    await using cloud = await startCloud({ [KMS]: GOOD });
    const file = await encrypted({ a: 'x' }, { age: [], kms: [{ arn: ARN, context: { app: 'web' }, enc: 'c2VhbGVk' }] });

    expect((await decrypted(file, 'json', { kms: awsKmsService({ means: cloud.means, keys: KEYS }) })).toString()).toContain('"x"');
    const [asked] = cloud.asked;
    expect(asked?.headers['x-amz-target']).toBe('TrentService.Decrypt');
    expect(JSON.parse(asked?.body ?? '')).toEqual({ KeyId: ARN, CiphertextBlob: 'c2VhbGVk', EncryptionContext: { app: 'web' } });
    expect(asked?.headers.authorization).toContain('/eu-west-1/kms/aws4_request');
    expect(isSigned(asked, 'kms.eu-west-1.amazonaws.com', 'CANARY-secret')).toBe(true);
  });

  test('is asked as the role that the file names', async () => {
    const credentials =
      '<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>other</SecretAccessKey><SessionToken>session</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>';
    await using cloud = await startCloud({ 'POST https://sts.eu-west-1.amazonaws.com/': { body: credentials }, [KMS]: GOOD });
    const role = 'arn:aws:iam::107501996527:role/sops';

    await awsKmsService({ means: cloud.means, keys: KEYS })(awsKey({ role }), signal());

    const [first, second] = cloud.asked;
    expect(Object.fromEntries(new URLSearchParams(first?.body))).toMatchObject({ Action: 'AssumeRole', RoleArn: role });
    expect(isSigned(first, 'sts.eu-west-1.amazonaws.com', 'CANARY-secret')).toBe(true);
    expect(second?.headers['x-amz-security-token']).toBe('session');
    expect(isSigned(second, 'kms.eu-west-1.amazonaws.com', 'other')).toBe(true);
  });

  test.each([
    ['a bucket of a stranger', { arn: 'arn:aws:kms:s3:1:key/a' }],
    ['a host of a stranger', { arn: 'arn:aws:kms:x.evil.example#:1:key/a' }],
    ['no key', { arn: 'arn:aws:s3:::bucket' }],
    ['no base64', { encrypted: '%%%' }],
    ['a role of a stranger', { role: 'arn:aws:iam::1:user/x' }],
  ])('is not asked for %s', async (_, more) => {
    await using cloud = await startCloud({ [KMS]: GOOD });

    await expect(awsKmsService({ means: cloud.means, keys: KEYS })(awsKey(more), signal())).rejects.toThrow();
    expect(cloud.asked).toEqual([]);
  });

  test('says why it refused, and shows no key', async () => {
    await using cloud = await startCloud({
      [KMS]: { status: 400, body: { __type: 'AccessDeniedException', message: 'not for CANARY-secret' } },
    });

    await expect(awsKmsService({ means: cloud.means, keys: KEYS })(awsKey(), signal())).rejects.toThrow(
      /^aws: failed to decrypt the data key with AWS KMS: .* answered 400 \(not for \*+\)$/,
    );
  });
});

describe('GCP KMS', () => {
  const resourceId = 'projects/p/locations/global/keyRings/r/cryptoKeys/k';
  const ADDRESS = `POST https://cloudkms.googleapis.com/v1/${resourceId}:decrypt`;
  const token = async () => ({ token: 'CANARY-bearer', expiresAtMs: Number.MAX_SAFE_INTEGER });

  test('decrypts the data key of a file', async () => {
    await using cloud = await startCloud({ [ADDRESS]: { body: { plaintext: DATA_KEY.toString('base64') } } });
    const file = await encrypted({ a: 'x' }, { age: [], gcp_kms: [{ resource_id: resourceId, enc: 'c2VhbGVk' }] });

    expect((await decrypted(file, 'json', { gcp_kms: gcpKmsService({ means: cloud.means, token }) })).toString()).toContain('"x"');
    expect(cloud.asked[0]?.headers.authorization).toBe('Bearer CANARY-bearer');
    expect(JSON.parse(cloud.asked[0]?.body ?? '')).toEqual({ ciphertext: 'c2VhbGVk' });
  });

  test('is not asked for what is no key', async () => {
    await using cloud = await startCloud({});
    const service = gcpKmsService({ means: cloud.means, token });

    for (const id of ['projects/p/locations/l/keyRings/r/cryptoKeys/../../x', 'x', `${resourceId}?x=`])
      await expect(service({ type: 'gcp_kms', resourceId: id, encrypted: 'c2VhbGVk' }, signal())).rejects.toThrow('no key of GCP KMS');
    expect(cloud.asked).toEqual([]);
  });
});

describe('Azure Key Vault', () => {
  const key = { type: 'azure_kv', vaultUrl: 'https://v.vault.azure.net', name: 'sops', version: 'abc1', encrypted: 'c2VhbGVk' } as const;
  const token = async (scope: AzureScope) => ({ token: `CANARY for ${scope}`, expiresAtMs: Number.MAX_SAFE_INTEGER });

  test('decrypts the data key of a file', async () => {
    const address = 'POST https://v.vault.azure.net/keys/sops/abc1/decrypt?api-version=7.4';
    await using cloud = await startCloud({ [address]: { body: { value: DATA_KEY.toString('base64url') } } });
    const file = await encrypted(
      { a: 'x' },
      { age: [], azure_kv: [{ vault_url: key.vaultUrl, name: 'sops', version: 'abc1', enc: 'c2VhbGVk' }] },
    );

    expect((await decrypted(file, 'json', { azure_kv: azureKeyVaultService({ means: cloud.means, token }) })).toString()).toContain('"x"');
    expect(cloud.asked[0]?.headers.authorization).toBe(`Bearer CANARY for ${AzureScope.KeyVault}`);
    expect(JSON.parse(cloud.asked[0]?.body ?? '')).toEqual({ alg: 'RSA-OAEP-256', value: 'c2VhbGVk' });
  });

  test.each([
    'https://vault.azure.net.evil.example',
    'http://v.vault.azure.net',
    'https://evil.example/.vault.azure.net',
    'https://v.vault.azure.net:8443',
  ])('gives no token to %s', async (vaultUrl) => {
    await using cloud = await startCloud({});

    await expect(azureKeyVaultService({ means: cloud.means, token })({ ...key, vaultUrl }, signal())).rejects.toThrow(
      'no Key Vault of Azure',
    );
    expect(cloud.asked).toEqual([]);
  });
});

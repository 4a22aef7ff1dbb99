import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Asked, serviceAccount, startCloud } from '../../../test/cloud.ts';
import { cloudRegistryLogin } from '../cloud-login.ts';
import { tokenByAccountKey } from './account-key.ts';
import { gcpToken } from './gcp-token.ts';

const METADATA = 'http://169.254.169.254/computeMetadata/v1';
const STS = 'POST https://sts.googleapis.com/v1/token';
const ACCOUNT = 'app@project.iam.gserviceaccount.com';
const IMPERSONATE = `POST https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${encodeURIComponent(ACCOUNT)}:generateAccessToken`;
const PROVIDER = 'projects/1/locations/global/workloadIdentityPools/pool/providers/cluster';
const UNTIL = '2100-01-01T00:00:00Z';

const granted = (token: string) => ({ body: { access_token: token, expires_in: 3600, token_type: 'Bearer' } });
const byMetadata =
  (body: string) =>
  ({ headers }: Asked) =>
    headers['metadata-flavor'] === 'Google' ? { body } : { status: 403, body: '' };

describe("the controller's token", () => {
  test("is that of the machine's account", async () => {
    const body = JSON.stringify(granted('machine').body);
    await using cloud = await startCloud({ [`GET ${METADATA}/instance/service-accounts/default/token`]: byMetadata(body) });

    expect(await gcpToken(cloud.means())).toEqual({ token: 'machine', expiresAtMs: cloud.clock.now() + 3_600_000 });
  });

  test('is exchanged for the token in a file, and for one of an account to act as', async () => {
    await using cloud = await startCloud({
      [STS]: granted('federated'),
      [IMPERSONATE]: { body: { accessToken: 'account', expireTime: UNTIL } },
    });
    const config = {
      type: 'external_account',
      audience: `//iam.googleapis.com/${PROVIDER}`,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      credential_source: { file: '/var/token', format: { type: 'json', subject_token_field_name: 'jwt' } },
      service_account_impersonation_url: `https://evil.example.com/serviceAccounts/${ACCOUNT}:generateAccessToken`,
      token_url: 'https://evil.example.com/token',
    };
    const files = { '/etc/gcp.json': JSON.stringify(config), '/var/token': JSON.stringify({ jwt: 'subject' }) };

    expect(await gcpToken(cloud.means({ variables: { GOOGLE_APPLICATION_CREDENTIALS: '/etc/gcp.json' }, files }))).toEqual({
      token: 'account',
      expiresAtMs: Date.parse(UNTIL),
    });
    expect(cloud.asked[0]?.form).toMatchObject({ subject_token: 'subject', audience: config.audience });
    expect(cloud.asked[1]?.headers.authorization).toBe('Bearer federated');
  });

  test.each([
    [undefined, 'failed to read the credentials of the controller at /etc/gcp.json'],
    ['{}', '/etc/gcp.json holds neither a service account nor an external account'],
    ['{"type":"service_account","private_key":"CANARY"}', 'the key of the service account is none'],
    ['{"type":"external_account","credential_source":{"executable":{"command":"id"}}}', 'names neither a file nor a URL'],
  ])('is none for a file with %s', async (text, message) => {
    await using cloud = await startCloud({});
    const files: Record<string, string> = text === undefined ? {} : { '/etc/gcp.json': text };

    const failure = await gcpToken(cloud.means({ variables: { GOOGLE_APPLICATION_CREDENTIALS: '/etc/gcp.json' }, files })).catch(
      (error: unknown) => error,
    );

    expect(failure).toMatchObject({ provider: 'gcp', kind: 'misconfigured', message: expect.stringContaining(message) });
    expect(String(failure)).not.toContain('CANARY');
  });
});

describe("a ServiceAccount's token", () => {
  test('is exchanged by the provider that it is annotated with, as itself', async () => {
    await using cloud = await startCloud({ [STS]: granted('federated') });
    const identity = serviceAccount({ 'gcp.auth.fluxcd.io/workload-identity-provider': PROVIDER });

    expect((await gcpToken(cloud.means({ identity }))).token).toBe('federated');
    expect(cloud.asked[0]?.form).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: `//iam.googleapis.com/${PROVIDER}`,
      subject_token: `CANARY-token-for-//iam.googleapis.com/${PROVIDER}`,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    });
  });

  test("is exchanged by the cluster's own provider, as the account that it is annotated with", async () => {
    await using cloud = await startCloud({
      [`GET ${METADATA}/project/project-id`]: byMetadata('project\n'),
      [`GET ${METADATA}/instance/attributes/cluster-location`]: byMetadata('europe-west1'),
      [`GET ${METADATA}/instance/attributes/cluster-name`]: byMetadata('prod'),
      [STS]: granted('federated'),
      [IMPERSONATE]: { body: { accessToken: 'account', expireTime: UNTIL } },
    });
    const identity = serviceAccount({ 'iam.gke.io/gcp-service-account': ACCOUNT });

    expect((await gcpToken(cloud.means({ identity }))).token).toBe('account');
    expect(cloud.asked[3]?.form).toMatchObject({
      subject_token: 'CANARY-token-for-project.svc.id.goog',
      audience:
        'identitynamespace:project.svc.id.goog:https://container.googleapis.com/v1/projects/project/locations/europe-west1/clusters/prod',
    });
  });

  test.each([{ 'iam.gke.io/gcp-service-account': 'x@evil.com/..' }, { 'gcp.auth.fluxcd.io/workload-identity-provider': '../x' }])(
    'is none with the annotation %j',
    async (annotations) => {
      await using cloud = await startCloud({});

      await expect(gcpToken(cloud.means({ identity: serviceAccount(annotations as Record<string, string>) }))).rejects.toMatchObject({
        kind: 'misconfigured',
      });
      expect(cloud.asked).toEqual([]);
    },
  );

  test('is refused with what Google says, and without the token', async () => {
    const said = {
      error: 'invalid_grant',
      error_description: `bad token ${encodeURIComponent(`CANARY-token-for-//iam.googleapis.com/${PROVIDER}`)}`,
    };
    await using cloud = await startCloud({ [STS]: { status: 400, body: said } });
    const identity = serviceAccount({ 'gcp.auth.fluxcd.io/workload-identity-provider': PROVIDER });

    const failure = await gcpToken(cloud.means({ identity })).catch((error: unknown) => error);

    expect(failure).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/^gcp: failed to exchange the token of the workload: .* 400 \(bad token /),
    });
    expect(String(failure)).not.toContain('CANARY');
  });
});

test("the holder of an account's key gets a token for an assertion that the key signed", async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await using cloud = await startCloud({ 'POST https://oauth2.googleapis.com/token': granted('by-key') });
  const key = {
    type: 'service_account',
    client_email: ACCOUNT,
    private_key_id: 'kid',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: 'https://evil.example.com/',
  };

  expect((await tokenByAccountKey(JSON.stringify(key), cloud.means())).token).toBe('by-key');

  const [header = '', claims = '', signature = ''] = cloud.asked[0]?.form.assertion?.split('.') ?? [];
  expect(verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    iss: ACCOUNT,
    aud: 'https://oauth2.googleapis.com/token',
  });
});

describe("a login for Google's registries", () => {
  test.each(['gcr.io', 'eu.gcr.io', 'europe-west1-docker.pkg.dev'])('is the token, at %s', async (host) => {
    const body = JSON.stringify(granted('machine').body);
    await using cloud = await startCloud({ [`GET ${METADATA}/instance/service-accounts/default/token`]: byMetadata(body) });

    expect((await cloudRegistryLogin('gcp', host, cloud.means())).login).toEqual({
      kind: 'basic',
      origin: `https://${host}`,
      username: 'oauth2accesstoken',
      password: 'machine',
    });
  });

  test.each(['evil.com', 'gcr.io.evil.com', 'evil.com/x-docker.pkg.dev', 'evil.com?gcr.io', 'docker.pkg.dev'])(
    'is not for %s',
    async (host) => {
      await using cloud = await startCloud({});

      await expect(cloudRegistryLogin('gcp', host, cloud.means())).rejects.toMatchObject({ kind: 'misconfigured' });
      expect(cloud.asked).toEqual([]);
    },
  );
});

import { describe, expect, test } from 'vitest';
import { serviceAccount, startCloud } from '../../../test/cloud.ts';
import { cloudGitLogin, cloudRegistryLogin } from '../cloud-login.ts';
import { AzureScope, azureToken } from './azure-token.ts';

const TOKEN = 'POST https://login.microsoftonline.com/tenant/oauth2/v2.0/token';
const MACHINE = 'GET http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com';
const granted = { body: { access_token: 'entra', expires_in: 3600 } };
const federated = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client', AZURE_FEDERATED_TOKEN_FILE: '/var/token' };
const annotated = serviceAccount({ 'azure.workload.identity/tenant-id': 'tenant', 'azure.workload.identity/client-id': 'client' });

describe("the controller's token", () => {
  test('is that of an application, for a secret of the environment', async () => {
    await using cloud = await startCloud({ [TOKEN]: granted });
    const variables = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client', AZURE_CLIENT_SECRET: 'secret' };

    expect(await azureToken(AzureScope.Storage, cloud.means({ variables }))).toEqual({
      token: 'entra',
      expiresAtMs: cloud.clock.now() + 3_600_000,
    });
    expect(cloud.asked[0]?.form).toEqual({
      client_id: 'client',
      client_secret: 'secret',
      grant_type: 'client_credentials',
      scope: 'https://storage.azure.com/.default',
    });
  });

  test('is that of an application, for the token that it was given, at an authority of its own', async () => {
    await using cloud = await startCloud({ 'POST https://login.chinacloudapi.cn/tenant/oauth2/v2.0/token': granted });
    const variables = { ...federated, AZURE_AUTHORITY_HOST: 'https://login.chinacloudapi.cn' };

    await azureToken(AzureScope.Storage, cloud.means({ variables, files: { '/var/token': 'federated\n' } }));

    expect(cloud.asked[0]?.form).toMatchObject({
      client_assertion: 'federated',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
  });

  test.each([
    [{}, MACHINE],
    [{ AZURE_CLIENT_ID: 'client' }, `${MACHINE}&client_id=client`],
  ])("is that of the machine's identity (%#)", async (variables, line) => {
    await using cloud = await startCloud({
      [line]: ({ headers }) =>
        headers.metadata === 'true' ? { body: { access_token: 'machine', expires_on: '4102444800' } } : { status: 400, body: '' },
    });

    expect(await azureToken(AzureScope.Storage, cloud.means({ variables: variables as Record<string, string> }))).toEqual({
      token: 'machine',
      expiresAtMs: 4_102_444_800_000,
    });
  });
});

describe("a ServiceAccount's token", () => {
  test('is that of the application that it is annotated with, for a token of its own', async () => {
    await using cloud = await startCloud({ [TOKEN]: granted });

    await azureToken(AzureScope.Storage, cloud.means({ identity: annotated, variables: federated }));

    expect(cloud.asked[0]?.form).toMatchObject({ client_id: 'client', client_assertion: 'CANARY-token-for-api:AzureADTokenExchange' });
  });

  test.each([
    {},
    { 'azure.workload.identity/tenant-id': 'tenant' },
    { 'azure.workload.identity/tenant-id': '../x', 'azure.workload.identity/client-id': 'c' },
  ])('is none with the annotations %j', async (annotations) => {
    await using cloud = await startCloud({});

    await expect(
      azureToken(AzureScope.Storage, cloud.means({ identity: serviceAccount(annotations as Record<string, string>) })),
    ).rejects.toMatchObject({
      kind: 'misconfigured',
      message: expect.stringContaining("azure: ServiceAccount 'app' has no identifier in its annotation azure.workload.identity/"),
    });
    expect(cloud.asked).toEqual([]);
  });

  test.each([
    [401, 'refused'],
    [429, 'unreachable'],
    [503, 'unreachable'],
  ])('at an answer of %i is %s, with what Entra says and without the token', async (status, kind) => {
    const said = { error: 'invalid_client', error_description: 'AADSTS700211: no match for CANARY-token-for-api:AzureADTokenExchange' };
    await using cloud = await startCloud({ [TOKEN]: { status, body: said } });

    const failure = await azureToken(AzureScope.Storage, cloud.means({ identity: annotated })).catch((error: unknown) => error);

    expect(failure).toMatchObject({ kind, message: expect.stringContaining(`answered ${status} (AADSTS700211: no match for `) });
    expect(String(failure)).not.toContain('CANARY');
  });
});

describe('a login for Azure Container Registry', () => {
  const refreshToken = `header.${Buffer.from(JSON.stringify({ exp: 4_102_444_800 })).toString('base64url')}.signature`;

  test.each(['team.azurecr.io', 'team.azurecr.cn', 'team.privatelink.azurecr.io'])(
    'is exchanged for the token of Entra, at %s',
    async (host) => {
      await using cloud = await startCloud({
        [TOKEN]: granted,
        [`POST https://${host}/oauth2/exchange`]: { body: { refresh_token: refreshToken } },
      });

      expect(await cloudRegistryLogin('azure', host, cloud.means({ identity: annotated }))).toEqual({
        login: { kind: 'basic', origin: `https://${host}`, username: '00000000-0000-0000-0000-000000000000', password: refreshToken },
        expiresAtMs: 4_102_444_800_000,
      });
      expect(cloud.asked[0]?.form.scope).toBe('https://containerregistry.azure.net/.default');
      expect(cloud.asked[1]?.form).toEqual({ grant_type: 'access_token', service: host, access_token: 'entra' });
    },
  );

  test.each(['evil.com', 'azurecr.io', 'team.azurecr.io.evil.com', 'evil.com/x.azurecr.io', 'evil.com#.azurecr.io'])(
    'is not for %s',
    async (host) => {
      await using cloud = await startCloud({});

      await expect(cloudRegistryLogin('azure', host, cloud.means({ identity: annotated }))).rejects.toMatchObject({
        kind: 'misconfigured',
      });
      expect(cloud.asked).toEqual([]);
    },
  );
});

describe('a login for Azure DevOps', () => {
  test.each(['https://dev.azure.com/org/project/_git/app', 'https://org.visualstudio.com/project/_git/app'])(
    'is a token, at %s',
    async (address) => {
      await using cloud = await startCloud({ [TOKEN]: granted });
      const url = new URL(address);

      expect((await cloudGitLogin('azure', url, cloud.means({ identity: annotated }))).login).toEqual({
        kind: 'bearer',
        origin: url.origin,
        token: 'entra',
      });
      expect(cloud.asked[0]?.form.scope).toBe('499b84ac-1321-427f-aa17-267ca6975798/.default');
    },
  );

  test.each([
    'https://evil.com/dev.azure.com',
    'https://dev.azure.com.evil.com/x',
    'http://dev.azure.com/x',
    'https://dev.azure.com:8443/x',
  ])('is not for %s', async (address) => {
    await using cloud = await startCloud({});

    await expect(cloudGitLogin('azure', new URL(address), cloud.means({ variables: federated }))).rejects.toMatchObject({
      kind: 'misconfigured',
    });
    expect(cloud.asked).toEqual([]);
  });
});

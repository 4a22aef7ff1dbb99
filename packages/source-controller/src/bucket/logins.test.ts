import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bucket } from '@gotk/api';
import { ANONYMOUS, type CloudMeans, createHttpClient } from '@gotk/auth';
import type { Secret } from '@gotk/runtime';
import { fakeClock } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { azureLoginOf, gcsTokenOf, type S3Request, s3LoginOf } from './logins.ts';

const never = () => new AbortController().signal;
const clock = fakeClock();

const means = (variables: Readonly<Record<string, string>> = {}, reroute?: (url: URL) => URL): CloudMeans => ({
  clock,
  reach: 'anywhere',
  signal: never(),
  environment: { variables, readFile: () => Promise.reject(new Error('no file')) },
  ...(reroute === undefined ? {} : { reroute }),
});

const secretOf = (data: Readonly<Record<string, string>>): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'login' },
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
});

const specOf = (spec: Partial<Bucket['spec']>): Bucket['spec'] => ({
  bucketName: 'apps',
  endpoint: 'minio.example.dev',
  interval: '1m',
  ...spec,
});

const s3 = (request: Partial<S3Request>) =>
  s3LoginOf({
    spec: specOf({}),
    secret: undefined,
    stsSecret: undefined,
    clientWith: (access) => createHttpClient({ access, reach: 'anywhere', clock }),
    stsAccess: ANONYMOUS,
    means: means(),
    ...request,
  });

describe('an S3 server is asked', () => {
  test('with the keys of the Secret, whatever the provider', async () => {
    const secret = secretOf({ accesskey: 'id', secretkey: 'key\n' });
    for (const provider of ['generic', 'aws'] as const)
      expect(await s3({ spec: specOf({ provider }), secret })(never())).toEqual({ accessKeyId: 'id', secretAccessKey: 'key' });
  });

  test('by nobody, without a Secret', async () => {
    expect(await s3({})(never())).toBeUndefined();
  });

  test.each([{ accesskey: 'id' }, { secretkey: 'CANARY' }, {}])('not with half a login: %j', (data) => {
    expect(() => s3({ secret: secretOf(data) })).toThrow("Secret 'login' needs both 'accesskey' and 'secretkey'");
  });

  test('as the controller, for the provider aws', async () => {
    const variables = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'key', AWS_SESSION_TOKEN: 'token', AWS_REGION: 'eu-west-1' };
    expect(await s3({ spec: specOf({ provider: 'aws' }), means: means(variables) })(never())).toMatchObject({
      accessKeyId: 'AKIA',
      secretAccessKey: 'key',
      sessionToken: 'token',
    });
  });

  test('as whom the STS knows by LDAP, who is asked once', async () => {
    const asked: string[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      asked.push(Buffer.concat(chunks).toString());
      response.end(
        '<AssumeRoleWithLDAPIdentityResponse><AssumeRoleWithLDAPIdentityResult><Credentials><AccessKeyId>id</AccessKeyId><SecretAccessKey>key</SecretAccessKey><SessionToken>t0ken</SessionToken><Expiration>2036-01-02T03:04:05Z</Expiration></Credentials></AssumeRoleWithLDAPIdentityResult></AssumeRoleWithLDAPIdentityResponse>',
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const login = s3({
      spec: specOf({ sts: { provider: 'ldap', endpoint } }),
      stsSecret: secretOf({ username: 'user', password: 'pass' }),
    });

    expect(await login(never())).toMatchObject({ accessKeyId: 'id', secretAccessKey: 'key', sessionToken: 't0ken' });
    await login(never());
    expect(asked).toEqual([expect.stringContaining('Action=AssumeRoleWithLDAPIdentity')]);
    server.closeAllConnections();
    server.close();
  });

  test('but not by LDAP without a Secret', () => {
    expect(() => s3({ spec: specOf({ sts: { provider: 'ldap', endpoint: 'https://sts.example.dev' } }) })).toThrow(/needs a secretRef/);
  });
});

describe('a storage account of Azure is asked', () => {
  const azure = specOf({ provider: 'azure', endpoint: 'https://acct.blob.core.windows.net' });
  const elsewhere = specOf({ provider: 'azure', endpoint: 'https://blobs.example.dev' });

  test.each([
    [{ accountKey: 'a2V5' }, { kind: 'shared-key', key: 'a2V5' }],
    [{ sasKey: '?sig=x' }, { kind: 'sas', query: '?sig=x' }],
    [
      { accountKey: 'a2V5', sasKey: '?sig=x' },
      { kind: 'shared-key', key: 'a2V5' },
    ],
  ])('with %j', async (data, expected) => {
    expect(await azureLoginOf(azure, secretOf(data), means())).toEqual(expected);
    expect(await azureLoginOf(elsewhere, secretOf(data), means())).toEqual(expected);
  });

  test('by nobody, where the controller has no identity, or the account is not Azure’s', async () => {
    expect(await azureLoginOf(elsewhere, undefined, means())).toEqual({ kind: 'anonymous' });
  });

  test('not with a Secret that says nothing', async () => {
    await expect(azureLoginOf(azure, secretOf({ something: 'else' }), means())).rejects.toThrow(/has neither 'accountKey', nor 'sasKey'/);
  });

  test('with a token of the machine at Azure alone: a tenant names the endpoint', async () => {
    const server = createServer((_request, response) =>
      response.end(JSON.stringify({ access_token: 'CANARY', expires_in: '3600', token_type: 'Bearer' })),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const machine = means({}, (url) => new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}${url.pathname}`));
    const secret = secretOf({ clientId: '00000000-0000-0000-0000-000000000001' });

    expect((await azureLoginOf(azure, secret, machine)).kind).toBe('token');
    await expect(azureLoginOf(elsewhere, secret, machine)).rejects.toThrow(/is no storage account of Azure: tokens of the controller/);
    server.closeAllConnections();
    server.close();
  });

  test('nor with that of a ServiceAccount', async () => {
    const identity = { namespace: 'apps', name: 'app', annotations: {}, token: async () => 'CANARY' };
    const spec = { ...elsewhere, serviceAccountName: 'app' };
    await expect(azureLoginOf(spec, undefined, { ...means(), identity })).rejects.toThrow(/is no storage account of Azure/);
  });
});

test('Google’s storage needs the key of an account in the Secret', () => {
  expect(() => gcsTokenOf(secretOf({ other: 'x' }), means())).toThrow(/needs 'serviceaccount'/);
});

import { generateKeyPairSync } from 'node:crypto';
import { type MasterKey, recoverDataKey } from '@gotk/sops/keys';
import { describe, expect, test } from 'vitest';
import { cluster, startCloud } from '../../test/cloud.ts';
import { type RemoteServicesOptions, remoteServices } from './remote-services.ts';

const DATA_KEY = Buffer.alloc(32, 7);
const plaintext = DATA_KEY.toString('base64');
const signal = () => AbortSignal.timeout(10_000);

const kustomization = (serviceAccountName?: string, namespace = 'apps') =>
  ({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'app', namespace },
    spec: { decryption: { provider: 'sops', ...(serviceAccountName === undefined ? {} : { serviceAccountName }) } },
  }) as never;

/** Gets a data key as a build does: with services of its own. */
async function dataKeyBy(
  key: MasterKey,
  asker: never,
  { files = {}, ...options }: RemoteServicesOptions & { readonly files?: Readonly<Record<string, string>> },
) {
  const services = await remoteServices(new Map(Object.entries(files)), asker, options);
  return Buffer.from(await recoverDataKey({ keyGroups: [[key]], shamirThreshold: 0 }, services, signal()));
}

const base = { vaultInstances: undefined, defaultServiceAccount: '', reach: 'anywhere' } as const;
const KMS = 'POST https://kms.eu-west-1.amazonaws.com/';
const STS = 'POST https://sts.eu-west-1.amazonaws.com/';
const aws = { type: 'kms', arn: 'arn:aws:kms:eu-west-1:1234:key/a', role: '', context: {}, encrypted: 'c2VhbGVk' } as const;
const awsAnswers = () => ({
  [STS]: {
    body: '<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>session</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>',
  },
  [KMS]: { body: { Plaintext: plaintext } },
});
const ROLE = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1234:role/sops' };

describe('the ServiceAccount of a Kustomization asks', () => {
  test('AWS KMS as the role that it is annotated with, and each time for the data key, but not for the role', async () => {
    await using cloud = await startCloud(awsAnswers());
    const { client, asked } = cluster({ 'apps/sops': ROLE });
    const options = { ...base, client, means: cloud.means() };

    expect(await dataKeyBy(aws, kustomization('sops'), options)).toEqual(DATA_KEY);
    expect(Object.fromEntries(new URLSearchParams(cloud.asked[0]?.body))).toMatchObject({
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: ROLE['eks.amazonaws.com/role-arn'],
      WebIdentityToken: 'CANARY-apps-sops',
    });
    expect(cloud.asked[1]?.token).toBe('session');
    expect(cloud.takeLines()).toEqual([STS, KMS]);

    await dataKeyBy(aws, kustomization('sops'), options);
    expect(cloud.takeLines()).toEqual([KMS]);
    expect(asked).toEqual(['get ServiceAccount apps/sops', 'token apps/sops sts.amazonaws.com', 'get ServiceAccount apps/sops']);
    expect(cloud.events).toEqual([
      'cache_miss Kustomization/apps/app decrypt_with_aws',
      'cache_hit Kustomization/apps/app decrypt_with_aws',
    ]);
  });

  test('Azure Key Vault as the application that it is annotated with', async () => {
    const login = 'POST https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token';
    const vault = 'POST https://v.vault.azure.net/keys/sops/abc1/decrypt?api-version=7.4';
    await using cloud = await startCloud({
      [login]: { body: { access_token: 'entra', expires_in: 3600 } },
      [vault]: { body: { value: DATA_KEY.toString('base64url') } },
    });
    const annotations = { 'azure.workload.identity/tenant-id': 'tenant-1', 'azure.workload.identity/client-id': 'client-1' };
    const { client, asked } = cluster({ 'apps/sops': annotations });
    const key = { type: 'azure_kv', vaultUrl: 'https://v.vault.azure.net', name: 'sops', version: 'abc1', encrypted: 'c2VhbGVk' } as const;

    expect(await dataKeyBy(key, kustomization('sops'), { ...base, client, means: cloud.means() })).toEqual(DATA_KEY);
    expect(asked).toContain('token apps/sops api://AzureADTokenExchange');
    expect(Object.fromEntries(new URLSearchParams(cloud.asked[0]?.body))).toMatchObject({
      client_id: 'client-1',
      client_assertion: 'CANARY-apps-sops',
    });
    expect(cloud.asked[1]?.token).toBe('Bearer entra');
  });

  test('GCP KMS as the account that it is annotated with', async () => {
    const resourceId = 'projects/p/locations/global/keyRings/r/cryptoKeys/k';
    const email = 'sops@p.iam.gserviceaccount.com';
    const act = `POST https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${encodeURIComponent(email)}:generateAccessToken`;
    await using cloud = await startCloud({
      'POST https://sts.googleapis.com/v1/token': { body: { access_token: 'federated', expires_in: 3600 } },
      [act]: { body: { accessToken: 'impersonated', expireTime: '2100-01-01T00:00:00Z' } },
      [`POST https://cloudkms.googleapis.com/v1/${resourceId}:decrypt`]: { body: { plaintext } },
    });
    const pool = 'projects/1/locations/global/workloadIdentityPools/pool/providers/cluster';
    const annotations = { 'iam.gke.io/gcp-service-account': email, 'gcp.auth.fluxcd.io/workload-identity-provider': pool };
    const { client, asked } = cluster({ 'apps/sops': annotations });

    const key = { type: 'gcp_kms', resourceId, encrypted: 'c2VhbGVk' } as const;
    expect(await dataKeyBy(key, kustomization('sops'), { ...base, client, means: cloud.means() })).toEqual(DATA_KEY);
    expect(asked).toContain(`token apps/sops //iam.googleapis.com/${pool}`);
    expect(cloud.asked.at(-1)?.token).toBe('Bearer impersonated');
  });

  test('for nobody else: another namespace, or other annotations, have tokens of their own', async () => {
    await using cloud = await startCloud(awsAnswers());
    const accounts: Record<string, Readonly<Record<string, string>>> = { 'apps/sops': ROLE, 'other/sops': ROLE };
    const { client } = cluster(accounts);
    const options = { ...base, client, means: cloud.means() };
    await dataKeyBy(aws, kustomization('sops'), options);
    await dataKeyBy(aws, kustomization('sops', 'other'), options);
    accounts['apps/sops'] = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1234:role/less' };
    await dataKeyBy(aws, kustomization('sops'), options);

    expect(cloud.takeLines()).toEqual([STS, KMS, STS, KMS, STS, KMS]);
  });

  test('and one that is gone asks for nothing more, whatever is remembered', async () => {
    await using cloud = await startCloud(awsAnswers());
    const accounts: Record<string, Readonly<Record<string, string>>> = { 'apps/sops': ROLE };
    const options = { ...base, client: cluster(accounts).client, means: cloud.means() };
    await dataKeyBy(aws, kustomization('sops'), options);
    delete accounts['apps/sops'];
    cloud.takeLines();

    await expect(dataKeyBy(aws, kustomization('sops'), options)).rejects.toThrow("ServiceAccount 'sops' not found");
    expect(cloud.takeLines()).toEqual([]);
  });
});

describe('who asks', () => {
  test('is the default ServiceAccount where a Kustomization names none', async () => {
    await using cloud = await startCloud(awsAnswers());
    const { client, asked } = cluster({ 'apps/tenant': ROLE });

    await dataKeyBy(aws, kustomization(), { ...base, client, means: cloud.means(), defaultServiceAccount: 'tenant' });
    expect(asked[0]).toBe('get ServiceAccount apps/tenant');
  });

  test('is never the controller where the default ServiceAccount is not there', async () => {
    await using cloud = await startCloud(awsAnswers());
    const variables = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's' };
    const options = { ...base, client: cluster({}).client, means: cloud.means(variables), defaultServiceAccount: 'tenant' };

    await expect(dataKeyBy(aws, kustomization(), options)).rejects.toThrow("ServiceAccount 'tenant' not found");
    expect(cloud.takeLines()).toEqual([]);
  });

  test('is no identity of the machine where there is a default ServiceAccount', async () => {
    await using cloud = await startCloud({});
    const options = { ...base, client: cluster({}).client, means: cloud.means(), files: { 'sops.azure-kv': 'clientId: any' } };
    const key = { type: 'azure_kv', vaultUrl: 'https://v.vault.azure.net', name: 'sops', version: '', encrypted: 'c2VhbGVk' } as const;

    await expect(dataKeyBy(key, kustomization(), { ...options, defaultServiceAccount: 'tenant' })).rejects.toThrow(
      "failed to import 'sops.azure-kv': identities of the machine are not for objects that decrypt as a ServiceAccount",
    );
    expect(cloud.takeLines()).toEqual([]);
    await expect(dataKeyBy(key, kustomization(), options)).rejects.toThrow('nobody here');
    expect(cloud.takeLines()).toEqual([expect.stringContaining('169.254.169.254/metadata/identity')]);
  });

  test('is whoever has the keys of the Secret, if it has some for that cloud', async () => {
    await using cloud = await startCloud(awsAnswers());
    const { client, asked } = cluster({});
    const file = 'aws_access_key_id: AKIA\naws_secret_access_key: s\n';

    await dataKeyBy(aws, kustomization('sops'), { ...base, client, means: cloud.means(), files: { 'sops.aws-kms': file } });
    expect(cloud.takeLines()).toEqual([KMS]);
    expect(asked).toEqual([]);
  });

  test('logs in with the key of a service account once for many data keys', async () => {
    const resourceId = 'projects/p/locations/global/keyRings/r/cryptoKeys/k';
    const [token, kms] = ['POST https://oauth2.googleapis.com/token', `POST https://cloudkms.googleapis.com/v1/${resourceId}:decrypt`];
    await using cloud = await startCloud({ [token]: { body: { access_token: 't', expires_in: 3600 } }, [kms]: { body: { plaintext } } });
    const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    const files = { 'sops.gcp-kms': JSON.stringify({ type: 'service_account', client_email: 'a@b', private_key: pem }) };
    const options = { ...base, client: cluster({}).client, means: cloud.means() };
    const key = { type: 'gcp_kms', resourceId, encrypted: 'c2VhbGVk' } as const;

    for (const _ of [1, 2]) await dataKeyBy(key, kustomization(), { ...options, files });
    expect(cloud.takeLines()).toEqual([token, kms, kms]);
  });
});

describe('at Vault', () => {
  const LOGIN = 'PUT /v1/team/auth/kubernetes/login';
  const DECRYPT = 'PUT /v1/transit/decrypt/first';
  const CONFIG = { namespace: 'flux-system', name: 'vaults' };
  const POD_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';
  const podToken = `e30.${Buffer.from('{"sub":"system:serviceaccount:flux-system:kustomize-controller"}').toString('base64url')}.x`;

  async function bed(instances?: (url: string) => string, { variables = {} as Record<string, string>, withConfig = true } = {}) {
    const cloud = await startCloud({
      [LOGIN]: { body: { auth: { client_token: 'hvs.one', lease_duration: 3600 } } },
      [DECRYPT]: { body: { data: { plaintext } } },
    });
    const config = instances?.(cloud.url) ?? `instances: [{ address: "${cloud.url}", loginPath: team/auth/kubernetes/login }]`;
    const { client, asked } = cluster({ 'apps/sops': {} }, { 'flux-system/vaults': { 'config.yaml': config } });
    const options = {
      ...base,
      client,
      means: cloud.means(variables, { [POD_TOKEN]: podToken }),
      vaultInstances: withConfig ? CONFIG : undefined,
    };
    const key = { type: 'hc_vault', address: cloud.url, enginePath: 'transit', keyName: 'first', encrypted: 'vault:v1:x' } as const;
    return { cloud, asked, options, key, [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose]() };
  }

  test('a ServiceAccount logs in where the operator says, in the role of its name, and once for many builds', async () => {
    await using vault = await bed();
    const { cloud, options, key, asked } = vault;

    expect(await dataKeyBy(key, kustomization('sops'), options)).toEqual(DATA_KEY);
    expect(JSON.parse(cloud.asked[0]?.body ?? '')).toEqual({ role: 'apps_sops', jwt: 'CANARY-apps-sops' });
    expect(asked).toContain(`token apps/sops ${cloud.url}`);
    await dataKeyBy(key, kustomization('sops'), options);
    expect(cloud.takeLines()).toEqual([LOGIN, DECRYPT, DECRYPT]);
  });

  test('the controller logs in as itself for a Kustomization that names no ServiceAccount', async () => {
    await using vault = await bed();
    await dataKeyBy(vault.key, kustomization(), vault.options);

    expect(JSON.parse(vault.cloud.asked[0]?.body ?? '')).toMatchObject({ role: 'flux-system_kustomize-controller' });
  });

  test('a server that is not listed gets nothing', async () => {
    await using vault = await bed(() => 'instances: [{ address: https://other.example, loginPath: auth/kubernetes/login }]');
    const { cloud, options, key, asked } = vault;

    await expect(dataKeyBy(key, kustomization('sops'), options)).rejects.toThrow(
      "ConfigMap 'flux-system/vaults' does not list the address",
    );
    expect(cloud.takeLines()).toEqual([]);
    expect(asked).toEqual(['get ConfigMap flux-system/vaults']);
  });

  test.each([
    ['no mapping', '- x', "'config.yaml' of ConfigMap 'flux-system/vaults' is no YAML mapping"],
    ['no list', 'instances: x', 'has no list of instances'],
    ['an instance without a path', 'instances: [{ address: https://v.example }]', "has an instance without 'address' or 'loginPath'"],
  ])('a configuration that is %s says so', async (_what, config, message) => {
    await using vault = await bed(() => config);

    await expect(dataKeyBy(vault.key, kustomization('sops'), vault.options)).rejects.toThrow(message);
    expect(vault.cloud.takeLines()).toEqual([]);
  });

  test('a token that is no longer accepted is not used again', async () => {
    await using vault = await bed();
    const { cloud, options, key } = vault;
    await dataKeyBy(key, kustomization('sops'), options);
    cloud.answers[DECRYPT] = { status: 403, body: { errors: ['permission denied'] } };
    await expect(dataKeyBy(key, kustomization('sops'), options)).rejects.toThrow('answered 403 (permission denied)');
    cloud.answers[DECRYPT] = { body: { data: { plaintext } } };
    await dataKeyBy(key, kustomization('sops'), options);

    expect(cloud.takeLines()).toEqual([LOGIN, DECRYPT, DECRYPT, LOGIN, DECRYPT]);
  });

  test('the token of the Secret comes first', async () => {
    await using vault = await bed();
    await dataKeyBy(vault.key, kustomization('sops'), { ...vault.options, files: { 'sops.vault-token': 'own\n' } });

    expect(vault.cloud.asked).toMatchObject([{ line: DECRYPT, token: 'own' }]);
  });

  test("the controller's token is for its own server alone, and for nobody where ServiceAccounts log in", async () => {
    const VAULT_TOKEN = 'CANARY';
    await using home = await bed(undefined, { variables: { VAULT_TOKEN }, withConfig: false });
    const { cloud, options, key } = home;
    const at = (VAULT_ADDR: string) => ({ ...options, means: cloud.means({ VAULT_TOKEN, VAULT_ADDR }) });

    await expect(dataKeyBy(key, kustomization(), options)).rejects.toThrow(
      'VAULT_TOKEN of the controller is for the server of its VAULT_ADDR',
    );
    await expect(dataKeyBy(key, kustomization(), at('https://vault.example'))).rejects.toThrow('for the server of its VAULT_ADDR alone');
    expect(cloud.takeLines()).toEqual([]);
    expect(await dataKeyBy(key, kustomization(), at(`${cloud.url}/`))).toEqual(DATA_KEY);
    await dataKeyBy(key, kustomization('sops'), { ...at(cloud.url), vaultInstances: CONFIG });
    expect(cloud.asked.map(({ token }) => token)).toEqual([VAULT_TOKEN, 'undefined', 'hvs.one']);
  });
});

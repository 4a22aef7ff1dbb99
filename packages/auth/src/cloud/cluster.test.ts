import { describe, expect, test } from 'vitest';
import { type CloudAnswers, expectedSignature, serviceAccount, startCloud, type TestCloud } from '../../test/cloud.ts';
import { createTokenCache } from '../token-cache/token-cache.ts';
import { type CloudCluster, clusterToken, locateCluster } from './cluster.ts';
import type { KubeconfigReader } from './cluster-answer.ts';
import type { WorkloadIdentity } from './means.ts';

const CA = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const ca64 = Buffer.from(CA).toString('base64');

const ARN = 'arn:aws:eks:eu-west-1:123456789012:cluster/prod';
const EKS = 'GET https://eks.eu-west-1.amazonaws.com/clusters/prod';
const EKS_SERVER = 'https://ABCDEF.gr7.eu-west-1.eks.amazonaws.com';
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'CANARY-key' };

const AKS_ID = '/subscriptions/11-22/resourceGroups/group.one/providers/Microsoft.ContainerService/managedClusters/prod';
const ARM = `https://management.azure.com${AKS_ID}`;
const ENTRA = 'POST https://login.microsoftonline.com/tenant/oauth2/v2.0/token';
const APP = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client', AZURE_CLIENT_SECRET: 'CANARY-secret' };

const GKE_NAME = 'projects/p-1/locations/europe-west1/clusters/prod';
const GKE = `GET https://container.googleapis.com/v1/${GKE_NAME}?fields=endpoint%2CmasterAuth%2FclusterCaCertificate%2CprivateClusterConfig%2CcontrolPlaneEndpointsConfig`;
const GCP_TOKEN = 'GET http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token';

const answers: CloudAnswers = {
  [EKS]: { body: { cluster: { name: 'prod', endpoint: EKS_SERVER, certificateAuthority: { data: ca64 } } } },
  // A token says for what it is.
  [ENTRA]: ({ form }) => ({ body: { access_token: `CANARY for ${form.scope}`, expires_in: 3600 } }),
  [`GET ${ARM}?api-version=2024-09-01`]: { body: { properties: { aadProfile: { managed: true } } } },
  [`POST ${ARM}/listClusterUserCredential?api-version=2024-09-01`]: {
    body: {
      kubeconfigs: ['https://one.hcp.westeurope.azmk8s.io:443', 'https://two.privatelink.westeurope.azmk8s.io:443'].map((server) => ({
        name: 'clusterUser',
        value: Buffer.from(JSON.stringify({ server, ca: CA })).toString('base64'),
      })),
    },
  },
  [GCP_TOKEN]: { body: { access_token: 'CANARY-gcp', expires_in: 3600 } },
  [GKE]: {
    body: {
      endpoint: '34.1.2.3',
      masterAuth: { clusterCaCertificate: ca64 },
      privateClusterConfig: { privateEndpoint: '10.0.0.2' },
      controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: 'gke-1.europe-west1.gke.goog' } },
    },
  },
};
/** Kubeconfigs of this cloud are JSON of what is in them. */
const readKubeconfig: KubeconfigReader = (text) => JSON.parse(text);
const variables = { ...KEYS, ...APP };

const locate = (cloud: TestCloud, cluster: CloudCluster, identity?: WorkloadIdentity) =>
  locateCluster(cluster, { means: cloud.means({ variables, ...(identity === undefined ? {} : { identity }) }), readKubeconfig });

const clusters: Readonly<Record<CloudCluster['provider'], CloudCluster>> = {
  aws: { provider: 'aws', cluster: ARN },
  azure: { provider: 'azure', cluster: AKS_ID },
  gcp: { provider: 'gcp', cluster: GKE_NAME },
};
const servers = { aws: EKS_SERVER, azure: 'https://one.hcp.westeurope.azmk8s.io:443', gcp: 'https://34.1.2.3' };
const providers = ['aws', 'azure', 'gcp'] as const;

describe('a cluster of a cloud', () => {
  test.each(providers)('is where the cloud says, with the authority that it says (%s)', async (provider) => {
    await using cloud = await startCloud(answers);

    expect(await locate(cloud, clusters[provider])).toEqual({ server: servers[provider], ca: CA });
  });

  test('of EKS is asked for with a signature', async () => {
    await using cloud = await startCloud(answers);
    await locate(cloud, clusters.aws);
    const [asked] = cloud.asked;

    expect(asked?.headers.authorization).toContain(
      `/eu-west-1/eks/aws4_request, SignedHeaders=host;x-amz-date, Signature=${asked && expectedSignature(asked, 'eks.eu-west-1.amazonaws.com', 'CANARY-key')}`,
    );
  });

  test('of a partition of its own is asked for there', async () => {
    await using cloud = await startCloud({});
    const cluster = 'arn:aws-cn:eks:cn-north-1:1:cluster/prod';

    await expect(locate(cloud, { provider: 'aws', cluster })).rejects.toThrow('answered 404');
    expect(cloud.asked.map(({ line }) => line)).toEqual(['GET https://eks.cn-north-1.amazonaws.com.cn/clusters/prod']);
  });

  test('is asked for again after twelve minutes, not before', async () => {
    await using cloud = await startCloud(answers);
    const { clock } = cloud;
    const cached = { ...cloud.means({ variables }), cache: createTokenCache({ clock }) };
    const ask = () => locateCluster(clusters.aws, { means: cached, readKubeconfig });
    await ask();
    await clock.advance(12 * 60_000 - 1);
    await ask();
    expect(cloud.asked).toHaveLength(1);
    await clock.advance(1);
    await ask();
    expect(cloud.asked).toHaveLength(2);
  });

  test.each([
    ['aws', `${EKS_SERVER.toLowerCase()}:443`, EKS_SERVER],
    ['azure', 'https://two.privatelink.westeurope.azmk8s.io:443', 'https://two.privatelink.westeurope.azmk8s.io:443'],
    ['gcp', 'https://10.0.0.2:443', 'https://10.0.0.2'],
  ] as const)('may be reached at another of its addresses (%s)', async (provider, address, server) => {
    await using cloud = await startCloud(answers);

    expect(await locate(cloud, { ...clusters[provider], address, ca: 'mine' })).toEqual({ server, ca: 'mine' });
  });

  test('of GKE has a name that needs no authority of its own', async () => {
    await using cloud = await startCloud(answers);
    const address = 'https://gke-1.europe-west1.gke.goog:443';

    expect(await locate(cloud, { ...clusters.gcp, address })).toEqual({ server: 'https://gke-1.europe-west1.gke.goog', ca: undefined });
  });

  test.each(providers)('is not where somebody else says: the controller’s token would go there (%s)', async (provider) => {
    await using cloud = await startCloud(answers);
    const elsewhere = { ...clusters[provider], address: 'https://evil.example.com:443', ca: CA };

    await expect(locate(cloud, elsewhere)).rejects.toMatchObject({
      kind: 'misconfigured',
      message: `${provider}: the cluster is not at 'https://evil.example.com:443', its addresses are others`,
    });
  });

  test.each(providers)('is where a ServiceAccount says that comes with an authority, and nobody is asked (%s)', async (provider) => {
    await using cloud = await startCloud({});
    const told = { address: 'https://proxy.example.com:443', ca: CA };

    expect(await locate(cloud, { ...clusters[provider], ...told }, serviceAccount({}))).toEqual({ server: told.address, ca: CA });
    expect(cloud.asked).toEqual([]);
  });

  test.each<[CloudCluster['provider'], string, string]>([
    ['aws', 'arn:aws:eks:eu-west-1.evil.com/:1:cluster/prod', 'is no cluster: it must be as arn:aws:eks:'],
    ['aws', 'arn:aws:eks:eu-west-1:1:cluster/../../x', 'is no cluster'],
    ['aws', 'arn:aws:eks:eu-west-1:1:cluster/x?y', 'is no cluster'],
    ['aws', '', 'the cluster is not named'],
    ['azure', AKS_ID.replace('group.one', '..'), 'is no cluster: it must be as /subscriptions/'],
    ['azure', `https://evil.com${AKS_ID}`, 'is no cluster'],
    ['azure', `${AKS_ID}/../../x`, 'is no cluster'],
    ['gcp', 'projects/../locations/x/clusters/y', 'is no cluster: it must be as projects/'],
    ['gcp', `${GKE_NAME}?alt=media`, 'is no cluster'],
    ['gcp', `//evil.com/${GKE_NAME}`, 'is no cluster'],
  ])('of %s is not named %j', async (provider, cluster, message) => {
    await using cloud = await startCloud({ ...answers });

    await expect(locate(cloud, { provider, cluster })).rejects.toMatchObject({
      kind: 'misconfigured',
      message: expect.stringContaining(message),
    });
    expect(cloud.asked).toEqual([]);
  });

  const LIST = `POST ${ARM}/listClusterUserCredential?api-version=2024-09-01`;
  test.each<[string, { readonly provider: CloudCluster['provider']; readonly said: CloudAnswers; readonly message: string }]>([
    [
      'the cloud does not know',
      {
        provider: 'aws',
        said: { [EKS]: { status: 404, body: { message: 'No cluster found for CANARY-key' } } },
        message: 'answered 404 (No cluster found for *****)',
      },
    ],
    [
      'has no endpoint yet',
      { provider: 'aws', said: { [EKS]: { body: { cluster: { status: 'CREATING' } } } }, message: "the answer has no 'endpoint'" },
    ],
    [
      'has no authority',
      { provider: 'aws', said: { [EKS]: { body: { cluster: { endpoint: 'https://x' } } } }, message: 'has no certificate authority' },
    ],
    [
      'takes no tokens of Entra’s',
      {
        provider: 'azure',
        said: { [`GET ${ARM}?api-version=2024-09-01`]: { body: { properties: {} } } },
        message: 'does not have the integration with Microsoft Entra ID',
      },
    ],
    ['has no kubeconfig', { provider: 'azure', said: { [LIST]: { body: {} } }, message: 'the cluster has no address' }],
    [
      'has a kubeconfig that is none',
      {
        provider: 'azure',
        said: { [LIST]: { body: { kubeconfigs: [{ value: 'CANARY' }] } } },
        message: 'has a kubeconfig that is none',
      },
    ],
    [
      'is not for us',
      {
        provider: 'gcp',
        said: { [GKE]: { status: 403, body: { error: { message: 'not for CANARY-gcp' } } } },
        message: 'answered 403 (not for *****)',
      },
    ],
  ])('that %s is an error that says so', async (_what, { provider, said, message }) => {
    await using cloud = await startCloud({ ...answers, ...said });
    const failure = await locate(cloud, clusters[provider]).catch((error: unknown) => error);

    expect(String(failure)).toContain(message);
    expect(String(failure)).not.toContain('CANARY');
  });
});

describe('a token for a cluster', () => {
  const tokenFor = (cloud: TestCloud, provider: CloudCluster['provider']) => clusterToken(clusters[provider], cloud.means({ variables }));

  test('of EKS is a question to AWS that names the cluster, good for a quarter of an hour', async () => {
    await using cloud = await startCloud({});
    const { token, expiresAtMs } = await tokenFor(cloud, 'aws');
    const [kind, encoded = ''] = [token.slice(0, 11), token.slice(11)];
    const url = new URL(Buffer.from(encoded, 'base64url').toString('utf8'));

    expect([kind, url.origin]).toEqual(['k8s-aws-v1.', 'https://sts.eu-west-1.amazonaws.com']);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: 'GetCallerIdentity',
      'X-Amz-Expires': '900',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    });
    expect(expiresAtMs).toBe(cloud.clock.now() + 900_000);
    expect(encoded).not.toMatch(/[=+/]/);
    expect(cloud.asked).toEqual([]);
  });

  test('of AKS is one of Entra’s, for all of AKS', async () => {
    await using cloud = await startCloud(answers);

    expect(await tokenFor(cloud, 'azure')).toEqual({
      token: 'CANARY for 6dae42f8-4368-4678-94ff-3960e28e3630/.default',
      expiresAtMs: cloud.clock.now() + 3_600_000,
    });
  });

  test('of GKE is one of Google’s', async () => {
    await using cloud = await startCloud(answers);

    expect(await tokenFor(cloud, 'gcp')).toEqual({ token: 'CANARY-gcp', expiresAtMs: cloud.clock.now() + 3_600_000 });
  });

  test('is of the role that a ServiceAccount is annotated with, and ends with its credentials', async () => {
    const EXPIRES = '1970-01-01T00:05:00Z';
    const credentials = `<AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>session</SessionToken><Expiration>${EXPIRES}</Expiration>`;
    await using cloud = await startCloud({ 'POST https://sts.eu-west-1.amazonaws.com/': { body: credentials } });
    const identity = serviceAccount({ 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/flux' });
    const { token, expiresAtMs } = await clusterToken(clusters.aws, cloud.means({ identity }));
    const url = new URL(Buffer.from(token.slice(11), 'base64url').toString('utf8'));

    expect(url.searchParams.get('X-Amz-Credential')).toMatch(/^ASIA1\//);
    expect(url.searchParams.get('X-Amz-Security-Token')).toBe('session');
    expect(expiresAtMs).toBe(Date.parse(EXPIRES));
  });
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { type CloudMeans, clusterToken, locateCluster } from '@gotk/auth';
import { describe, expect, test } from 'vitest';
import { certificates } from '../../test/certificates.ts';
import { configMaps, failure, key, signal, web } from '../../test/client-bed.ts';
import { type HttpsServer, httpsServer, json } from '../../test/https-server.ts';
import { base64, kubeconfigText } from '../../test/kubeconfig-secret.ts';
import { createKubeClient } from '../kube-client.ts';
import type { CloudClusters } from './cloud-clusters.ts';
import { cloudClusterOf } from './cloud-connection.ts';
import { createRemoteClients, type RemoteClientsOptions } from './remote-clients.ts';
import { UnsupportedProvider, UnusableKubeconfig } from './unusable-kubeconfig.ts';

type Data = Readonly<Record<string, string>>;

const ARN = 'arn:aws:eks:eu-west-1:1:cluster/prod';
const AKS = '/subscriptions/1/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/prod';
const GKE = 'projects/p/locations/l/clusters/prod';
const named = {
  aws: { provider: 'aws', cluster: ARN },
  azure: { provider: 'azure', cluster: AKS },
  gcp: { provider: 'gcp', cluster: GKE },
};
const kubeConfig = { configMapRef: { name: 'prod' } };

/** What the three clouds say of a cluster at `server`, by path. */
function cloudAnswers(server: string): Readonly<Record<string, unknown>> {
  const data = base64(certificates.ca);
  const kubeconfig = kubeconfigText({ cluster: { server, 'certificate-authority-data': data }, user: { token: 'CANARY of AKS' } });
  const token = { access_token: 'cloud-token', expires_in: 3600 };
  return {
    '/clusters/prod': { cluster: { endpoint: server, certificateAuthority: { data } } },
    [AKS]: { properties: { aadProfile: {} } },
    [`${AKS}/listClusterUserCredential`]: { kubeconfigs: [{ value: base64(kubeconfig) }] },
    '/tenant/oauth2/v2.0/token': token,
    '/computeMetadata/v1/instance/service-accounts/default/token': token,
    [`/v1/${GKE}`]: { endpoint: server.replace('https://', ''), masterAuth: { clusterCaCertificate: data } },
  };
}

/** A cluster that the controller runs in, two others, and clouds that know of one of them. */
async function setUp(options: Partial<RemoteClientsOptions> = {}) {
  let data: Data = {};
  let resourceVersion = 1;
  const home = await httpsServer((_request, response) =>
    json(response, { metadata: { namespace: 'apps', name: 'prod', uid: 'u1', resourceVersion: `${resourceVersion}` }, data }),
  );
  const [away, moved] = await Promise.all([1, 2].map(() => httpsServer((_request, response) => json(response, web))));
  if (away === undefined || moved === undefined) throw new Error('no servers');
  let at = away;
  const cloud = createServer(({ url = '' }, response) => {
    const answer = cloudAnswers(at.url)[url.split('?')[0] ?? ''];
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? {}));
  }).listen(0, '127.0.0.1');
  await once(cloud, 'listening');
  const clock = fakeClock();
  const means: Omit<CloudMeans, 'signal'> = {
    clock,
    reach: 'anywhere',
    environment: {
      variables: {
        AWS_ACCESS_KEY_ID: 'AKIA',
        AWS_SECRET_ACCESS_KEY: 'key',
        AZURE_TENANT_ID: 'tenant',
        AZURE_CLIENT_ID: 'client',
        AZURE_CLIENT_SECRET: 'secret',
      },
      readFile: () => Promise.reject(new Error('no files')),
    },
    reroute: ({ pathname, search }) => new URL(`http://127.0.0.1:${(cloud.address() as AddressInfo).port}${pathname}${search}`),
  };
  const clouds: CloudClusters = {
    open: async (cluster, { signal: asked, readKubeconfig }) => ({
      ...(await locateCluster(cluster, { means: { ...means, signal: asked }, readKubeconfig })),
      as: cluster.account?.name ?? '',
      token: (later) => clusterToken(cluster, { ...means, signal: later }),
    }),
  };
  const client = createKubeClient({ connection: { server: home.url, ca: certificates.ca }, userAgent: 'test/1', clock });
  const remotes = createRemoteClients({ client, userAgent: 'test/1', clock, policy: { allowLocalAddresses: true }, clouds, ...options });
  return {
    clock,
    away,
    moved,
    remotes,
    store(next: Data) {
      data = next;
      resourceVersion += 1;
    },
    move: () => {
      at = moved;
    },
    borrow: () => remotes.borrow({ namespace: 'apps', kubeConfig }, { signal }),
    async [Symbol.asyncDispose]() {
      await remotes.close();
      await client.close();
      cloud.closeAllConnections();
      cloud.close();
      await Promise.all([home, away, moved].map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

const tokensSeen = (server: HttpsServer) => server.received.map(({ headers }) => headers.authorization);

describe('a client of a cloud’s cluster', () => {
  test.each([
    ['aws', /^Bearer k8s-aws-v1\.[\w-]+$/],
    ['azure', /^Bearer cloud-token$/],
    ['gcp', /^Bearer cloud-token$/],
  ] as const)('of %s talks to the API server that the cloud names, with a token of the cloud', async (provider, token) => {
    await using bed = await setUp();
    bed.store(named[provider]);
    using borrowed = await bed.borrow();

    expect(await borrowed.client.get(configMaps, key, { signal })).toEqual(web);
    expect(tokensSeen(bed.away)).toEqual([expect.stringMatching(token)]);
    expect(JSON.stringify(bed.away.received)).not.toContain('CANARY');
  });

  test('gets another token when four fifths of the old one’s life are over', async () => {
    await using bed = await setUp();
    bed.store(named.aws);
    using borrowed = await bed.borrow();
    const ask = () => borrowed.client.get(configMaps, key, { signal });
    await ask();
    await bed.clock.advance(12 * 60_000 - 1);
    await ask();
    await bed.clock.advance(1);
    await ask();
    const [first, second, third] = tokensSeen(bed.away);

    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  test('is shared while the cloud says the same, and another one when it says that the cluster is elsewhere', async () => {
    await using bed = await setUp();
    bed.store(named.gcp);
    using first = await bed.borrow();
    using second = await bed.borrow();
    expect([bed.remotes.size, second.madeFrom]).toEqual([1, first.madeFrom]);

    bed.move();
    using third = await bed.borrow();
    await third.client.get(configMaps, key, { signal });
    expect(bed.moved.received).toHaveLength(1);
    expect(third.madeFrom).not.toBe(first.madeFrom);
  });

  test('is not made of an address of this machine, whoever says it', async () => {
    await using bed = await setUp({ policy: {} });
    bed.store(named.aws);
    const error = await failure(bed.borrow());

    expect(error).toBeInstanceOf(UnusableKubeconfig);
    expect(String(error)).toContain(`what 'aws' says of the cluster is of no use: 'address' is a loopback, link-local or metadata address`);
    expect(bed.away.connections).toBe(0);
  });

  test('is not to be had of a controller that knows no clouds', async () => {
    await using bed = await setUp({ clouds: undefined });
    bed.store(named.aws);
    const error = await failure(bed.borrow());

    expect(error).toBeInstanceOf(UnsupportedProvider);
    expect(String(error)).toContain("provider 'aws' is not for this controller: use provider 'generic', or a kubeconfig in a Secret");
  });

  test('is given up when the cloud has not answered for half a minute', async () => {
    const asked = Promise.withResolvers<void>();
    const open: CloudClusters['open'] = (_cluster, { signal: until }) => {
      asked.resolve();
      return new Promise((_, reject) => until.addEventListener('abort', () => reject(until.reason)));
    };
    await using bed = await setUp({ clouds: { open } });
    bed.store(named.aws);
    const borrowing = failure(bed.borrow());
    await asked.promise;
    await bed.clock.advance(30_000);

    expect(String(await borrowing)).toContain('the cloud did not answer within 30 s');
  });

  test('is none where the cloud does not know the cluster, and may be one later', async () => {
    await using bed = await setUp();
    bed.store({ ...named.gcp, cluster: 'projects/p/locations/l/clusters/other' });
    expect(String(await failure(bed.borrow()))).toContain('gcp: failed to describe the cluster:');
    bed.store(named.gcp);
    using borrowed = await bed.borrow();
    expect(await borrowed.client.get(configMaps, key, { signal })).toEqual(web);
  });
});

describe('a ConfigMap of a cloud', () => {
  const parse = (data: Data, defaultServiceAccount?: string) => {
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'apps', name: 'prod' }, data };
    return cloudClusterOf({ configMap, defaultServiceAccount }, {});
  };

  test('says which cluster, where and as whom', () => {
    const data = {
      ...named.aws,
      address: 'Away.example.dev',
      'ca.crt': certificates.ca,
      serviceAccountName: 'deployer',
      audiences: '[ignored]',
    };
    expect(parse(data)).toEqual({
      provider: 'aws',
      namespace: 'apps',
      cluster: ARN,
      address: 'https://away.example.dev:443',
      ca: certificates.ca,
      account: { namespace: 'apps', name: 'deployer' },
    });
  });

  test('may leave the account to the operator, and to the controller', () => {
    expect(parse(named.gcp, 'default-deployer')?.account).toEqual({ namespace: 'apps', name: 'default-deployer' });
    expect(parse(named.gcp)?.account).toBeUndefined();
  });

  test('need not name a cluster that a ServiceAccount of it is told all about, but for AWS', () => {
    const told = { address: 'https://away.example.dev', 'ca.crt': certificates.ca, serviceAccountName: 'deployer' };
    expect(parse({ provider: 'azure', ...told })).toMatchObject({ cluster: undefined, address: 'https://away.example.dev:443' });
    expect(() => parse({ provider: 'aws', ...told })).toThrow("it has no key 'cluster', which names the cluster for provider 'aws'");
    expect(() => parse({ provider: 'gcp', ...told, serviceAccountName: '' })).toThrow("it has no key 'cluster'");
  });

  test.each<[string, Data, string]>([
    ['an address of this machine', { address: 'https://127.1' }, "'address' is a loopback, link-local or metadata address"],
    ['an address in the clear', { address: 'http://CANARY' }, "'address' is not an https URL"],
    ['an authority that is none', { 'ca.crt': 'CANARY' }, "'ca.crt' is not a certificate"],
    ['a ServiceAccount of another namespace', { serviceAccountName: 'CANARY/admin' }, "'serviceAccountName' is not the name"],
    ['too much', { note: 'x'.repeat(256 * 1024) }, 'it is longer than 256 KiB'],
  ])('with %s is refused', (_what, data, message) => {
    const refuse = () => parse({ ...named.aws, ...data });
    expect(refuse).toThrow(UnusableKubeconfig);
    expect(refuse).toThrow(message);
    expect(refuse).not.toThrow('CANARY');
  });

  test('of another provider is somebody else’s', () => {
    expect(parse({ provider: 'generic' })).toBeUndefined();
  });
});

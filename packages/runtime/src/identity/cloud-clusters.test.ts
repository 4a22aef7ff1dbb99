import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { InvalidLogin } from '@gotk/auth';
import { ApiError } from '@gotk/kube';
import { expect, test } from 'vitest';
import { cloudClusters, ObjectLevelIdentityDisabled } from './cloud-clusters.ts';
import type { ServiceAccountReader } from './service-account.ts';

const ROLE = 'arn:aws:iam::1:role/prod';
const CA = Buffer.from('-----BEGIN CERTIFICATE-----\n').toString('base64');
const { signal } = new AbortController();
const cluster = { provider: 'aws', namespace: 'team', cluster: 'arn:aws:eks:eu-west-1:1:cluster/prod' } as const;
const account = { namespace: 'team', name: 'deployer' };
const asked = {
  signal,
  readKubeconfig: () => {
    throw new Error('AWS has none');
  },
};

/** An AWS that hands out credentials of a role, and says where the cluster is; and an API server that has one ServiceAccount. */
async function setUp({ objectLevel = true } = {}) {
  const forms: Record<string, string>[] = [];
  const aws = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.method === 'POST') forms.push(Object.fromEntries(new URLSearchParams(body)));
    response.end(
      request.method === 'POST'
        ? '<AccessKeyId>OF-ROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>'
        : JSON.stringify({ cluster: { endpoint: 'https://eks.example.dev', certificateAuthority: { data: CA } } }),
    );
  }).listen(0, '127.0.0.1');
  await once(aws, 'listening');
  const annotations: Record<string, string> = { 'eks.amazonaws.com/role-arn': ROLE };
  const client = {
    async get(_resource: unknown, { name }: { readonly name: string }) {
      if (name !== 'deployer') throw new ApiError('not found', { status: 404, reason: 'NotFound' });
      return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...account, annotations: { ...annotations } } };
    },
    create: async () => ({ apiVersion: 'v1', kind: 'TokenRequest', metadata: { name: 'x' }, status: { token: 'minted' } }),
  };
  const concealed: unknown[] = [];
  const clouds = cloudClusters({
    client: client as unknown as ServiceAccountReader['client'],
    means: {
      clock: fakeClock(),
      reach: 'anywhere',
      environment: {
        variables: { AWS_ACCESS_KEY_ID: 'OF-CONTROLLER', AWS_SECRET_ACCESS_KEY: 'key' },
        readFile: () => Promise.reject(new Error('no files')),
      },
      reroute: () => new URL(`http://127.0.0.1:${(aws.address() as AddressInfo).port}/`),
    },
    objectLevel,
    conceal: (namespace, token) => concealed.push([namespace, token]),
  });
  return {
    clouds,
    annotations,
    concealed,
    forms,
    async [Symbol.asyncDispose]() {
      aws.closeAllConnections();
      aws.close();
    },
  };
}

const credentialIn = (token: string) =>
  new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString('utf8')).searchParams.get('X-Amz-Credential')?.split('/')[0];

test('a cluster is logged in to as what a ServiceAccount is annotated with, and the token is concealed', async () => {
  await using bed = await setUp();
  const opened = await bed.clouds.open({ ...cluster, account }, asked);
  const { token } = await opened.token(signal);

  expect(opened.server).toBe('https://eks.example.dev');
  expect(credentialIn(token)).toBe('OF-ROLE');
  expect(bed.forms[0]).toMatchObject({ RoleArn: ROLE, WebIdentityToken: 'minted' });
  expect(bed.concealed).toEqual([['team', token]]);
});

test('a cluster is logged in to as the controller, where nobody is named', async () => {
  await using bed = await setUp({ objectLevel: false });
  const opened = await bed.clouds.open({ ...cluster, account: undefined }, asked);

  expect(credentialIn((await opened.token(signal)).token)).toBe('OF-CONTROLLER');
  expect(bed.forms).toEqual([]);
});

test('a ServiceAccount with another annotation is somebody else', async () => {
  await using bed = await setUp();
  const before = await bed.clouds.open({ ...cluster, account }, asked);
  bed.annotations['eks.amazonaws.com/role-arn'] = `${ROLE}-2`;

  expect((await bed.clouds.open({ ...cluster, account }, asked)).as).not.toBe(before.as);
});

test('a ServiceAccount needs the gate, and the controller does not come instead', async () => {
  await using bed = await setUp({ objectLevel: false });
  const opening = bed.clouds.open({ ...cluster, account }, asked);

  await expect(opening).rejects.toBeInstanceOf(ObjectLevelIdentityDisabled);
  await expect(opening).rejects.toThrow('please enable the ObjectLevelWorkloadIdentity feature gate');
});

test('a ServiceAccount that is not there is nobody', async () => {
  await using bed = await setUp();
  await expect(bed.clouds.open({ ...cluster, account: { ...account, name: 'none' } }, asked)).rejects.toBeInstanceOf(InvalidLogin);
});

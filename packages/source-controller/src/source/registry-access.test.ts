import { createTokenCache, InvalidLogin } from '@gotk/auth';
import { ApiError } from '@gotk/kube';
import { createRegistrySessions, parseRepository } from '@gotk/oci';
import { fakeClock } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { type RegistrySpec, registryAccess } from './registry-access.ts';
import { workloadIdentityOf } from './service-account.ts';

const HOST = 'registry.example';
const encode = (text: string) => Buffer.from(text).toString('base64');
const docker = (path: string, password: string) =>
  encode(JSON.stringify({ auths: { [`${HOST}${path}`]: { auth: encode(`me:${password}`) } } }));

const secrets: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  own: { '.dockerconfigjson': docker('/team', 'own') },
  pull: { '.dockerconfigjson': docker('/team/app', 'pull') },
  proxy: { address: encode('http://proxy.example:3128') },
};
const accounts: Readonly<Record<string, object>> = {
  puller: { imagePullSecrets: [{ name: 'pull' }] },
  bare: {},
  broken: { imagePullSecrets: [{ name: 'none' }] },
};

const notFound = (what: string) => new ApiError(`${what} not found`, { status: 404, reason: 'NotFound' });

/** What an API server would answer, and what it was asked to create. */
function server({ token = 'minted' }: { readonly token?: string | Error } = {}) {
  const created: unknown[] = [];
  const meta = (name: string) => ({ apiVersion: 'v1', metadata: { name, namespace: 'team', annotations: { role: 'arn' } } });
  const manager = {
    async readSecret({ name }: { readonly name: string }) {
      const data = secrets[name];
      if (data === undefined) throw notFound(name);
      return { ...meta(name), kind: 'Secret', type: 'kubernetes.io/dockerconfigjson', data };
    },
    client: {
      async get(_resource: unknown, { name }: { readonly name: string }) {
        if (accounts[name] === undefined) throw notFound(name);
        return { ...meta(name), kind: 'ServiceAccount', ...accounts[name] };
      },
      async create(_resource: unknown, object: unknown, { subresource }: { readonly subresource?: string }) {
        created.push({ object, subresource });
        if (token instanceof Error) throw token;
        return { ...meta('x'), kind: 'TokenRequest', status: { token } };
      },
    },
  };
  return { manager, created };
}

async function accessOf(spec: RegistrySpec) {
  const clock = fakeClock();
  const { manager } = server();
  const cloud = { environment: { variables: {}, readFile: async () => '' }, tokens: createTokenCache({ clock }), objectLevel: false };
  const deps = { manager, cloud, reach: 'remote', registries: { sessions: createRegistrySessions(), realms: ['auth.example'] } };
  const owner = { kind: 'OCIRepository', namespace: 'team', name: 'app' };
  const request = { deps, clock, signal: new AbortController().signal, owner } as unknown as Parameters<typeof registryAccess>[2];
  return await registryAccess(parseRepository(`oci://${HOST}/team/app`), spec, request);
}

describe('a registry is logged in to', () => {
  test('by nobody, where nobody is named', async () => {
    expect(await accessOf({})).toMatchObject({ login: { kind: 'anonymous' }, insecure: false, realms: ['auth.example'] });
  });

  test.each([
    ['with the Secret', { secretRef: { name: 'own' } }, 'own'],
    ['with the image pull secrets of the ServiceAccount', { serviceAccountName: 'puller' }, 'pull'],
    ['with whichever entry leads farther', { secretRef: { name: 'own' }, serviceAccountName: 'puller' }, 'pull'],
    ['with Secrets, also where a cloud is named', { provider: 'aws', secretRef: { name: 'own' } }, 'own'],
  ] as const)('%s', async (_how, spec, password) => {
    expect((await accessOf(spec)).login).toMatchObject({ kind: 'basic', username: 'me', password });
  });

  test('by nobody, when the ServiceAccount has no image pull secrets', async () => {
    expect((await accessOf({ serviceAccountName: 'bare' })).login).toEqual({ kind: 'anonymous' });
  });

  test.each([
    ['a Secret that is not there', { secretRef: { name: 'none' } }, "Secret 'none' not found"],
    ['a ServiceAccount that is not there', { serviceAccountName: 'none' }, "ServiceAccount 'none' not found"],
    ['a ServiceAccount with a Secret that is not there', { serviceAccountName: 'broken' }, "Secret 'none' not found"],
  ] as const)('by no means with %s', async (_what, spec, message) => {
    await expect(accessOf(spec)).rejects.toThrow(new InvalidLogin(message));
  });

  test('as the ServiceAccount with a cloud only behind the gate', async () => {
    await expect(accessOf({ provider: 'azure', serviceAccountName: 'bare' })).rejects.toMatchObject({
      name: 'Stalled',
      reason: 'FeatureGateDisabled',
    });
  });

  test("with a cloud's identity only at the cloud's own registries", async () => {
    await expect(accessOf({ provider: 'aws' })).rejects.toThrow(`'${HOST}' is no registry of ECR`);
  });

  test('through the proxy that is named', async () => {
    expect((await accessOf({ proxySecretRef: { name: 'proxy' } })).access.proxy?.address.href).toBe('http://proxy.example:3128/');
  });
});

describe('the identity of a ServiceAccount', () => {
  const identityFrom = async (token: string | Error) => {
    const { manager, created } = server({ token });
    const { signal } = new AbortController();
    const reader = { manager, namespace: 'team', signal } as unknown as Parameters<typeof workloadIdentityOf>[1];
    return { created, identity: await workloadIdentityOf('bare', reader), signal };
  };

  test('is a token for whoever shall believe it, asked for when it is needed', async () => {
    const { identity, created, signal } = await identityFrom('minted');
    expect(identity).toMatchObject({ namespace: 'team', name: 'bare', annotations: { role: 'arn' } });
    expect(created).toEqual([]);
    expect(await identity.token(['sts.amazonaws.com'], signal)).toBe('minted');
    expect(created).toMatchObject([{ subresource: 'token', object: { kind: 'TokenRequest', spec: { audiences: ['sts.amazonaws.com'] } } }]);
  });

  test('tells what is missing when the controller may not ask for it', async () => {
    const { identity, signal } = await identityFrom(new ApiError('forbidden', { status: 403, reason: 'Forbidden' }));
    await expect(identity.token(['x'], signal)).rejects.toThrow("grant 'create' on 'serviceaccounts/token'");
  });

  test('is none when the answer has no token', async () => {
    const { identity, signal } = await identityFrom('');
    await expect(identity.token(['x'], signal)).rejects.toThrow("gave no token for ServiceAccount 'bare'");
  });
});

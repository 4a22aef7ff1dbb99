import { createTokenCache, InvalidLogin } from '@gotk/auth';
import { ApiError } from '@gotk/kube';
import { createRegistrySessions, parseRepository } from '@gotk/oci';
import { fakeClock } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { type RegistrySpec, registryAccess } from './registry-access.ts';

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

/** What an API server would answer. */
function server() {
  const meta = (name: string) => ({ apiVersion: 'v1', metadata: { name, namespace: 'team', annotations: { role: 'arn' } } });
  return {
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
    },
  };
}

async function accessOf(spec: RegistrySpec) {
  const clock = fakeClock();
  const manager = server();
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

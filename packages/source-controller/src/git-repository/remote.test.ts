import type { GitRepository } from '@gotk/api';
import { createTokenCache } from '@gotk/auth';
import type { Manager, Secret } from '@gotk/runtime';
import { fakeClock } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { type RemoteContext, remoteOf } from './remote.ts';
import { remoteIdOf } from './remote-id.ts';

const URL_OF_APP = 'https://git.example.com/app.git';

const repository = (spec: Partial<GitRepository['spec']>): GitRepository => ({
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'GitRepository',
  metadata: { namespace: 'apps', name: 'app' },
  spec: { interval: '1m', url: URL_OF_APP, ...spec },
});

const login = { login: { username: 'me', password: 'secret' } };
const proxy = { proxy: { address: 'http://proxy.example:3128' } };

/** With these Secrets in the namespace `apps`. */
function context(secrets: Readonly<Record<string, Readonly<Record<string, string>>>> = {}): RemoteContext {
  const clock = fakeClock();
  const readSecret = async ({ namespace, name }: { readonly namespace: string; readonly name: string }): Promise<Secret> => {
    const data = namespace === 'apps' ? secrets[name] : undefined;
    if (data === undefined) throw new Error(`there is no Secret '${namespace}/${name}'`);
    const encoded = Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
    return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, data: encoded };
  };
  const manager: Partial<Manager> = { readSecret };
  return {
    deps: {
      manager: manager as Manager,
      cloud: {
        environment: { variables: {}, readFile: async () => '' },
        tokens: createTokenCache({ clock }),
        objectLevel: false,
      },
      reach: 'remote',
      ssh: { algorithms: { keyExchange: ['curve25519-sha256'] } },
    },
    clock,
    signal: new AbortController().signal,
  };
}

test('without any Secret, whoever asks is a stranger', async () => {
  expect(await remoteOf(repository({}), context())).toEqual({ url: new URL(URL_OF_APP), access: { login: { kind: 'anonymous' } } });
});

test('over SSH the Secret, the flags and the proxy go along', async () => {
  const spec = { url: 'ssh://deploy@git.example.com/app.git', secretRef: { name: 'ssh' }, proxySecretRef: { name: 'proxy' } };
  const ssh = { identity: 'KEY', known_hosts: 'HOSTS', password: 'pa55' };
  expect(await remoteOf(repository(spec), context({ ssh, ...proxy }))).toEqual({
    url: new URL(spec.url),
    access: { username: 'deploy', identity: 'KEY', knownHosts: 'HOSTS', passphrase: 'pa55' },
    algorithms: { keyExchange: ['curve25519-sha256'] },
    proxy: { address: new URL('http://proxy.example:3128') },
  });
});

test('objects share what they are shown exactly when address, login, and way are the same', async () => {
  const id = async (spec: Partial<GitRepository['spec']>, secrets: Readonly<Record<string, Readonly<Record<string, string>>>> = login) =>
    remoteIdOf(await remoteOf(repository(spec), context({ ...secrets, ...proxy })));
  const secretRef = { name: 'login' };
  const same = await id({ secretRef });
  expect(await id({ secretRef, interval: '5m', ref: { branch: 'dev' } })).toBe(same);
  expect(same).not.toContain('secret');
  const others = [
    await id({}),
    await id({ secretRef }, { login: { username: 'me', password: 'another' } }),
    await id({ secretRef }, { login: { username: 'you', password: 'secret' } }),
    await id({ secretRef, proxySecretRef: { name: 'proxy' } }),
    await id({ secretRef, url: 'https://git.example.com/other.git' }),
  ];
  expect(new Set([same, ...others]).size).toBe(others.length + 1);
});

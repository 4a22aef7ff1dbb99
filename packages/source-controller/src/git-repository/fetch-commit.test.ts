import type { HttpRemote, Remote, SshRemote } from '@gotk/git';
import { expect, test } from 'vitest';
import { throughProxy } from './fetch-commit.ts';

const variables = { HTTPS_PROXY: 'http://everybody.example:3128', NO_PROXY: 'inside.example' };
const anonymous = (url: string): HttpRemote => ({ url: new URL(url), access: { login: { kind: 'anonymous' } } });
const proxyOf = (remote: Remote) => {
  const { access } = throughProxy(remote, variables);
  return 'proxy' in access ? access.proxy?.address.host : undefined;
};

test('the proxy of the environment is for those who name none, and for each server by its own name', () => {
  const remote = anonymous('https://git.example.com/app.git');
  expect(proxyOf(remote)).toBe('everybody.example:3128');
  expect(proxyOf(anonymous('https://inside.example/lib.git'))).toBeUndefined();
  expect(proxyOf(anonymous('http://git.example.com/app.git'))).toBeUndefined();
  const proxy = { address: new URL('http://own.example:8080') };
  expect(proxyOf({ ...remote, access: { ...remote.access, proxy } })).toBe('own.example:8080');
});

test('SSH is not for the proxies of HTTP', () => {
  const remote: SshRemote = {
    url: new URL('ssh://git.example.com/app.git'),
    access: { username: 'git', identity: 'key', knownHosts: 'hosts' },
  };
  expect(throughProxy(remote, variables)).toBe(remote);
});

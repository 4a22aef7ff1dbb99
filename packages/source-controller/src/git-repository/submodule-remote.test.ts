import type { HttpRemote, SshRemote } from '@gotk/git';
import { expect, test } from 'vitest';
import { remoteOfSubmodule } from './submodule-remote.ts';

const proxy = { address: new URL('http://proxy.example:3128') };
const overHttp: HttpRemote = {
  url: new URL('https://git.example.com/team/app.git'),
  access: {
    login: { kind: 'basic', origin: 'https://git.example.com', username: 'me', password: 'secret' },
    ca: 'CA',
    clientCertificate: { cert: 'cert', key: 'key', origin: 'https://git.example.com' },
    proxy,
  },
};
const overSsh: SshRemote = {
  url: new URL('ssh://git@git.example.com/team/app.git'),
  access: { username: 'git', identity: 'key', knownHosts: 'hosts' },
  algorithms: { hostKey: ['ssh-ed25519'] },
  proxy,
};

test('over HTTP the login goes along, and names the one origin that it is for', () => {
  const other = remoteOfSubmodule(overHttp, new URL('https://user@elsewhere.example/lib.git'));
  expect(other).toEqual({ url: new URL('https://elsewhere.example/lib.git'), access: overHttp.access });
});

test('over SSH the same host lets in the same key, as the user that the address names', () => {
  expect(remoteOfSubmodule(overSsh, new URL('ssh://git.example.com/lib.git'))).toEqual({
    ...overSsh,
    url: new URL('ssh://git.example.com/lib.git'),
  });
  expect(remoteOfSubmodule(overSsh, new URL('ssh://deploy@git.example.com/lib.git')).access).toEqual({
    ...overSsh.access,
    username: 'deploy',
  });
});

test.each([
  ['another host', overSsh, 'ssh://git@elsewhere.example/lib.git'],
  ['another port', overSsh, 'ssh://git@git.example.com:2222/lib.git'],
  ['a repository that came over HTTP', overHttp, 'ssh://git@git.example.com/lib.git'],
])('a key is not shown to %s: there is no way in', (_what, root, url) => {
  expect(() => remoteOfSubmodule(root, new URL(url))).toThrow(expect.objectContaining({ kind: 'unauthorized' }));
});

test('from SSH to HTTP nothing of the login goes along, and the proxy does', () => {
  expect(remoteOfSubmodule(overSsh, new URL('https://git.example.com/lib.git'))).toEqual({
    url: new URL('https://git.example.com/lib.git'),
    access: { login: { kind: 'anonymous' }, proxy },
  });
});

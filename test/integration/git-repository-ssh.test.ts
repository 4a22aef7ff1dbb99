import {
  makeSshKey,
  type SshKeyOptions,
  type SshServer,
  type SshServerOptions,
  startProxy,
  startSocksProxy,
  startSshServer,
} from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { filesOf } from './artifact-files.ts';
import { isAt, lookedAt, secret } from './git-manifests.ts';
import { condition, failsWith, isReady, isStalled, type Testbed, testbed } from './testbed.ts';

const FILES = { 'a.yaml': 'a: 1\n' };

/** A server with one repository, and a key that may log in. */
async function sshServer(key: SshKeyOptions = { type: 'ed25519' }, options: SshServerOptions = {}) {
  const made = await makeSshKey(key);
  const server = await startSshServer({ authorizedKeys: [made.publicKey], ...options });
  const repository = await server.createRepository('app');
  const commit = await repository.commit('first', FILES);
  return { server, repository, commit, identity: made.privateKey, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const refused = async (bed: Testbed, reason: string) => {
  const failed = await bed.source('repo', failsWith(reason));
  expect(condition(failed, 'FetchFailed')).toMatchObject({ status: 'True', reason });
  return condition(failed, 'Ready')?.message;
};

test.for<[string, SshKeyOptions, SshServerOptions, 'plain' | 'hashed']>([
  ['an ed25519 key', { type: 'ed25519' }, {}, 'plain'],
  ['an ecdsa key and hashed known_hosts', { type: 'ecdsa' }, { hostKeys: ['ecdsa'] }, 'hashed'],
  ['an rsa key', { type: 'rsa', bits: 2048 }, { hostKeys: ['rsa'] }, 'plain'],
  ['a key with a passphrase', { type: 'ed25519', passphrase: 's3cret pa55', format: 'openssh' }, {}, 'hashed'],
])('%s logs in over SSH; the artifact follows the branch', async ([, key, options, form]) => {
  await using bed = await testbed();
  await using remote = await sshServer(key, options);
  const passphrase = key.passphrase === undefined ? {} : { password: key.passphrase };
  await secret(bed, 'ssh', { identity: remote.identity, known_hosts: remote.server.knownHosts[form], ...passphrase });
  await bed.gitRepository('repo', { url: remote.repository.url, secretRef: { name: 'ssh' } });

  const stored = await bed.source('repo', isReady);
  expect(stored.status?.artifact?.revision).toBe(`main@sha1:${remote.commit}`);
  expect(await filesOf(stored.status?.artifact)).toEqual(FILES);
  const next = await remote.repository.commit('second', { 'a.yaml': 'a: 2\n' });
  expect((await lookedAt(bed, 'repo')).status?.artifact?.revision).toBe(`main@sha1:${next}`);
});

describe('A18: a server that shows another host key than known_hosts names gets no attempt to log in', () => {
  test.for<[string, (server: SshServer) => Promise<string>]>([
    [
      'changed',
      async (server) => {
        const { plain } = server.knownHosts;
        await server.changeHostKeys(['ed25519']);
        return plain;
      },
    ],
    ['of another port', async ({ knownHosts, port }) => knownHosts.plain.replace(`:${port}`, ':2222')],
    ['of another host', async ({ knownHosts }) => knownHosts.plain.replace('127.0.0.1', 'git.example')],
    ['revoked', async ({ knownHosts }) => `@revoked ${knownHosts.plain}`],
  ])('%s', async ([, knownHostsFor]) => {
    await using bed = await testbed();
    await using remote = await sshServer();
    await secret(bed, 'ssh', { identity: remote.identity, known_hosts: await knownHostsFor(remote.server) });
    await bed.gitRepository('repo', { url: remote.repository.url, secretRef: { name: 'ssh' } });

    expect(await refused(bed, 'GitOperationFailed')).toMatch(/host key|known_hosts has no key/);
    expect(remote.server.connections).toBeGreaterThan(0);
    expect(remote.server.authAttempts).toEqual([]);
  });

  test('and the last good artifact stays, until the Secret names the new key', async () => {
    await using bed = await testbed();
    await using remote = await sshServer();
    const login = () => secret(bed, 'ssh', { identity: remote.identity, known_hosts: remote.server.knownHosts.plain });
    await login();
    await bed.gitRepository('repo', { url: remote.repository.url, secretRef: { name: 'ssh' } });
    const good = await bed.source('repo', isReady);
    await remote.server.changeHostKeys(['ecdsa']);
    const commit = await remote.repository.commit('second', { 'a.yaml': 'a: 2\n' });
    const failed = await lookedAt(bed, 'repo');
    expect(failed).toSatisfy(failsWith('GitOperationFailed'));
    expect(failed.status?.artifact).toEqual(good.status?.artifact);

    await login();
    expect(condition(await bed.source('repo', isAt(`main@sha1:${commit}`)), 'FetchFailed')).toBeUndefined();
  });
});

test.for<[string, (login: Record<'identity' | 'known_hosts', string>) => Record<string, string>, RegExp]>([
  ['no private key', ({ known_hosts }) => ({ known_hosts }), /'identity'/],
  ['no known_hosts', ({ identity }) => ({ identity }), /'known_hosts'/],
  ['an empty known_hosts', ({ identity }) => ({ identity, known_hosts: '\n' }), /'known_hosts'/],
  ['what is no private key', ({ known_hosts }) => ({ identity: 'CANARY', known_hosts }), /'identity' of the Secret is no private key/],
  ['a login for HTTP', () => ({ username: 'git', password: 'CANARY' }), /'identity'/],
])('A18: a Secret with %s is an authentication failure, for which the server is not even asked', async ([, data, message]) => {
  await using bed = await testbed();
  await using remote = await sshServer();
  await secret(bed, 'ssh', data({ identity: remote.identity, known_hosts: remote.server.knownHosts.plain }));
  await bed.gitRepository('repo', { url: remote.repository.url, secretRef: { name: 'ssh' } });
  const said = await refused(bed, 'AuthenticationFailed');
  expect(said).toMatch(message);
  expect(said).not.toContain('CANARY');
  expect(remote.server.authAttempts).toEqual([]);
});

test('a key that the server does not accept, and a passphrase that is missing or wrong, are authentication failures', async () => {
  await using bed = await testbed();
  await using remote = await sshServer({ type: 'ed25519', passphrase: 'right', format: 'openssh' });
  const { plain: known_hosts } = remote.server.knownHosts;
  const other = await makeSshKey({ type: 'ed25519' });
  const logins = {
    stranger: [{ identity: other.privateKey, known_hosts }, /the server does not accept the key/],
    locked: [{ identity: remote.identity, known_hosts }, /is encrypted/],
    misspelt: [{ identity: remote.identity, known_hosts, password: 'CANARY' }, /'password' of the Secret is not the passphrase/],
  } as const;
  for (const [name, [data]] of Object.entries(logins)) {
    await secret(bed, name, data);
    await bed.gitRepository(name, { url: remote.repository.url, secretRef: { name } });
  }
  for (const [name, [, message]] of Object.entries(logins)) {
    const failed = await bed.source(name, failsWith('AuthenticationFailed'));
    expect(condition(failed, 'Ready')?.message).toMatch(message);
    expect(JSON.stringify(failed.status)).not.toContain('CANARY');
  }
});

test('SSH without a Secret is an authentication failure that says what is needed', async () => {
  await using bed = await testbed();
  await bed.gitRepository('repo', { url: 'ssh://git@127.0.0.1:9/repo.git' });
  expect(await refused(bed, 'AuthenticationFailed')).toMatch(/'identity' and 'known_hosts'/);
});

test('what people copy from `git@host:path` stalls with the URL to write instead', async () => {
  await using bed = await testbed();
  await bed.gitRepository('repo', { url: 'ssh://git@git.example.com:team/app.git' });
  const stalled = await bed.source('repo', isStalled);
  expect(condition(stalled, 'Ready')).toMatchObject({
    reason: 'URLInvalid',
    message: "spec.url is no URL: it begins with 'ssh://' and has a slash behind the host, as in 'git.example.com/team/app.git'",
  });
});

test.for([
  ['HTTP', startProxy],
  ['SOCKS 5', startSocksProxy],
] as const)('the %s proxy of proxySecretRef is used, with its login, and looks up the name', async ([, start]) => {
  await using bed = await testbed();
  await using remote = await sshServer();
  const { port, knownHosts } = remote.server;
  await using proxy = await start({ login: { username: 'me', password: 'pr0xy' }, hosts: { 'git.example': '127.0.0.1' } });
  await secret(bed, 'ssh', { identity: remote.identity, known_hosts: knownHosts.plain.replace('127.0.0.1', 'git.example') });
  await secret(bed, 'proxy', { address: proxy.url, username: 'me', password: 'pr0xy' });
  const url = remote.repository.url.replace('127.0.0.1', 'git.example');
  await bed.gitRepository('repo', { url, secretRef: { name: 'ssh' }, proxySecretRef: { name: 'proxy' } });

  await bed.source('repo', isReady);
  expect(proxy.requests[0]).toMatchObject({ target: `git.example:${port}`, user: 'me', admitted: true });
});

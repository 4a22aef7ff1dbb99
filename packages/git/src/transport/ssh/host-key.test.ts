import { makeSshKey, type SshKey, type SshServer, startSshServer } from '@gotk/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { never } from '../../../test/git-server.ts';
import { connect } from '../../connection.ts';
import type { SshAlgorithms } from './algorithms.ts';

let key: SshKey;
beforeAll(async () => {
  key = await makeSshKey({ type: 'ed25519' });
});

/** What comes of asking for a repository that is not there: that much is only told to whom the server has let in. */
async function tryIt(server: SshServer, knownHosts: string, algorithms: SshAlgorithms = {}): Promise<unknown> {
  const access = { username: server.user, identity: key.privateKey, knownHosts };
  await using remote = connect({ url: new URL(`ssh://${server.user}@127.0.0.1:${server.port}/none.git`), access, algorithms });
  return await remote.handshake(never()).catch((error: unknown) => error);
}

describe('CVE-2020-26301: a server that is not known by its key is not told who we are', () => {
  test.each([
    ['no keys at all', () => '\n', 'known_hosts has no key for'],
    ['garbage', () => 'garbage\n\0\n', 'known_hosts has no key for'],
    [
      'the key of another host',
      ({ knownHosts }: SshServer) => knownHosts.plain.replace(/^\S+/, 'github.com'),
      'known_hosts has no key for',
    ],
    [
      'the key for another port',
      ({ knownHosts }: SshServer) => knownHosts.plain.replace(/^\S+/, '[127.0.0.1]:1'),
      'known_hosts has no key for',
    ],
    [
      'the key for the usual port',
      ({ knownHosts }: SshServer) => knownHosts.plain.replace(/^\S+/, '127.0.0.1'),
      "the line has to begin with '[127.0.0.1]:",
    ],
    ['its key, revoked', ({ knownHosts }: SshServer) => `${knownHosts.plain}@revoked ${knownHosts.plain}`, 'is revoked in known_hosts'],
    [
      'its key as that of an authority',
      ({ knownHosts }: SshServer) => `@cert-authority ${knownHosts.plain}`,
      'host certificates are not supported',
    ],
  ])('known_hosts with %s', async (_, knownHosts, message) => {
    await using server = await startSshServer({ authorizedKeys: [key.publicKey] });

    const error = await tryIt(server, knownHosts(server));

    expect(error).toMatchObject({ name: 'GitError', kind: 'host-key', message: expect.stringContaining(message) });
    expect(error).toMatchObject({ message: expect.stringContaining(server.hostKeys[0]?.fingerprint ?? 'no fingerprint') });
    expect(server.connections).toBe(1);
    expect(server.authAttempts).toEqual([]);
  });

  test('after its keys have changed, and then with those that it has now', { timeout: 30_000 }, async () => {
    await using server = await startSshServer({ hostKeys: ['ed25519', 'rsa'], authorizedKeys: [key.publicKey] });
    const { plain, hashed } = server.knownHosts;
    expect(await tryIt(server, plain)).toMatchObject({ kind: 'not-found' });
    const attempts = server.authAttempts.length;
    await server.changeHostKeys(['ed25519', 'rsa']);

    for (const known of [plain, hashed])
      expect(await tryIt(server, known)).toMatchObject({ kind: 'host-key', message: expect.stringContaining('has changed') });

    expect(server.authAttempts).toHaveLength(attempts);
    expect(await tryIt(server, server.knownHosts.hashed)).toMatchObject({ kind: 'not-found' });
  });

  test('that has keys of other types only', async () => {
    await using server = await startSshServer({ hostKeys: ['ecdsa'], authorizedKeys: [key.publicKey] });
    const other = await makeSshKey({ type: 'ed25519' });

    const error = await tryIt(server, `[127.0.0.1]:${server.port} ${other.publicKey}`);

    expect(error).toMatchObject({ kind: 'host-key', message: expect.stringContaining('known are ssh-ed25519') });
    expect(server.authAttempts).toEqual([]);
  });
});

test.each(['ed25519', 'ecdsa', 'rsa'] as const)('a server with keys of all types is met by the one that is known: %s', async (type) => {
  await using server = await startSshServer({ hostKeys: ['ed25519', 'ecdsa', 'rsa'], authorizedKeys: [key.publicKey] });
  const known = server.hostKeys.find((one) => one.type === type)?.publicKey ?? '';

  expect(await tryIt(server, `[127.0.0.1]:${server.port} ${known}`)).toMatchObject({ kind: 'not-found' });
});

describe('algorithms that an administrator chose', () => {
  test('are used, old ones too', async () => {
    await using server = await startSshServer({
      hostKeys: ['rsa'],
      authorizedKeys: [key.publicKey],
      config: ['KexAlgorithms diffie-hellman-group14-sha1'],
    });

    expect(
      await tryIt(server, server.knownHosts.plain, { keyExchange: ['diffie-hellman-group14-sha1'], hostKey: ['rsa-sha2-256'] }),
    ).toMatchObject({ kind: 'not-found' });
    expect(await tryIt(server, server.knownHosts.plain)).toMatchObject({
      name: 'GitError',
      message: expect.stringContaining('failed to exchange keys'),
    });
  });

  test('that nobody knows are refused before anybody is connected to', async () => {
    await using server = await startSshServer();

    expect(await tryIt(server, server.knownHosts.plain, { keyExchange: ['none'] })).toMatchObject({ name: 'UnknownAlgorithm' });
    expect(server.connections).toBe(0);
  });
});

test('a key that the server does not accept is not let in, and no other way is tried', async () => {
  await using server = await startSshServer();

  expect(await tryIt(server, server.knownHosts.plain)).toMatchObject({ name: 'GitError', kind: 'unauthorized' });
  expect(new Set(server.authAttempts.map(({ method }) => method))).toEqual(new Set(['publickey']));
});

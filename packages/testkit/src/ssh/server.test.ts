import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { makeSshKey, type SshKey } from './key.ts';
import { startSshServer } from './server.ts';

const execute = promisify(execFile);

/** Runs Git over the real ssh, which trusts and has exactly what is given. */
async function git(args: readonly string[], { key, knownHosts }: { readonly key: SshKey; readonly knownHosts: string }): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-client-'));
  try {
    await writeFile(join(directory, 'key'), key.privateKey, { mode: 0o600 });
    await writeFile(join(directory, 'known_hosts'), knownHosts);
    const options = ['-F', '/dev/null', '-i', `${directory}/key`, '-o', `UserKnownHostsFile=${directory}/known_hosts`].concat(
      ['GlobalKnownHostsFile=/dev/null', 'StrictHostKeyChecking=yes', 'BatchMode=yes', 'IdentitiesOnly=yes'].flatMap((line) => [
        '-o',
        line,
      ]),
    );
    const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_SSH_COMMAND: `ssh ${options.join(' ')}`, LC_ALL: 'C' };
    return (await execute('git', args, { cwd: directory, env })).stdout;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test('Git clones from and pushes to it over the real ssh, whatever the kind of key', async () => {
  const keys = await Promise.all((['ed25519', 'ecdsa', 'rsa'] as const).map((type) => makeSshKey({ type, format: 'pem' })));
  await using server = await startSshServer({ hostKeys: ['ecdsa'], authorizedKeys: keys.map(({ publicKey }) => publicKey) });
  const repository = await server.createRepository('app');
  const commit = await repository.commit('first', { 'a.txt': 'a\n' });

  for (const key of keys)
    expect(await git(['ls-remote', repository.url, 'main'], { key, knownHosts: server.knownHosts.hashed })).toBe(
      `${commit}\trefs/heads/main\n`,
    );
  expect(server.authAttempts).toContainEqual({ user: server.user, method: 'publickey' });
});

test('a key that was not let in is refused', async () => {
  await using server = await startSshServer();
  const { url } = await server.createRepository('app');
  const key = await makeSshKey({ type: 'ed25519' });

  await expect(git(['ls-remote', url], { key, knownHosts: server.knownHosts.plain })).rejects.toThrow('Permission denied (publickey)');
});

test('a client that does not know the host key tries no login, and the log shows that', async () => {
  const key = await makeSshKey({ type: 'ed25519' });
  await using server = await startSshServer({ hostKeys: ['ed25519', 'rsa'], authorizedKeys: [key.publicKey] });
  const { url } = await server.createRepository('app');
  const before = server.knownHosts;
  await git(['ls-remote', url], { key, knownHosts: before.plain });
  const attempts = server.authAttempts.length;
  expect(attempts).toBeGreaterThan(0);

  await server.changeHostKeys(['ed25519', 'rsa']);

  await expect(git(['ls-remote', url], { key, knownHosts: before.plain })).rejects.toThrow('Host key verification failed');
  expect(server.connections).toBe(2);
  expect(server.authAttempts).toHaveLength(attempts);
  await git(['ls-remote', url], { key, knownHosts: server.knownHosts.plain });
});

test('it leaves no process and no directory, even with a client in the middle of a command', async () => {
  const key = await makeSshKey({ type: 'ed25519' });
  const server = await startSshServer({ authorizedKeys: [key.publicKey] });
  const root = dirname((await server.createRepository('app')).directory);
  const keyFile = join(root, 'client-key');
  await writeFile(keyFile, key.privateKey, { mode: 0o600 });
  const options = [
    '-F',
    '/dev/null',
    '-i',
    keyFile,
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-p',
    `${server.port}`,
  ];
  const client = spawn('ssh', [...options, `${server.user}@127.0.0.1`, 'exec cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
  client.stdin.write('here\n');
  const [said] = await once(client.stdout, 'data');
  expect(String(said)).toBe('here\n');
  const processes = await withDescendants(server.pids);
  expect(await names(processes)).toEqual(expect.arrayContaining(['sshd', 'cat']));

  await server[Symbol.asyncDispose]();

  expect(existsSync(root)).toBe(false);
  await eventually(async () => expect(await names(processes)).toEqual([]));
  client.kill();
});

/** Processes and, where the kernel tells, those that they started. */
async function withDescendants(pids: readonly number[]): Promise<readonly number[]> {
  if (pids.length === 0) return [];
  const started = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')));
  const children = started.flatMap((line) => line.split(' ').filter((word) => word !== '')).map(Number);
  return [...pids, ...(await withDescendants(children))];
}

/** Of those that still run. */
async function names(pids: readonly number[]): Promise<readonly string[]> {
  const found = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')));
  return found.map((name) => name.trim()).filter((name) => name !== '');
}

test('keys come in the formats that people have', async () => {
  const first = async (options: Parameters<typeof makeSshKey>[0]) => (await makeSshKey(options)).privateKey.split('\n')[0];

  expect(await first({ type: 'rsa', bits: 2048, format: 'pem' })).toBe('-----BEGIN RSA PRIVATE KEY-----');
  expect(await first({ type: 'ecdsa', bits: 521, format: 'pem' })).toBe('-----BEGIN EC PRIVATE KEY-----');
  expect(await first({ type: 'ecdsa', format: 'pkcs8', passphrase: 'secret' })).toBe('-----BEGIN ENCRYPTED PRIVATE KEY-----');
  expect(await first({ type: 'ed25519', passphrase: 'secret' })).toBe('-----BEGIN OPENSSH PRIVATE KEY-----');
});

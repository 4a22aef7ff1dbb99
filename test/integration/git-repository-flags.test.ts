import { readFile } from 'node:fs/promises';
import { gitRepositories } from '@gotk/api';
import { makeSshKey, startSshServer } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { filesOf } from './artifact-files.ts';
import { countingServer } from './git-counting.ts';
import { secret } from './git-manifests.ts';
import { type OwnControllerOptions, ownCluster, ownController } from './own-controller.ts';
import { condition, failsWith, isReady, type Testbed } from './testbed.ts';

// These controllers are the test's own, for flags of their own, on a cluster that nobody else's look at.
const cluster = ownCluster();

async function controllerFor(bed: Testbed, options: OwnControllerOptions) {
  const stack = new AsyncDisposableStack();
  const place = stack.use(await ownController(cluster, bed));
  stack.use(await place.start(options));
  return { log: () => readFile(place.logFile, 'utf8'), [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const OBJECTS = 20;
const names = Array.from({ length: OBJECTS }, (_, index) => `repo-${index}`);

test(`${OBJECTS} objects of one repository fetch it once, and list it one after the other for all who wait`, async () => {
  await using bed = await cluster.testbed();
  await using _controller = await controllerFor(bed, { flags: [`--concurrent=${OBJECTS}`] });
  const { server, count, mostListings } = await countingServer(bed);
  const repository = await server.createRepository('repo');
  const commit = await repository.commit('first', { 'a.yaml': 'a: 1\n' });
  await Promise.all(names.map((name) => bed.gitRepository(name, { url: repository.url })));
  const stored = await Promise.all(names.map((name) => bed.source(name, isReady)));

  expect(count('fetch')).toBe(1);
  expect(mostListings()).toBeLessThanOrEqual(2);
  expect(new Set(stored.map(({ status }) => status?.artifact?.digest)).size).toBe(1);
  expect(new Set(stored.map(({ status }) => status?.artifact?.path)).size).toBe(OBJECTS);
  expect(await filesOf(stored.at(-1)?.status?.artifact)).toEqual({ 'a.yaml': 'a: 1\n' });

  await repository.commit('second', { 'a.yaml': 'a: 2\n' });
  await Promise.all(names.map((name) => bed.request(gitRepositories, name)));
  await Promise.all(names.map((name) => bed.source(name, (it) => isReady(it) && it.status?.artifact?.revision !== `main@sha1:${commit}`)));
  expect(count('fetch')).toBe(2);
});

test('without --allow-local-addresses no transport connects to this machine', async () => {
  await using bed = await cluster.testbed();
  await using _controller = await controllerFor(bed, { allowLocalAddresses: false });
  const server = await bed.git();
  const key = await makeSshKey({ type: 'ed25519' });
  await using ssh = await startSshServer({ authorizedKeys: [key.publicKey] });
  const repository = await server.createRepository('repo');
  await repository.commit('first', { 'a.yaml': 'a: 1\n' });
  await secret(bed, 'ssh', { identity: key.privateKey, known_hosts: ssh.knownHosts.plain });
  await bed.gitRepository('http', { url: repository.url });
  await bed.gitRepository('ssh', { url: (await ssh.createRepository('repo')).url, secretRef: { name: 'ssh' } });
  for (const name of ['http', 'ssh']) {
    const failed = await bed.source(name, failsWith('GitOperationFailed'));
    expect(condition(failed, 'FetchFailed')?.message).toMatch(/127\.0\.0\.1/);
  }
  expect(server.requests).toEqual([]);
  expect(ssh.connections).toBe(0);
});

test('--ssh-kex-algos and --ssh-hostkey-algos decide what is spoken; an unknown one ends the controller when it starts', async () => {
  await using bed = await cluster.testbed();
  const key = await makeSshKey({ type: 'ed25519' });
  await using server = await startSshServer({ authorizedKeys: [key.publicKey], hostKeys: ['ed25519', 'ecdsa'] });
  const repository = await server.createRepository('repo');
  await repository.commit('first', { 'a.yaml': 'a: 1\n' });
  await secret(bed, 'ssh', { identity: key.privateKey, known_hosts: server.knownHosts.plain });
  const spoken = ['--ssh-kex-algos=ecdh-sha2-nistp384', '--ssh-hostkey-algos=ecdsa-sha2-nistp256'];
  await using _controller = await controllerFor(bed, { flags: [...spoken] });
  await bed.gitRepository('repo', { url: repository.url, secretRef: { name: 'ssh' } });
  await bed.source('repo', isReady);
  // What sshd writes comes by another way than what it serves.
  await expect.poll(() => server.log, { timeout: 20_000 }).toMatch(/kex: algorithm: ecdh-sha2-nistp384/);
  expect(server.log).toMatch(/kex: host key algorithm: ecdsa-sha2-nistp256/);

  await using other = await cluster.testbed();
  await expect(controllerFor(other, { flags: ['--ssh-kex-algos=rot13'] })).rejects.toThrow("'rot13'");
});

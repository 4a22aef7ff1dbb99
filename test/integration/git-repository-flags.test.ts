import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gitRepositories } from '@gotk/api';
import { freePort, installCrds, makeSshKey, startControllerProcess, startControlPlane, startSshServer } from '@gotk/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesOf } from './artifact-files.ts';
import { countingServer } from './git-counting.ts';
import { secret } from './git-manifests.ts';
import { condition, failsWith, isReady, type Testbed, testbed } from './testbed.ts';

// These controllers are the test's own, for flags of their own, on a cluster that nobody else's look at.

let plane: Awaited<ReturnType<typeof startControlPlane>>;
beforeAll(async () => {
  plane = await startControlPlane({ controllerManager: false });
  await using bed = await testbed(plane);
  await installCrds(bed.client, bed.signal);
});
afterAll(() => plane[Symbol.asyncDispose]());

async function controllerFor(bed: Testbed, ...flags: readonly string[]) {
  const stack = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'gotk-flags-'));
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const address = `127.0.0.1:${await freePort()}`;
  const logFile = join(directory, 'log');
  stack.use(
    await startControllerProcess({
      name: 'source-controller',
      bundle: fileURLToPath(new URL('../../packages/source-controller/dist/main.js', import.meta.url)),
      kubeconfig: plane.kubeconfigPath,
      namespace: bed.namespace,
      logFile,
      flags: [
        '--watch-all-namespaces=false',
        `--storage-path=${join(directory, 'data')}`,
        `--storage-addr=${address}`,
        `--storage-adv-addr=${address}`,
        ...flags,
      ],
    }),
  );
  return { log: () => readFile(logFile, 'utf8'), [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const OBJECTS = 20;
const names = Array.from({ length: OBJECTS }, (_, index) => `repo-${index}`);

test(`${OBJECTS} objects of one repository fetch it once, and list it one after the other for all who wait`, async () => {
  await using bed = await testbed(plane);
  await using _controller = await controllerFor(bed, '--allow-local-addresses', `--concurrent=${OBJECTS}`);
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
  await using bed = await testbed(plane);
  await using _controller = await controllerFor(bed);
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
  await using bed = await testbed(plane);
  const key = await makeSshKey({ type: 'ed25519' });
  await using server = await startSshServer({ authorizedKeys: [key.publicKey], hostKeys: ['ed25519', 'ecdsa'] });
  const repository = await server.createRepository('repo');
  await repository.commit('first', { 'a.yaml': 'a: 1\n' });
  await secret(bed, 'ssh', { identity: key.privateKey, known_hosts: server.knownHosts.plain });
  const spoken = ['--ssh-kex-algos=ecdh-sha2-nistp384', '--ssh-hostkey-algos=ecdsa-sha2-nistp256'];
  await using _controller = await controllerFor(bed, '--allow-local-addresses', ...spoken);
  await bed.gitRepository('repo', { url: repository.url, secretRef: { name: 'ssh' } });
  await bed.source('repo', isReady);
  expect(server.log).toMatch(/kex: algorithm: ecdh-sha2-nistp384/);
  expect(server.log).toMatch(/kex: host key algorithm: ecdsa-sha2-nistp256/);

  await using other = await testbed(plane);
  await expect(controllerFor(other, '--ssh-kex-algos=rot13')).rejects.toThrow("'rot13'");
});

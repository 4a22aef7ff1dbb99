import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { type GitRepository, gitRepositories } from '@gotk/api';
import { freePort, seededRandom } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { fetchArtifact } from './artifact-files.ts';
import { ownCluster, ownController } from './own-controller.ts';
import { condition, failsWith, isReady } from './testbed.ts';

// These controllers are the test's own, on a cluster that nobody else's look at.
const cluster = ownCluster();

const isAt = (commit: string) => (it: GitRepository) => isReady(it) && it.status?.artifact?.revision === `main@sha1:${commit}`;

const storedFiles = async (data: string): Promise<readonly string[]> =>
  (await readdir(data, { recursive: true }))
    .filter((name) => /^gitrepository\/.*[0-9a-f]{40}\.tar\.gz$/.test(name))
    .map((name) => join(data, name));

test.for([1, 2])(
  'F11, F12: killed at any moment while it stores, it leaves nothing torn, and the next one goes on (seed %i)',
  // Seven starts, one after the other.
  { timeout: 180_000 },
  async (seed) => {
    const random = seededRandom(seed);
    await using bed = await cluster.testbed();
    await using place = await ownController(cluster, bed);
    // Large enough that storing takes a while.
    const filler = () => Buffer.from(Array.from({ length: 200_000 }, () => Math.floor(random() * 256)));
    const repository = await bed.repository({ 'a.bin': filler(), 'round.yaml': 'round: 0\n' });
    await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
    for (let round = 1; round <= 6; round++) {
      const controller = await place.start();
      await repository.commit(`round ${round}`, { 'a.bin': filler(), 'round.yaml': `round: ${round}\n` });
      await bed.request(gitRepositories, 'repo');
      await delay(random() * 150);
      process.kill(controller.pid, 'SIGKILL');
      await controller.stop();
      for (const file of await storedFiles(place.data)) expect(() => gunzipSync(readFileSync(file)), file).not.toThrow();
    }
    const commit = await repository.commit('last', { 'round.yaml': 'round: last\n' });
    await using last = await place.start();
    await bed.request(gitRepositories, 'repo');
    await fetchArtifact((await bed.source('repo', isAt(commit))).status?.artifact);
    await expect.poll(async () => (await readdir(join(place.data, '.scratch'))).length, { timeout: 20_000 }).toBe(1);
    await expect.poll(async () => (await storedFiles(place.data)).length, { timeout: 20_000 }).toBeLessThanOrEqual(2);
    expect(await last.stop()).toBe(0);
  },
);

test('F16: a full disk is a failure of its own; the last artifact is served as it was, and room heals it without a restart', async () => {
  await using bed = await cluster.testbed();
  await using place = await ownController(cluster, bed);
  const random = seededRandom(7);
  const noise = Buffer.from(Array.from({ length: 600_000 }, () => Math.floor(random() * 256)));
  const repository = await bed.repository({ 'a.yaml': 'a: 1\n' });
  await bed.gitRepository('repo', { url: repository.url });
  // A volume of two megabytes, in a world of the controller's own.
  const unshare = process.getuid?.() === 0 ? '-m' : '-rm';
  const script = `mount -t tmpfs -o size=2m tmpfs '${place.data}' && exec "$@"`;
  await using controller = await place.start({ launcher: ['unshare', unshare, 'sh', '-c', script, 'sh'] });
  const volume = join('/proc', String(controller.pid), 'root', place.data);
  const good = await bed.source('repo', isReady);
  const bytes = await fetchArtifact(good.status?.artifact);

  await writeFile(join(volume, 'filler'), Buffer.alloc(1_600_000)).catch(() => undefined);
  const commit = await repository.commit('large', { 'noise.bin': noise });
  await bed.request(gitRepositories, 'repo');
  const failed = await bed.source('repo', failsWith('ArchiveOperationFailed'));
  expect(condition(failed, 'StorageOperationFailed')).toMatchObject({ status: 'True', message: expect.stringContaining('ENOSPC') });
  expect(condition(failed, 'ArtifactOutdated')).toMatchObject({ status: 'True', reason: 'NewRevision' });
  expect(condition(failed, 'ArtifactInStorage')?.status).toBe('True');
  expect(failed.status?.artifact).toEqual(good.status?.artifact);
  expect((await fetchArtifact(failed.status?.artifact)).equals(bytes)).toBe(true);

  await rm(join(volume, 'filler'));
  await bed.request(gitRepositories, 'repo');
  const healed = await bed.source('repo', isAt(commit));
  await fetchArtifact(healed.status?.artifact);
  for (const type of ['StorageOperationFailed', 'ArtifactOutdated']) expect(condition(healed, type)).toBeUndefined();
});

test('F17: artifacts that took each other’s place are made anew', async () => {
  await using bed = await cluster.testbed();
  await using place = await ownController(cluster, bed);
  const [one, two] = [await bed.repository({ 'a.yaml': 'a: 1\n' }), await bed.repository({ 'a.yaml': 'a: 2\n' })];
  await bed.gitRepository('one', { url: one.url });
  await bed.gitRepository('two', { url: two.url });
  await using _controller = await place.start();
  const artifacts = [(await bed.source('one', isReady)).status?.artifact, (await bed.source('two', isReady)).status?.artifact];
  const [first = '', second = ''] = artifacts.map((artifact) => join(place.data, artifact?.path ?? ''));
  await rename(first, `${first}.aside`);
  await rename(second, first);
  await rename(`${first}.aside`, second);
  for (const name of ['one', 'two']) {
    const token = await bed.request(gitRepositories, name);
    const again = await bed.source(name, (it) => isReady(it) && it.status?.lastHandledReconcileAt === token);
    await fetchArtifact(again.status?.artifact);
  }
});

test('F18: a volume that was lost is filled again, for twenty sources within seconds', async () => {
  await using bed = await cluster.testbed();
  await using place = await ownController(cluster, bed);
  const repository = await bed.repository({ 'a.yaml': 'a: 1\n' });
  const names = Array.from({ length: 20 }, (_, index) => `repo-${index}`);
  await Promise.all(names.map((name) => bed.gitRepository(name, { url: repository.url })));
  const before = await place.start();
  for (const name of names) await bed.source(name, isReady);
  await before.stop();
  await rm(place.data, { recursive: true });
  await mkdir(place.data);

  const startedMs = performance.now();
  await using _after = await place.start();
  for (const name of names) {
    const { status } = await bed.source(name, isReady);
    await expect.poll(async () => (await fetch(status?.artifact?.url ?? '')).status, { timeout: 20_000 }).toBe(200);
    await fetchArtifact(status?.artifact);
  }
  expect(performance.now() - startedMs).toBeLessThan(20_000);
});

test('replicas on one volume are all ready and all serve it; one leads', async () => {
  await using bed = await cluster.testbed();
  await using place = await ownController(cluster, bed);
  const repository = await bed.repository({ 'a.yaml': 'a: 1\n' });
  await bed.gitRepository('repo', { url: repository.url });
  const flags = ['--enable-leader-election'];
  await using _leader = await place.start({ flags });
  const stored = await bed.source('repo', isReady);
  const other = `127.0.0.1:${await freePort()}`;
  // Started means: /readyz said so.
  await using second = await place.start({ flags: [...flags, `--storage-addr=${other}`] });
  const { path = '', size } = stored.status?.artifact ?? {};
  expect((await (await fetch(`http://${other}/${path}`)).arrayBuffer()).byteLength).toBe(size);
  expect(await readFile(second.logFile, 'utf8')).not.toMatch(/unhandled|uncaught/i);
});

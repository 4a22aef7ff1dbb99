import { gitRepositories } from '@gotk/api';
import { expect, test } from 'vitest';
import { filesOf } from './artifact-files.ts';
import { countingServer } from './git-counting.ts';
import { secret } from './git-manifests.ts';
import { isReady, testbed } from './testbed.ts';

test('another login, another branch of another content and other rules are fetched for themselves', async () => {
  await using bed = await testbed();
  const { server, count } = await countingServer(bed);
  const repository = await server.createRepository('repo');
  await repository.commit('first', { 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 1\n' });
  await secret(bed, 'login', { username: 'git', password: 's3cret' });
  const { url } = repository;
  await bed.gitRepository('plain', { url });
  await bed.source('plain', isReady);
  await bed.gitRepository('with-login', { url, secretRef: { name: 'login' } });
  await bed.gitRepository('with-rules', { url, ignore: 'b.yaml' });
  await bed.gitRepository('sparse', { url, sparseCheckout: ['a.yaml'] });
  const files = async (name: string) => Object.keys(await filesOf((await bed.source(name, isReady)).status?.artifact));
  expect(await files('with-login')).toEqual(['a.yaml', 'b.yaml']);
  expect(await files('with-rules')).toEqual(['a.yaml']);
  expect(await files('sparse')).toEqual(['a.yaml']);
  expect(count('fetch')).toBe(4);
});

test('an unchanged remote costs one listing at each interval, no fetch, and no write', async () => {
  await using bed = await testbed();
  const { server, count } = await countingServer(bed);
  const repository = await server.createRepository('repo');
  await repository.commit('first', { 'a.yaml': 'a: 1\n' });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  const stored = await bed.source('repo', isReady);
  const [listed, requests] = [count('ls-refs'), server.requests.length];

  await expect.poll(() => count('ls-refs'), { timeout: 20_000 }).toBeGreaterThanOrEqual(listed + 3);
  expect(count('fetch')).toBe(1);
  expect(server.requests.length - requests).toBe(count('ls-refs') - listed);
  expect((await bed.get(gitRepositories, 'repo'))?.metadata.resourceVersion).toBe(stored.metadata.resourceVersion);
});

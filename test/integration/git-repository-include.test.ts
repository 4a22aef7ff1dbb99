import { gitRepositories } from '@gotk/api';
import { describe, expect, test } from 'vitest';
import { filesOf } from './artifact-files.ts';
import { isAt, lookedAt } from './git-manifests.ts';
import { condition, failsWith, isReady, isStalled, testbed } from './testbed.ts';

const SECOND_MS = 1_000;

test('an included repository lies at its path; a new artifact of it makes a new one here at once, of the same revision', async () => {
  await using bed = await testbed();
  const server = await bed.git();
  const [app, lib] = [await server.createRepository('app'), await server.createRepository('lib')];
  const commit = await app.commit('app', { 'app.yaml': 'app: 1\n' });
  await lib.commit('lib', { 'charts/one.yaml': 'one: 1\n', 'docs/x.yaml': 'x: 1\n' });
  const include = [{ repository: { name: 'lib' }, fromPath: 'charts', toPath: 'vendor/charts' }, { repository: { name: 'lib' } }];
  await bed.gitRepository('lib', { url: lib.url });
  const included = await bed.source('lib', isReady);
  await bed.gitRepository('app', { url: app.url, include });

  const stored = await bed.source('app', isReady);
  expect(await filesOf(stored.status?.artifact)).toEqual({
    'app.yaml': 'app: 1\n',
    'lib/charts/one.yaml': 'one: 1\n',
    'lib/docs/x.yaml': 'x: 1\n',
    'vendor/charts/one.yaml': 'one: 1\n',
  });
  expect(stored.status?.includedArtifacts).toEqual([included.status?.artifact, included.status?.artifact]);
  expect(stored.status?.observedInclude).toEqual(include);

  expect((await lookedAt(bed, 'app')).status?.artifact).toEqual(stored.status?.artifact);

  await lib.commit('newer', { 'charts/one.yaml': 'one: 2\n' });
  const newer = (await lookedAt(bed, 'lib')).status?.artifact;
  const after = await bed.source('app', (it) => isReady(it) && it.status?.includedArtifacts?.[0]?.digest === newer?.digest);
  expect(after.status?.artifact?.revision).toBe(`main@sha1:${commit}`);
  expect((await filesOf(after.status?.artifact))['vendor/charts/one.yaml']).toBe('one: 2\n');

  await bed.gitRepository('app', { url: app.url });
  const alone = await bed.source('app', (it) => isReady(it) && it.status?.includedArtifacts === undefined);
  expect(Object.keys(await filesOf(alone.status?.artifact))).toEqual(['app.yaml']);
  expect(alone.status?.observedInclude).toBeUndefined();
});

test('what is included and is not there yet is waited for, by its name, and wakes whoever waits', async () => {
  await using bed = await testbed();
  const server = await bed.git();
  const [app, lib] = [await server.createRepository('app'), await server.createRepository('lib')];
  await app.commit('app', { 'app.yaml': 'app: 1\n' });
  await bed.gitRepository('app', { url: app.url, include: [{ repository: { name: 'lib' } }] });
  const missing = await bed.source('app', failsWith('NotFound'));
  expect(condition(missing, 'IncludeUnavailable')).toMatchObject({
    status: 'True',
    reason: 'NotFound',
    message: expect.stringContaining("'lib'"),
  });

  await bed.gitRepository('lib', { url: lib.url });
  const without = await bed.source('app', failsWith('NoArtifact'));
  expect(condition(without, 'IncludeUnavailable')).toMatchObject({ status: 'True', reason: 'NoArtifact' });
  expect(without.status?.artifact).toBeUndefined();

  await lib.commit('lib', { 'lib.yaml': 'lib: 1\n' });
  const since = performance.now();
  await bed.request(gitRepositories, 'lib');
  const stored = await bed.source('app', isReady);
  expect(performance.now() - since).toBeLessThan(15 * SECOND_MS);
  expect(condition(stored, 'IncludeUnavailable')).toBeUndefined();
  expect(Object.keys(await filesOf(stored.status?.artifact))).toEqual(['app.yaml', 'lib/lib.yaml']);
});

describe('what cannot be included is a failure of its own, and the last good artifact stays', () => {
  test.for([
    ['a path that is not there', { fromPath: 'nothing' }, /nothing/],
    ['a place that is taken', { toPath: 'app.yaml' }, /app\.yaml/],
  ] as const)('%s', async ([, entry, message]) => {
    await using bed = await testbed();
    const server = await bed.git();
    const [app, lib] = [await server.createRepository('app'), await server.createRepository('lib')];
    await app.commit('app', { 'app.yaml': 'app: 1\n' });
    await lib.commit('lib', { 'lib.yaml': 'lib: 1\n' });
    await bed.gitRepository('lib', { url: lib.url });
    await bed.gitRepository('app', { url: app.url });
    const good = await bed.source('app', isReady);
    await bed.gitRepository('app', { url: app.url, include: [{ repository: { name: 'lib' }, ...entry }] });
    const failed = await bed.source('app', failsWith('CopyFailure'));
    expect(condition(failed, 'StorageOperationFailed')).toMatchObject({
      status: 'True',
      reason: 'CopyFailure',
      message: expect.stringMatching(message),
    });
    expect(failed.status?.artifact).toEqual(good.status?.artifact);
  });

  test('paths that lead out of the trees stay within them', async () => {
    await using bed = await testbed();
    const server = await bed.git();
    const [app, lib] = [await server.createRepository('app'), await server.createRepository('lib')];
    await app.commit('app', { 'app.yaml': 'app: 1\n' });
    await lib.commit('lib', { 'lib.yaml': 'lib: 1\n' });
    await bed.gitRepository('lib', { url: lib.url });
    await bed.gitRepository('app', {
      url: app.url,
      include: [{ repository: { name: 'lib' }, fromPath: '../../../lib.yaml', toPath: '../../../../tmp/lib.yaml' }],
    });
    const stored = await bed.source('app', isReady);
    expect(Object.keys(await filesOf(stored.status?.artifact))).toEqual(['app.yaml', 'tmp/lib.yaml']);
  });
});

test('repositories that include each other stall with the way round, and go on when it is broken', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': 'a: 1\n' });
  const commit = await repository.git('rev-parse', 'HEAD');
  const { url } = repository;
  await bed.gitRepository('self', { url, include: [{ repository: { name: 'self' } }] });
  await bed.gitRepository('one', { url, include: [{ repository: { name: 'two' } }] });
  await bed.gitRepository('two', { url, include: [{ repository: { name: 'one' } }] });
  const ways = { self: 'self → self', two: 'two → one → two' };
  for (const [name, way] of Object.entries(ways)) {
    const stalled = await bed.source(name, isStalled);
    expect(condition(stalled, 'Ready')).toMatchObject({ reason: 'DependencyNotReady', message: expect.stringContaining(way) });
    expect(condition(stalled, 'IncludeUnavailable')?.status).toBe('True');
  }

  await bed.gitRepository('two', { url });
  await bed.source('two', isAt(`main@sha1:${commit}`));
  const healed = await bed.source('one', isReady);
  expect(Object.keys(await filesOf(healed.status?.artifact))).toEqual(['a.yaml', 'two/a.yaml']);
});

test('a way round that is broken wakes all that were on it, though nobody has another artifact', async () => {
  await using bed = await testbed();
  const { url } = await bed.repository({ 'a.yaml': 'a: 1\n' });
  await bed.gitRepository('three', { url });
  await bed.gitRepository('two', { url, include: [{ repository: { name: 'three' } }] });
  await bed.gitRepository('one', { url, include: [{ repository: { name: 'two' } }] });
  await bed.source('one', isReady);

  await bed.gitRepository('three', { url, include: [{ repository: { name: 'one' } }] });
  await bed.source('three', isStalled);
  for (const name of ['two', 'one']) expect(isStalled(await lookedAt(bed, name))).toBe(true);
  await bed.gitRepository('three', { url });
  for (const name of ['three', 'two', 'one']) await bed.source(name, isReady);
});

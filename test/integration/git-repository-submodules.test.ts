import { makeSshKey, startSshServer } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { filesOf } from './artifact-files.ts';
import { countingServer } from './git-counting.ts';
import { lookedAt, secret } from './git-manifests.ts';
import { addSubmodule } from './git-submodule.ts';
import { condition, failsWith, isReady, testbed } from './testbed.ts';

const basic = (username: string, password: string) => `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

describe('recurseSubmodules', () => {
  test('brings submodules at their commits, those within them, and relative addresses; without it their places are empty', async () => {
    await using bed = await testbed();
    const server = await bed.git({ authorization: basic('git', 's3cret') });
    const [inner, lib, app] = [
      await server.createRepository('inner'),
      await server.createRepository('lib'),
      await server.createRepository('app'),
    ];
    const pinned = await inner.commit('inner', { 'inner.yaml': 'inner: 1\n' });
    await inner.commit('newer', { 'inner.yaml': 'inner: 2\n' });
    await lib.commit('lib', { 'lib.yaml': 'lib: 1\n' });
    const withInner = await addSubmodule(lib, { path: 'deep/inner', url: '../inner.git', commit: pinned });
    await app.commit('app', { 'app.yaml': 'app: 1\n' });
    await addSubmodule(app, { path: 'vendor/lib', url: lib.url, commit: withInner });
    await secret(bed, 'login', { username: 'git', password: 's3cret' });
    const spec = { url: app.url, secretRef: { name: 'login' } };
    await bed.gitRepository('repo', spec);
    const without = await bed.source('repo', isReady);
    expect(Object.keys(await filesOf(without.status?.artifact))).toEqual(['app.yaml']);

    await bed.gitRepository('repo', { ...spec, recurseSubmodules: true });
    const stored = await bed.source('repo', (it) => isReady(it) && it.status?.observedRecurseSubmodules === true);
    expect(await filesOf(stored.status?.artifact)).toEqual({
      'app.yaml': 'app: 1\n',
      'vendor/lib/lib.yaml': 'lib: 1\n',
      'vendor/lib/deep/inner/inner.yaml': 'inner: 1\n',
    });
    expect(stored.status?.artifact?.revision).toBe(without.status?.artifact?.revision);

    await bed.gitRepository('repo', spec);
    const again = await bed.source('repo', (it) => isReady(it) && it.status?.observedRecurseSubmodules === undefined);
    expect(again.status?.artifact?.digest).toBe(without.status?.artifact?.digest);
  });

  test('the login of the repository is not shown to the host of a submodule', async () => {
    await using bed = await testbed();
    const [own, foreign] = [await bed.git({ authorization: basic('git', 's3cret') }), await bed.git()];
    const [lib, app] = [await foreign.createRepository('lib'), await own.createRepository('app')];
    const commit = await lib.commit('lib', { 'lib.yaml': 'lib: 1\n' });
    await app.commit('app', { 'app.yaml': 'app: 1\n' });
    await addSubmodule(app, { path: 'lib', url: lib.url, commit });
    await secret(bed, 'login', { username: 'git', password: 's3cret' });
    await bed.gitRepository('repo', { url: app.url, secretRef: { name: 'login' }, recurseSubmodules: true });

    const stored = await bed.source('repo', isReady);
    expect(Object.keys(await filesOf(stored.status?.artifact))).toEqual(['app.yaml', 'lib/lib.yaml']);
    expect(foreign.requests.length).toBeGreaterThan(0);
    expect(foreign.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });

  test('over SSH the same key is for all that lie on the server', async () => {
    await using bed = await testbed();
    const key = await makeSshKey({ type: 'ed25519' });
    await using server = await startSshServer({ authorizedKeys: [key.publicKey] });
    const [lib, app] = [await server.createRepository('lib'), await server.createRepository('app')];
    const commit = await lib.commit('lib', { 'lib.yaml': 'lib: 1\n' });
    await app.commit('app', { 'app.yaml': 'app: 1\n' });
    await addSubmodule(app, { path: 'lib', url: '../lib.git', commit });
    await secret(bed, 'ssh', { identity: key.privateKey, known_hosts: server.knownHosts.plain });
    await bed.gitRepository('repo', { url: app.url, secretRef: { name: 'ssh' }, recurseSubmodules: true });
    const stored = await bed.source('repo', isReady);
    expect(Object.keys(await filesOf(stored.status?.artifact))).toEqual(['app.yaml', 'lib/lib.yaml']);
  });

  test.for([
    ['a commit that is not there', { url: '../lib.git', commit: '1'.repeat(40) }, /submodule "lib"/],
    ['a repository that is not there', { url: '../none.git' }, /submodule "lib": repository not found/],
    ['row 11: a program for an address', { url: 'ext::touch /tmp/pwned' }, /the address of a submodule is none/],
    ['row 11: another transport', { url: 'file:///etc' }, /the address of a submodule is none/],
    ['a key for another host', { url: 'ssh://git@elsewhere.example/lib.git' }, /ssh:\/\/elsewhere\.example/],
  ] as const)('%s is a failure that names it, and the last good artifact stays', async ([, submodule, message]) => {
    await using bed = await testbed();
    const server = await bed.git();
    const [lib, app] = [await server.createRepository('lib'), await server.createRepository('app')];
    const commit = await lib.commit('lib', { 'lib.yaml': 'lib: 1\n' });
    await app.commit('app', { 'app.yaml': 'app: 1\n' });
    await bed.gitRepository('repo', { url: app.url, recurseSubmodules: true });
    const good = await bed.source('repo', isReady);
    await addSubmodule(app, { path: 'lib', commit, ...submodule });
    const failed = await lookedAt(bed, 'repo');
    expect(condition(failed, 'FetchFailed')?.status).toBe('True');
    expect(['GitOperationFailed', 'AuthenticationFailed']).toContain(condition(failed, 'Ready')?.reason);
    expect(condition(failed, 'Ready')?.message).toMatch(message);
    expect(failed.status?.artifact).toEqual(good.status?.artifact);
    expect(condition(failed, 'ArtifactOutdated')?.status).toBe('True');
  });
});

test('submodules that lie in each other without end are given up', async () => {
  await using bed = await testbed();
  const server = await bed.git();
  const deepest = await server.createRepository('level-10');
  let commit = await deepest.commit('deepest', { 'a.yaml': 'a: 1\n' });
  let top = deepest;
  for (let level = 9; level >= 0; level--) {
    top = await server.createRepository(`level-${level}`);
    await top.commit('level', { 'a.yaml': 'a: 1\n' });
    commit = await addSubmodule(top, { path: 'sub', url: `../level-${level + 1}.git`, commit });
  }
  await bed.gitRepository('repo', { url: top.url, recurseSubmodules: true });
  const failed = await bed.source('repo', failsWith('GitOperationFailed'));
  expect(condition(failed, 'FetchFailed')?.message).toMatch(/more than 8 deep/);
  expect(failed.status?.artifact).toBeUndefined();
});

test('sparseCheckout keeps what is below its directories, and names one that is not there', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'app/a.yaml': 'a', 'app/deep/b.yaml': 'b', 'other/c.yaml': 'c', 'root.yaml': 'r' });
  const spec = { url: repository.url, sparseCheckout: ['./app', 'other/'] };
  await bed.gitRepository('repo', spec);
  const stored = await bed.source('repo', isReady);
  expect(Object.keys(await filesOf(stored.status?.artifact))).toEqual(['app/a.yaml', 'app/deep/b.yaml', 'other/c.yaml']);
  expect(stored.status?.observedSparseCheckout).toEqual(['./app', 'other/']);

  await bed.gitRepository('repo', { ...spec, sparseCheckout: ['nothing'] });
  const failed = await bed.source('repo', failsWith('GitOperationFailed'));
  expect(condition(failed, 'FetchFailed')?.message).toContain("sparse checkout dir 'nothing' does not exist in repository");
  expect(failed.status?.artifact).toEqual(stored.status?.artifact);

  await bed.gitRepository('repo', { url: repository.url });
  const whole = await bed.source('repo', (it) => isReady(it) && it.status?.observedSparseCheckout === undefined);
  expect(Object.keys(await filesOf(whole.status?.artifact))).toContain('root.yaml');
});

test('from a server that can leave files out, a sparse checkout fetches those that it is about, and reads rules among them', async () => {
  await using bed = await testbed();
  const { server, count } = await countingServer(bed);
  const repository = await server.createRepository('repo');
  await repository.git('-C', repository.directory, 'config', 'uploadpack.allowFilter', 'true');
  const files = { 'app/.sourceignore': '*.txt\n', 'app/a.yaml': 'a', 'app/a.txt': 't', 'app/same.yaml': 'a', 'other/c.yaml': 'c' };
  await repository.commit('first', files);
  await bed.gitRepository('repo', { url: repository.url, sparseCheckout: ['app'] });
  const stored = await bed.source('repo', isReady);
  expect(await filesOf(stored.status?.artifact)).toEqual({ 'app/.sourceignore': '*.txt\n', 'app/a.yaml': 'a', 'app/same.yaml': 'a' });
  expect([count('fetch without files'), count('fetch')]).toEqual([1, 1]);

  await bed.gitRepository('repo', { url: repository.url, sparseCheckout: ['nothing'] });
  const failed = await bed.source('repo', failsWith('GitOperationFailed'));
  expect(condition(failed, 'FetchFailed')?.message).toContain("sparse checkout dir 'nothing' does not exist in repository");
  expect(count('fetch')).toBe(1);
});

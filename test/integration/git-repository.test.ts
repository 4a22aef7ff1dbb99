import { createHash } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gitRepositories } from '@gotk/api';
import { expect, inject, test } from 'vitest';
import { configMap } from './manifests.ts';
import { condition, failsWith, isReady, isStalled, resources, testbed } from './testbed.ts';

const basic = (username: string, password: string) => `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
const encoded = (data: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));

test('the newest commit of a branch becomes an artifact that anybody can fetch and check', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': configMap('a', {}), 'logo.png': 'not needed', '.github/x.yaml': 'not needed' });
  await bed.gitRepository('repo', { url: repository.url });

  const stored = await bed.source('repo', isReady);
  const commit = await repository.git('rev-parse', 'HEAD');
  const artifact = stored.status?.artifact;
  expect(artifact).toMatchObject({
    path: `gitrepository/${bed.namespace}/repo/${commit}.tar.gz`,
    revision: `main@sha1:${commit}`,
    digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
  });
  const bytes = Buffer.from(await (await fetch(artifact?.url ?? '')).arrayBuffer());
  expect(bytes.length).toBe(artifact?.size);
  expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(artifact?.digest);
  for (const type of ['Ready', 'ArtifactInStorage'])
    expect(condition(stored, type)).toMatchObject({
      status: 'True',
      reason: 'Succeeded',
      message: `stored artifact for revision 'main@sha1:${commit}'`,
    });
  await expect
    .poll(() => bed.events('GitRepository', 'repo'), { timeout: 20_000 })
    .toEqual([{ type: 'Normal', reason: 'NewArtifact', message: "stored artifact for commit 'first'" }]);
});

test('tag, range of versions, name and commit each find their commit', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': '1' });
  const first = await repository.git('rev-parse', 'HEAD');
  await repository.tag('v1.0.0');
  const second = await repository.commit('second', { 'a.yaml': '2' });
  await repository.tag('v1.1.0', { annotated: true });
  const third = await repository.commit('third', { 'a.yaml': '3' });
  await repository.tag('v2.0.0-rc.1');
  await repository.git('push', '--quiet', 'origin', 'HEAD:refs/pull/7/head');

  const expected = {
    tag: [{ tag: 'v1.0.0' }, `v1.0.0@sha1:${first}`],
    semver: [{ semver: '1.x' }, `v1.1.0@sha1:${second}`],
    prerelease: [{ semver: '>=2.0.0-0' }, `v2.0.0-rc.1@sha1:${third}`],
    name: [{ name: 'refs/pull/7/head' }, `refs/pull/7/head@sha1:${third}`],
    commit: [{ commit: first }, `sha1:${first}`],
    both: [{ branch: 'main', commit: second }, `main@sha1:${second}`],
  } as const;
  for (const [name, [ref]] of Object.entries(expected)) await bed.gitRepository(name, { url: repository.url, ref });
  for (const [name, [, revision]] of Object.entries(expected)) {
    const stored = await bed.source(name, isReady);
    expect(stored.status?.artifact?.revision).toBe(revision);
  }
});

test('user name and password, and a bearer token, log in; over TLS with an authority of its own', async () => {
  await using bed = await testbed();
  const plain = await bed.git({ authorization: basic('git', 's3cret-pa55') });
  const first = await plain.createRepository('repo');
  await first.commit('first', { 'a.yaml': '1' });
  const tls = await bed.git({ tls: true, authorization: 'Bearer t0ken-t0ken' });
  const second = await tls.createRepository('repo');
  await second.commit('first', { 'a.yaml': '1' });
  await bed.apply(resources.secret, { metadata: { name: 'basic' }, data: encoded({ username: 'git', password: 's3cret-pa55' }) });
  await bed.apply(resources.secret, {
    metadata: { name: 'bearer' },
    data: encoded({ bearerToken: 't0ken-t0ken', 'ca.crt': tls.ca ?? '' }),
  });
  await bed.gitRepository('basic', { url: first.url, secretRef: { name: 'basic' } });
  await bed.gitRepository('bearer', { url: second.url, secretRef: { name: 'bearer' } });
  await bed.source('basic', isReady);
  await bed.source('bearer', isReady);
});

test('a wrong password is an authentication failure that shows no secret; a corrected, watched Secret heals it at once', async () => {
  await using bed = await testbed();
  const server = await bed.git({ authorization: basic('git', 'right-password') });
  const repository = await server.createRepository('repo');
  await repository.commit('first', { 'a.yaml': '1' });
  const secret = (password: string) => ({
    metadata: { name: 'login', labels: { 'reconcile.fluxcd.io/watch': 'Enabled' } },
    data: encoded({ username: 'git', password }),
  });
  await bed.apply(resources.secret, secret('wrong-CANARY'));
  await bed.gitRepository('repo', { url: repository.url, secretRef: { name: 'login' } });

  const failed = await bed.source('repo', failsWith('AuthenticationFailed'));
  expect(condition(failed, 'FetchFailed')).toMatchObject({ status: 'True', reason: 'AuthenticationFailed' });
  expect(JSON.stringify(failed)).not.toContain('CANARY');
  expect(JSON.stringify(await bed.events('GitRepository', 'repo'))).not.toContain('CANARY');

  await bed.apply(resources.secret, secret('right-password'));
  const healed = await bed.source('repo', isReady);
  expect(condition(healed, 'FetchFailed')).toBeUndefined();
});

test.each([
  ['an unknown host', { url: 'http://no-such-host.invalid/repo.git' }, /failed to reach http:\/\/no-such-host\.invalid/],
  ['a server that nobody runs', { url: 'http://127.0.0.1:9/repo.git' }, /failed to reach/],
] as const)('%s is a fetch failure, with an event', async (_what, spec, message) => {
  await using bed = await testbed();
  await bed.gitRepository('repo', spec);
  const failed = await bed.source('repo', failsWith('GitOperationFailed'));
  expect(condition(failed, 'Ready')?.message).toMatch(message);
  await expect
    .poll(() => bed.events('GitRepository', 'repo'), { timeout: 20_000 })
    .toContainEqual({ type: 'Warning', reason: 'GitOperationFailed', message: expect.stringMatching(message) });
});

test('a missing repository, an empty one and a missing branch are told apart', async () => {
  await using bed = await testbed();
  const server = await bed.git();
  const empty = await server.createRepository('empty');
  const full = await server.createRepository('full');
  await full.commit('first', { 'a.yaml': '1' });
  await bed.gitRepository('missing', { url: `${server.url}/nothing.git` });
  await bed.gitRepository('empty', { url: empty.url });
  await bed.gitRepository('branch', { url: full.url, ref: { branch: 'develop' } });
  const reasons = { missing: 'GitOperationFailed', empty: 'EmptyGitRepository', branch: 'GitOperationFailed' };
  const messages = await Promise.all(
    Object.entries(reasons).map(async ([name, reason]) => condition(await bed.source(name, failsWith(reason)), 'Ready')?.message),
  );
  expect(messages).toEqual([
    expect.stringContaining('repository not found'),
    expect.stringContaining('the repository is empty'),
    expect.stringContaining("branch 'develop' not found"),
  ]);
});

test('the last good artifact stays when the repository goes away', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': '1' });
  await bed.gitRepository('repo', { url: repository.url });
  const before = await bed.source('repo', isReady);
  await bed.merge(gitRepositories, 'repo', { spec: { ref: { branch: 'gone' } } });

  const failed = await bed.source('repo', failsWith('GitOperationFailed'));
  expect(failed.status?.artifact).toEqual(before.status?.artifact);
  expect(condition(failed, 'ArtifactInStorage')?.status).toBe('True');
  expect((await fetch(before.status?.artifact?.url ?? '')).status).toBe(200);
});

test('ignore rules decide what is in the artifact', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({
    '.sourceignore': '/docs/\n',
    'docs/a.md': '1',
    'app/a.yaml': configMap('a', {}),
    'app/b.txt': '2',
  });
  await bed.gitRepository('repo', { url: repository.url });
  const before = await bed.source('repo', isReady);
  await bed.merge(gitRepositories, 'repo', { spec: { ignore: '/*\n!/app/\n*.txt\n' } });
  const after = await bed.source('repo', (it) => isReady(it) && it.status?.observedIgnore !== undefined);
  expect(after.status?.artifact?.revision).toBe(before.status?.artifact?.revision);
  expect(after.status?.artifact?.digest).not.toBe(before.status?.artifact?.digest);
});

test('a request for a look is answered with its token, whether it ends well or not', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': '1' });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.gitRepository('bad', { url: repository.url, ref: { branch: 'none' } });
  await bed.source('repo', isReady);
  const commit = await repository.commit('second', { 'a.yaml': '2' });

  const token = await bed.request(gitRepositories, 'repo');
  const after = await bed.source('repo', (it) => it.status?.lastHandledReconcileAt === token);
  expect(after.status?.artifact?.revision).toBe(`main@sha1:${commit}`);
  const other = await bed.request(gitRepositories, 'bad');
  expect(await bed.source('bad', (it) => it.status?.lastHandledReconcileAt === other)).toSatisfy(failsWith('GitOperationFailed'));
});

test('a suspended repository is left alone until it is resumed', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': '1' });
  await bed.gitRepository('repo', { url: repository.url });
  const before = await bed.source('repo', isReady);
  await bed.merge(gitRepositories, 'repo', { spec: { suspend: true } });
  const commit = await repository.commit('second', { 'a.yaml': '2' });
  await bed.request(gitRepositories, 'repo');
  await bed.gitRepository('witness', { url: repository.url });
  await bed.source('witness', isReady);
  expect((await bed.get(gitRepositories, 'repo'))?.status?.artifact).toEqual(before.status?.artifact);

  await bed.merge(gitRepositories, 'repo', { spec: { suspend: false } });
  await bed.source('repo', (it) => it.status?.artifact?.revision === `main@sha1:${commit}`);
});

test('a password in the address stalls the object and is not repeated; a user name alone is part of the address', async () => {
  await using bed = await testbed();
  await bed.gitRepository('repo', { url: 'https://user:CANARY@git.example.com/x.git' });
  const stalled = await bed.source('repo', isStalled);
  expect(condition(stalled, 'Ready')?.reason).toBe('URLInvalid');
  expect(condition(stalled, 'FetchFailed')).toMatchObject({ status: 'True', reason: 'URLInvalid' });
  expect(JSON.stringify(stalled.status)).not.toContain('CANARY');
  const repository = await bed.repository({ 'a.yaml': '1' });
  await bed.gitRepository('named', { url: repository.url.replace('http://', 'http://organisation@') });
  await bed.source('named', isReady);
});

test('deleting a repository removes its artifacts', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': '1' });
  await bed.gitRepository('repo', { url: repository.url });
  const stored = await bed.source('repo', isReady);
  const file = join(inject('directory'), 'data', stored.status?.artifact?.path ?? '');
  await access(file);
  await bed.client.delete(gitRepositories, { namespace: bed.namespace, name: 'repo' }, { signal: bed.signal });
  await bed.untilGone(gitRepositories, 'repo');
  await expect(access(file)).rejects.toThrow('ENOENT');
  expect((await fetch(stored.status?.artifact?.url ?? '')).status).toBe(404);
});

test('an artifact that was damaged on disk is made anew, not served', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': '1' });
  await bed.gitRepository('repo', { url: repository.url });
  const stored = await bed.source('repo', isReady);
  await writeFile(join(inject('directory'), 'data', stored.status?.artifact?.path ?? ''), 'damaged');
  const token = await bed.request(gitRepositories, 'repo');
  const after = await bed.source('repo', (it) => it.status?.lastHandledReconcileAt === token);
  const bytes = Buffer.from(await (await fetch(after.status?.artifact?.url ?? '')).arrayBuffer());
  expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(after.status?.artifact?.digest);
});

test('entries that lead out of the tree are refused, and links are left out', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': configMap('a', {}), 'link.yaml': { linkTo: '/etc/passwd' } });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.source('repo', isReady);
  // A tree with an entry called `..`, which the git program itself would not make.
  const blob = await repository.git('rev-parse', 'HEAD:a.yaml');
  const tree = Buffer.concat([Buffer.from('100644 ..\0'), Buffer.from(blob, 'hex')]);
  const file = join(repository.directory, 'hostile-tree');
  await writeFile(file, tree);
  const treeId = await repository.git('hash-object', '-t', 'tree', '-w', '--literally', file);
  const commit = await repository.git('commit-tree', '-m', 'hostile', treeId);
  await repository.git('push', '--quiet', '--no-verify', 'origin', `${commit}:refs/heads/hostile`);
  await bed.gitRepository('hostile', { url: repository.url, ref: { branch: 'hostile' } });
  const failed = await bed.source('hostile', failsWith('GitOperationFailed'));
  expect(condition(failed, 'Ready')?.message).toContain('".."');
});

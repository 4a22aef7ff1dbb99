import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anonymously, type GitServer, never, scriptedServer, startGitServer } from '../test/git-server.ts';
import { FLUSH, renderPacket } from './protocol/pkt-line.ts';
import { type ReferenceSpec, renderRevision, resolveReference } from './reference.ts';

let server: GitServer;
/** The commits of the repository that the tests ask about, by what they are for. */
const commits: Record<string, string> = {};

beforeAll(async () => {
  server = await startGitServer();
  const repository = await server.createRepository('app');
  commits.first = await repository.commit('first', { file: '1' });
  await repository.tag('v1.2.3');
  await repository.tag('not-a-version', { annotated: true });
  commits.second = await repository.commit('second', { file: '2' });
  await repository.tag('v1.10.0', { annotated: true });
  await repository.tag('v2.0.0-rc.1');
  await repository.git('tag', '-a', '-m', 'tag of a tag', 'nested', 'v1.10.0');
  await repository.git('push', '--quiet', 'origin', 'refs/tags/nested');
  commits.main = await repository.commit('third', { file: '3' });
  commits.pull = await repository.commit('proposed', { file: '4' }, { branch: 'proposal' });
  await repository.git('push', '--quiet', 'origin', 'HEAD:refs/pull/7/head', 'HEAD:refs/heads/master', 'HEAD:refs/heads/v1.2.3');
  await server.createRepository('empty');
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function resolve(spec: ReferenceSpec, name = 'app'): Promise<string> {
  await using remote = anonymously(`${server.url}/${name}.git`);
  return renderRevision(await resolveReference(remote, spec, never()));
}

describe('a reference is resolved', () => {
  test.each([
    ['a branch', { branch: 'main' }, ['main', 'main']],
    ['master when nothing is said', {}, ['master', 'pull']],
    ['master when everything is empty', { branch: '', tag: '', semver: '', name: '', commit: '' }, ['master', 'pull']],
    ['a tag', { tag: 'v1.2.3' }, ['v1.2.3', 'first']],
    ['an annotated tag to its commit', { tag: 'not-a-version' }, ['not-a-version', 'first']],
    ['a tag of a tag to its commit', { tag: 'nested' }, ['nested', 'second']],
    ['a range to the highest version in it', { semver: '1.x' }, ['v1.10.0', 'second']],
    ['a range with a pre-release', { semver: '>=2.0.0-0' }, ['v2.0.0-rc.1', 'second']],
    ['a range of one', { semver: '1.2.3' }, ['v1.2.3', 'first']],
    ['the name of a branch', { name: 'refs/heads/main' }, ['refs/heads/main', 'main']],
    ['the name of an annotated tag', { name: 'refs/tags/v1.10.0' }, ['refs/tags/v1.10.0', 'second']],
    ['the name of a pull request', { name: 'refs/pull/7/head' }, ['refs/pull/7/head', 'pull']],
    ['the name of what an annotated tag stands for', { name: 'refs/tags/v1.10.0^{}' }, ['refs/tags/v1.10.0^{}', 'second']],
    ['HEAD', { name: 'HEAD' }, ['HEAD', 'main']],
  ])('%s', async (_, spec, [name = '', commit = '']) => {
    expect(await resolve(spec)).toBe(`${name}@sha1:${commits[commit]}`);
  });

  test('by a commit as it is, with a branch for show', async () => {
    const commit = commits.first ?? '';

    expect(await resolve({ commit })).toBe(`sha1:${commit}`);
    expect(await resolve({ commit, branch: 'main' })).toBe(`main@sha1:${commit}`);
  });

  test('by the most specific field: commit, name, version range, tag, branch', async () => {
    const all = { commit: commits.first ?? '', name: 'refs/pull/7/head', semver: '1.10.x', tag: 'not-a-version', branch: 'main' };
    const { commit: _commit, ...withoutCommit } = all;
    const { name: _name, ...withoutName } = withoutCommit;
    const { semver: _semver, ...withoutSemver } = withoutName;

    expect(await resolve(all)).toBe(`main@sha1:${commits.first}`);
    expect(await resolve(withoutCommit)).toBe(`refs/pull/7/head@sha1:${commits.pull}`);
    expect(await resolve(withoutName)).toBe(`v1.10.0@sha1:${commits.second}`);
    expect(await resolve(withoutSemver)).toBe(`not-a-version@sha1:${commits.first}`);
  });

  test('with one question after the handshake', async () => {
    const before = server.requests.length;

    await resolve({ branch: 'main' });

    expect(server.requests.slice(before).map(({ line }) => line.split(' ')[0])).toEqual(['GET', 'POST']);
  });
});

describe('a reference that is not there', () => {
  test.each([
    [{ branch: 'missing' }, "branch 'missing' not found"],
    [{ branch: 'mai' }, "branch 'mai' not found"],
    [{ branch: 'refs/heads/main' }, "branch 'refs/heads/main' not found"],
    [{ tag: 'main' }, "tag 'main' not found"],
    [{ name: 'refs/tags/v1.2.3^{}' }, "reference 'refs/tags/v1.2.3^{}' not found"],
    [{ name: 'refs/heads' }, "reference 'refs/heads' not found"],
    [{ name: 'refs/heads/__proto__' }, "reference 'refs/heads/__proto__' not found"],
    [{ semver: '9.x' }, "no tag matches the version range '9.x'"],
  ])('%j is reported by name', async (spec, message) => {
    await expect(resolve(spec)).rejects.toMatchObject({ name: 'GitError', kind: 'reference-not-found', message });
  });

  test.each([
    { branch: 'x'.repeat(70_000) },
    { branch: 'a\nb' },
    { branch: '../../config' },
    { tag: '..' },
    { name: 'main' },
    { name: '__proto__' },
  ])('and cannot be one is not even asked for', async (spec) => {
    const listings = () => server.requests.filter(({ line }) => line.startsWith('POST')).length;
    const before = listings();

    await expect(resolve(spec)).rejects.toMatchObject({
      kind: 'reference-not-found',
      message: expect.stringMatching(/^"[^\n]{1,90}" cannot be the name of a (branch|tag|reference)$/),
    });

    expect(listings()).toBe(before);
  });

  test.each(['main', 'abc', 'F'.repeat(40), `${'a'.repeat(40)}0`, '../../../../../../../../../etc/passwd/aaaaa'])(
    '%j is no commit',
    async (commit) => {
      await expect(resolve({ commit })).rejects.toMatchObject({ kind: 'reference-not-found' });
    },
  );

  test.each([{}, { branch: 'main' }, { tag: 'v1' }, { semver: '*' }, { name: 'refs/heads/main' }])(
    'in a repository without commits is another mistake: %j',
    async (spec) => {
      await expect(resolve(spec, 'empty')).rejects.toMatchObject({ name: 'GitError', kind: 'empty-repository' });
    },
  );
});

test('that a reference is missing from a repository with many is known without listing them all', async () => {
  let sent = 0;
  await using scripted = await scriptedServer({
    command: async (response, request) => {
      const asked = Buffer.concat(await request.toArray()).toString();
      if (asked.includes('ref-prefix')) return response.end(FLUSH);
      const more = () => {
        while (!response.destroyed && sent < 100_000_000 && response.write(renderPacket(`${'a'.repeat(40)} refs/pull/${sent}/head`)))
          sent += 60;
        if (!response.destroyed) response.once('drain', more);
      };
      return more();
    },
  });

  await expect(resolveReference(scripted.remote, { branch: 'main' }, never())).rejects.toMatchObject({ kind: 'reference-not-found' });

  expect(sent).toBeLessThan(20_000_000);
});

test('a range takes tags alone, also from a server that lists everything', async () => {
  const lines = [`${'a'.repeat(40)} refs/pull/9.9.9`, `${'b'.repeat(40)} refs/tags/1.0.0`, `${'c'.repeat(40)} refs/heads/8.0.0`];
  await using scripted = await scriptedServer({ command: (response) => response.end([...lines.map(renderPacket), FLUSH].join('')) });

  expect(renderRevision(await resolveReference(scripted.remote, { semver: '*' }, never()))).toBe(`1.0.0@sha1:${'b'.repeat(40)}`);
});

describe('tags of one version', () => {
  /** Commits in the order of their times; the tag with the highest metadata is on the first. */
  async function tagged(server: GitServer) {
    const repository = await server.createRepository('tied');
    const commits: string[] = [];
    for (const [index, tag] of ['1.0.0+zzz', '1.0.0+a', 'v1.0', '0.9.0'].entries()) {
      await repository.git('commit', '--quiet', '--allow-empty', '-m', tag, '--date', '2001-01-01T00:00:00Z');
      // Times of the committer count, and these are alike within a second: they are set.
      const tree = await repository.git('rev-parse', 'HEAD^{tree}');
      const content = `tree ${tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> ${1_700_000_000 + (index === 1 ? 900 : index)} +0000\n\n${tag}\n`;
      await writeFile(join(repository.directory, 'content'), content);
      const commit = await repository.git('hash-object', '-t', 'commit', '-w', join(repository.directory, 'content'));
      await repository.git('tag', ...(index === 1 ? ['-a', '-m', tag] : []), tag, commit);
      commits.push(commit);
    }
    await repository.git('push', '--quiet', '--tags', 'origin');
    return { repository, commits };
  }

  test('that differ in metadata alone are told apart by their commits, as in upstream', async () => {
    await using own = await startGitServer();
    const { repository, commits } = await tagged(own);
    await repository.git('--git-dir', repository.directory, 'config', 'uploadpack.allowFilter', 'true');
    await using remote = anonymously(repository.url);

    expect(renderRevision(await resolveReference(remote, { semver: '1.x' }, never()))).toBe(`1.0.0+a@sha1:${commits[1]}`);
    // One commit with each of its tags needs no comparing.
    const before = own.requests.length;
    await resolveReference(remote, { semver: '0.x' }, never());
    expect(own.requests.length - before).toBe(1);
  });

  test('are taken by their metadata from a server that cannot send commits alone', async () => {
    await using own = await startGitServer();
    const { repository, commits } = await tagged(own);
    await using remote = anonymously(repository.url);

    expect(renderRevision(await resolveReference(remote, { semver: '1.x' }, never()))).toBe(`1.0.0+zzz@sha1:${commits[0]}`);
  });
});

test('a range is compared with more tags than are looked at together', async () => {
  const tags = Array.from({ length: 3_000 }, (_, index) => `${'a'.repeat(40)} refs/tags/1.${(index * 7_919) % 3_000}.0`);
  await using scripted = await scriptedServer({ command: (response) => response.end([...tags.map(renderPacket), FLUSH].join('')) });

  expect((await resolveReference(scripted.remote, { semver: '1.x' }, never())).name).toBe('1.2999.0');
  expect((await resolveReference(scripted.remote, { semver: '<1.7.0' }, never())).name).toBe('1.6.0');
});

test('a range of many parts is not compared with very many tags', { timeout: 30_000 }, async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => renderPacket(`${'a'.repeat(40)} refs/tags/1.${index}.0`)).join('');
  await using scripted = await scriptedServer({ command: (response) => response.end(lines + FLUSH) });
  const range = Array.from({ length: 300 }, (_, index) => `2.${index}.0`).join('||');

  await expect(resolveReference(scripted.remote, { semver: range }, never())).rejects.toMatchObject({ name: 'InvalidRange' });
});

test.each([
  [{ name: 'main', commit: 'a' }, 'main@sha1:a'],
  [{ name: 'v1.2.3', commit: 'a' }, 'v1.2.3@sha1:a'],
  [{ name: 'refs/pull/1/head', commit: 'a' }, 'refs/pull/1/head@sha1:a'],
  [{ name: '', commit: 'a' }, 'sha1:a'],
])('the revision of %j is %s', (revision, expected) => {
  expect(renderRevision(revision)).toBe(expected);
});
